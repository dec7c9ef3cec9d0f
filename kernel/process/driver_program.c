/* What a driver's program asks of the kernel is what ddi.h's calls do for one in the kernel, by the same
   functions, and with the same looks at its manifest. */
#include "kernel/process/driver_program.h"

#include "kernel/core/driver/display.h"
#include "kernel/core/driver/program.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/memory_map.h"
#include "kernel/process/process.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define PATH      40u
#define PART      4096u
#define SECOND_US 1000000u /* no wait of a driver's is as long */

/* ---- the program ----------------------------------------------------------------------------- */

static int64_t ioctl(struct file *file, unsigned request, struct user argument);
static void close(struct file *file);
static int map_device(struct file *file, uint64_t offset, uint64_t *phys, unsigned *flags);

static void path_of(const struct driver *driver, char path[PATH])
{
    (void)snprintf(path, PATH, "/lib/drivers/%s", driver->code->manifest.name);
}

/* The new one is the driver's, the old one the caller's; with none given a reference of the driver's. */
static struct file *swap_image(struct driver *driver, struct file *new)
{
    uint64_t saved = wait_lock(&driver->queue);
    struct file *old = driver->program.image;

    if (new)
        driver->program.image = new;
    else if (old)
        (void)file_get(old);
    wait_unlock(&driver->queue, saved);
    return old;
}

static int start(struct driver *driver, uint64_t *pid)
{
    static const struct file_operations operations = {
        .close = close, .ioctl = ioctl, .map_device = map_device,
    };
    char path[PATH];
    struct driver_process what = {.driver = driver, .path = path, .image = swap_image(driver, NULL),
                                  .memory = manifest_memory(&driver->code->manifest)};
    const char *why;
    int error = file_create(&operations, NULL, O_RDWR, driver, &what.handle);

    path_of(driver, path);
    if (!error) {
        driver_keep(driver); /* the handle, which closes when it is done with */
        why = "";
        error = process_start_driver(&what, pid, &why);
        file_put(what.handle);
    } else {
        why = error_text(error);
    }
    if (what.image)
        file_put(what.image);
    if (error)
        log_warn(driver->code->manifest.name, "%s: %s", path, why);
    return error;
}

static int copy(struct file *from, struct file *to)
{
    char *part = alloc(PART, 1);
    int64_t got = part ? 1 : -ENOMEM;

    while (got > 0) {
        struct io in = io_of_kernel(part, PART);

        got = file_read(from, &in, NULL);
        if (got <= 0)
            break;
        struct io out = io_of_kernel(part, (size_t)got);
        int64_t put = file_write(to, &out, NULL);

        if (put != got)
            got = put < 0 ? put : -ENOSPC;
    }
    dealloc(part, PART, 1);
    return (int)got;
}

/* A driver of disks is to begin anew without a disk. */
static int keep(struct driver *driver)
{
    char path[PATH];
    struct fs_context context;
    struct file *from, *to;

    if (driver->code->manifest.class != DDI_DISK)
        return 0;
    path_of(driver, path);
    fs_context_init(&context);
    int error = vfs_open(&context, NULL, path, O_RDONLY, 0, &from);

    fs_context_release(&context);
    if (error)
        return error;
    error = tmpfs_open_unnamed(F_SEAL_SEAL, &to);
    if (error) {
        file_put(from);
        return error;
    }
    error = copy(from, to);
    file_put(from);
    if (!error)
        to = swap_image(driver, to);
    if (to)
        file_put(to);
    return error;
}

static void bury(uint64_t pid)
{
    int status;

    (void)!process_wait_until(pid, &status, WAIT_FOREVER);
}

/* ---- what it asks ---------------------------------------------------------------------------- */

static int map_device(struct file *file, uint64_t offset, uint64_t *phys, unsigned *flags)
{
    const struct driver *driver = file->private;

    if (offset >= DRIVER_SCREEN_AT)
        return display_map(driver, offset - DRIVER_SCREEN_AT, phys, flags);
    uint64_t number = offset / DRIVER_WINDOW_BYTES, at = offset % DRIVER_WINDOW_BYTES;

    if (number >= DRIVER_WINDOWS || at >= driver->windows[number].bytes)
        return -ENXIO;
    *phys = driver->windows[number].phys + at;
    *flags = driver->windows[number].kind == WINDOW_PAGE    ? 0
             : driver->windows[number].kind == WINDOW_TABLE ? PAGE_READ_ONLY
                                                            : PAGE_UNCACHED | PAGE_READ_ONLY;
    return 0;
}

static void close(struct file *file)
{
    driver_program_gone(file->private);
    driver_put(file->private);
}

static int next(struct driver *driver, struct user argument)
{
    struct abi_driver_call call;
    int error = copy_from_user(&call, argument, sizeof(call));

    if (!error)
        error = driver_program_next(driver, &call);
    return error ? error : copy_to_user(argument, &call, sizeof(call));
}

/* The driver's name, or one of its disks'. */
static bool is_area_of(const char *name, const char *area)
{
    struct text text = text_of_string(area);
    size_t at = strlen(name);

    if (strncmp(name, area, at) != 0)
        return false;
    while (at < text.size && text_at(text, at) >= '0' && text_at(text, at) <= '9')
        at++;
    return text_at(text, at) == '\0';
}

static int say(const struct driver *driver, struct user argument)
{
    struct abi_driver_log line;
    int error = copy_from_user(&line, argument, sizeof(line));

    if (error)
        return error;
    line.text[DRIVER_LOG_MAX - 1] = '\0';
    line.area[sizeof(line.area) - 1] = '\0';
    const char *name = driver->code->manifest.name;

    if (line.level > LOG_DEBUG)
        return -EINVAL;
    log_write((enum log_level)line.level, is_area_of(name, line.area) ? line.area : name, "%s", line.text);
    return 0;
}

static int give_values(struct driver *driver, struct user argument)
{
    struct abi_driver_values values = {0};

    values.count = (uint8_t)driver_values_take(driver, room_of((char *)values.at, sizeof(values.at)));
    return copy_to_user(argument, &values, sizeof(values));
}

static int give_event(struct user argument)
{
    struct abi_driver_event event;
    int error = copy_from_user(&event, argument, sizeof(event));

    if (!error)
        ddi_input_event(event.type, event.code, event.value);
    return error;
}

static struct ddi_pci place_of(uint64_t place)
{
    return (struct ddi_pci){(uint8_t)(place >> 16), (uint8_t)(place >> 8), (uint8_t)place};
}

static int64_t find_device(uint64_t what)
{
    struct ddi_pci found = place_of(what >> 16);

    if (!ddi_pci_find((uint8_t)(what >> 8), (uint8_t)what, &found))
        return -ENODEV;
    return (int64_t)found.bus << 16 | (int64_t)found.device << 8 | found.function;
}

static int64_t give_ports(struct driver *driver, struct user argument)
{
    struct abi_driver_ports ports;
    uint16_t base;
    int error = copy_from_user(&ports, argument, sizeof(ports));

    if (!error)
        error = ddi_of_pci_ports(driver->code, (struct ddi_pci){ports.bus, ports.device, ports.function},
                                 ports.bar, &base);
    return error ? error : base | (int64_t)driver_program_reaches(driver, base) << 16;
}

static bool is_width(uint64_t bytes)
{
    return bytes == 1 || bytes == 2 || bytes == 4;
}

static int64_t port_in(const struct driver *driver, uint64_t what)
{
    uint64_t bytes = what >> 16;

    return is_width(bytes) ? (int64_t)ddi_of_in(driver->code, (uint16_t)what, (unsigned)bytes) : -EINVAL;
}

static int port_out(const struct driver *driver, uint64_t what)
{
    uint64_t bytes = what >> 16 & 0xffff;

    if (!is_width(bytes))
        return -EINVAL;
    ddi_of_out(driver->code, (uint16_t)what, (unsigned)bytes, (uint32_t)(what >> 32));
    return 0;
}

static int64_t read_pci(uint64_t where)
{
    return ddi_pci_read(place_of(where >> 8), (uint8_t)where & 0xfcu);
}

static int set_master(const struct driver *driver, struct user argument)
{
    struct abi_driver_ports which;
    int error = copy_from_user(&which, argument, sizeof(which));

    return error ? error
                 : ddi_of_pci_master(driver->code, (struct ddi_pci){which.bus, which.device, which.function},
                                     which.bar != 0);
}

static int64_t map_registers(struct driver *driver, struct user argument)
{
    struct abi_driver_ports which;
    int error = copy_from_user(&which, argument, sizeof(which));

    if (error)
        return error;
    int64_t window = driver_window_of_bar(driver, (struct ddi_pci){which.bus, which.device, which.function},
                                          which.bar);

    return window < 0 ? window : window << 32 | driver->windows[window].bytes;
}

static int write_register(const struct driver *driver, uint64_t what)
{
    return driver_register_write(driver, what >> 16 & 0xffff, what & 0xffff, (uint32_t)(what >> 32));
}

static int64_t give_table(struct driver *driver, struct user argument)
{
    struct abi_driver_table which;
    int error = copy_from_user(&which, argument, sizeof(which));

    if (error)
        return error;
    const struct ddi_pci device = {which.bus, which.device, which.function};
    int number = driver_dma_table(driver, device, which.part, which.number);

    return number < 0 ? number : (int64_t)number << 32 | driver->tables[number].window;
}

/* Of memory of a request under way, or of the program's pages for DMA. */
static int take_order(struct driver *driver, struct user argument)
{
    struct abi_driver_order what;
    int error = copy_from_user(&what, argument, sizeof(what));

    if (error)
        return error;
    uint64_t at = (uintptr_t)what.memory;
    const void *memory = driver_program_memory(driver, at, what.bytes, false);
    struct ddi_order order = {memory ? memory : what.memory, what.bytes, what.to_device != 0, {0}};

    if (!memory && (at >= USER_END || what.bytes > USER_END - at))
        return -EFAULT;
    memcpy(order.command, what.command, sizeof(order.command));
    return driver_dma_order(driver, what.table, what.slot, &order, !memory);
}

static int listen_pci(const struct driver *driver, uint64_t place)
{
    return ddi_of_pci_irq_listen(driver->code, place_of(place));
}

static int64_t add_disk(struct driver *driver, struct user argument)
{
    struct abi_driver_disk about;
    struct disk disk = {.operations = NULL};
    int error = copy_from_user(&about, argument, sizeof(about));

    if (error)
        return error;
    if (driver->code->manifest.class != DDI_DISK || about.prefix[sizeof(about.prefix) - 1]
        || about.model[sizeof(about.model) - 1] || about.serial[sizeof(about.serial) - 1]
        || about.where[sizeof(about.where) - 1] || about.sectors == 0)
        return -EINVAL;
    (void)strlcpy(disk.model, about.model, sizeof(disk.model));
    (void)strlcpy(disk.serial, about.serial, sizeof(disk.serial));
    (void)strlcpy(disk.where, about.where, sizeof(disk.where));
    disk.below_4g = about.below_4g != 0;
    disk.read_only = about.read_only != 0;
    disk.sectors = about.sectors;
    int number = driver_disk_register(driver, &disk, about.prefix);

    (void)strlcpy(about.name, disk.name, sizeof(about.name));
    error = copy_to_user(argument, &about, sizeof(about));
    return error ? error : number;
}

static int take_request(struct driver *driver, struct user argument)
{
    struct abi_driver_request about;
    struct ddi_request request;
    int error = copy_from_user(&about, argument, sizeof(about));

    if (!error)
        error = driver_transfer_next(driver, about.number, &request);
    if (error)
        return error;
    about = (struct abi_driver_request){
        .number = request.number, .write = request.write, .count = request.count, .lba = request.lba,
    };
    return copy_to_user(argument, &about, sizeof(about)); /* else it stays under way, to the callback's end */
}

static int end_request(struct driver *driver, uint64_t what)
{
    int error = driver_transfer_done(driver, (uint32_t)what, (int32_t)(what >> 32));

    if (error)
        driver_violates(driver->code, "ends request", (uint32_t)what, what >> 32);
    return error;
}

/* Between a port of the driver's and the memory of the request that it is at. */
static int move_block(struct driver *driver, struct user argument)
{
    struct abi_driver_block block;
    int error = copy_from_user(&block, argument, sizeof(block));

    if (error)
        return error;
    void *memory = driver_program_memory(driver, block.at, block.bytes, !block.out);

    if (!memory || block.bytes % 4)
        return -EFAULT;
    unsigned width = block.wide ? 4 : 2;

    if (block.out)
        ddi_of_out_block(driver->code, block.port, width, memory, block.bytes / width);
    else
        ddi_of_in_block(driver->code, block.port, width, memory, block.bytes / width);
    return 0;
}

/* The pixels are memory of the program's, too, beside what its manifest has; those of a larger mode before
   are mapped still. */
static int64_t describe_screen(struct driver *driver, struct user argument)
{
    struct ddi_screen screen;
    int64_t bytes = display_describe(driver, &screen);

    if (bytes < 0)
        return bytes;
    struct memory_map *map = process_current()->map;
    uint64_t limit = manifest_memory(&driver->code->manifest) + (uint64_t)bytes + 2 * PAGE_SIZE;

    map->limit = limit > map->limit ? limit : map->limit;
    int error = copy_to_user(argument, &screen, sizeof(screen));

    return error ? error : bytes;
}

/* As much of it as there is. */
static int give_cells(const struct driver *driver, struct user argument)
{
    const struct driver_draw *draw = display_drawing(driver);

    if (!draw)
        return -EINVAL;
    return copy_to_user(argument, draw,
                        offsetof(struct driver_draw, cell) + draw->cells * sizeof(draw->cell[0]));
}

static int64_t call_vmware(const struct driver *driver, struct user argument)
{
    struct abi_driver_vmware all;
    int error = copy_from_user(&all, argument, sizeof(all));

    if (error)
        return error;
    struct ddi_vmware registers = {.b = all.b};
    bool there = ddi_of_vmware(driver->code, (uint8_t)all.a, &registers);

    all = (struct abi_driver_vmware){registers.a, registers.b, registers.c, registers.d};
    error = copy_to_user(argument, &all, sizeof(all));
    return error ? error : there;
}

static int give_serial(const struct driver *driver, struct user argument)
{
    struct abi_driver_serial what;
    uint8_t bytes[DRIVER_SERIAL_MAX];
    struct ddi_serial line;
    int error = copy_from_user(&what, argument, sizeof(what));

    if (!error && what.size > sizeof(bytes))
        error = -EINVAL;
    if (!error)
        error = copy_from_user(bytes, (struct user){what.bytes}, what.size);
    if (error)
        return error;
    ddi_of_serial_give(driver->code, what.port, bytes, what.size, &line);
    return copy_to_user((struct user){what.line}, &line, sizeof(line));
}

static int64_t send_serial(const struct driver *driver, uint64_t what)
{
    return (int64_t)ddi_of_serial_send(driver->code, what & 0xffff, (uint16_t)(what >> 16), what >> 32);
}

static int64_t ioctl(struct file *file, unsigned request, struct user argument)
{
    struct driver *driver = file->private;

    switch (request) {
    case DRIVER_NEXT:
        return next(driver, argument);
    case DRIVER_LOG:
        return say(driver, argument);
    case DRIVER_LISTEN:
        return ddi_of_irq_listen(driver->code, (unsigned)argument.at);
    case DRIVER_TIMER:
        ddi_of_timer(driver->code, (uint32_t)argument.at);
        return 0;
    case DRIVER_TONE:
        return ddi_of_tone(driver->code, (uint32_t)argument.at);
    case DRIVER_KEY:
        return ddi_input_key((uint8_t)argument.at, argument.at >> 8 & 1);
    case DRIVER_EVENT:
        return give_event(argument);
    case DRIVER_IN:
        return port_in(driver, argument.at);
    case DRIVER_OUT:
        return port_out(driver, argument.at);
    case DRIVER_FIND:
        return find_device(argument.at);
    case DRIVER_PORTS:
        return give_ports(driver, argument);
    case DRIVER_MAP:
        return map_registers(driver, argument);
    case DRIVER_WRITE:
        return write_register(driver, argument.at);
    case DRIVER_PAGE:
        return driver_window_of_page(driver);
    case DRIVER_TABLE:
        return give_table(driver, argument);
    case DRIVER_ORDER:
        return take_order(driver, argument);
    case DRIVER_LISTEN_PCI:
        return listen_pci(driver, argument.at);
    case DRIVER_WAIT:
        return driver_wait_lines(driver, time_now_ns() + argument.at % SECOND_US * NS_PER_US);
    case DRIVER_DISK:
        return add_disk(driver, argument);
    case DRIVER_BLOCK:
        return move_block(driver, argument);
    case DRIVER_MASTER:
        return set_master(driver, argument);
    case DRIVER_READ:
        return read_pci(argument.at);
    case DRIVER_CLAIM:
        return ddi_of_claim(driver->code, argument.at != 0);
    case DRIVER_SCREEN:
        return describe_screen(driver, argument);
    case DRIVER_CELLS:
        return give_cells(driver, argument);
    case DRIVER_VMWARE:
        return call_vmware(driver, argument);
    case DRIVER_SERIAL_GIVE:
        return give_serial(driver, argument);
    case DRIVER_SERIAL_SEND:
        return send_serial(driver, argument.at);
    case DRIVER_KEEP:
        driver->kept = argument.at;
        return 0;
    case DRIVER_KEPT:
        return copy_to_user(argument, &driver->kept, sizeof(driver->kept));
    case DRIVER_TAKE:
        return take_request(driver, argument);
    case DRIVER_DONE:
        return end_request(driver, argument.at);
    case DRIVER_VALUES:
        return give_values(driver, argument);
    default:
        return -ENOTTY;
    }
}

int64_t syscall_refused(uint64_t number)
{
    driver_violates(process_current()->driver->code, "makes system call", (unsigned)number, 0);
    return -EPERM;
}

void driver_programs_start(void)
{
    static const struct driver_programs programs = {
        .start = start, .keep = keep, .end = process_end, .bury = bury,
    };

    driver_programs_begin(&programs);
}
