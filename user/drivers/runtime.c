/*
 * A driver in ring 3: its source, and this. The program asks the kernel for the next callback, makes it, and
 * says what it returned (lib/abi/driver.h). Ports that the manifest has whole are the CPU's own in and out,
 * as far as the TSS lets them; those that are written with some values only go by the kernel. So do the data
 * of a disk's request, where ports move them: the program has an address for them, and nothing there.
 */
#include "drivers/call.h"
#include "fastos/syscalls.h"
#include "lib/abi/driver.h"
#include "lib/abi/files.h"
#include "lib/abi/memory.h"
#include "lib/abi/process.h"
#include "lib/abi/time.h"
#include "lib/printf.h"
#include "lib/string.h"

#define GRANTS_MAX  4u
#define WINDOWS_MAX 8u /* of registers */
#define PAGE        4096u

static struct driver_disks disks;
static struct {
    uint16_t first, last;
    uint8_t bar;
} granted[GRANTS_MAX]; /* ports of PCI devices; last 0: none */
/* Registers in memory, mapped: which window that is. */
static struct {
    const volatile void *at; /* NULL: none */
    unsigned window;
} mapped[WINDOWS_MAX];
static const volatile void *tables[DRIVER_TABLES]; /* the first page of each; NULL: not mapped */
static const volatile struct abi_clock *clock_page; /* NULL: the kernel is asked */

__asm__(".globl _start\n"
        "_start:\n"
        "    mov %rsp, %rdi\n"
        "    xor %ebp, %ebp\n"
        "    and $-16, %rsp\n"
        "    call driver_main\n");

static long ask(unsigned request, uint64_t argument)
{
    return fastos_ioctl(DRIVER_HANDLE, request, (void *)(uintptr_t)argument);
}

/* ---- the calls of ddi.h ---------------------------------------------------------------------- */

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    struct abi_driver_log line = {.level = level};
    va_list args;

    (void)strlcpy(line.area, area, sizeof(line.area));
    va_start(args, format);
    (void)vsnprintf(line.text, sizeof(line.text), format, args);
    va_end(args);
    (void)ask(DRIVER_LOG, (uintptr_t)&line);
}

/* The kernel's page, which has what the time-stamp counter is worth. False: it does not help. */
static bool read_clock_page(uint64_t *ns)
{
    uint32_t sequence;
    uint64_t multiplier;

    if (!clock_page)
        return false;
    do {
        sequence = __atomic_load_n(&clock_page->sequence, __ATOMIC_ACQUIRE);
        multiplier = clock_page->multiplier;
        uint32_t low, high;

        __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high) : : "memory");
        uint64_t ticks = ((uint64_t)high << 32 | low) - clock_page->base_tsc;

        *ns = clock_page->base_ns + (uint64_t)((unsigned __int128)ticks * multiplier >> clock_page->shift);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (sequence % 2 || __atomic_load_n(&clock_page->sequence, __ATOMIC_RELAXED) != sequence);
    return multiplier != 0;
}

uint64_t ddi_now_us(void)
{
    struct abi_timespec now = {0, 0};
    uint64_t ns;

    if (read_clock_page(&ns))
        return ns / 1000;

    fastos_clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.seconds * 1000000 + (uint64_t)now.nanoseconds / 1000;
}

void ddi_delay_us(uint32_t us)
{
    uint64_t end = ddi_now_us() + us;

    while (ddi_now_us() < end)
        __asm__ volatile("pause");
}

void ddi_relax(void)
{
    const struct abi_timespec moment = {0, 100000};

    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
}

int ddi_irq_listen(unsigned irq)
{
    return (int)ask(DRIVER_LISTEN, irq);
}

uint32_t ddi_irq_wait(uint32_t us)
{
    long lines = ask(DRIVER_WAIT, us);

    return lines > 0 ? (uint32_t)lines : 0;
}

void ddi_timer(uint32_t us)
{
    (void)ask(DRIVER_TIMER, us);
}

bool ddi_claim(bool mine)
{
    return ask(DRIVER_CLAIM, mine) > 0;
}

bool ddi_vmware(uint8_t command, struct ddi_vmware *registers)
{
    struct abi_driver_vmware all = {command, registers->b, 0, 0};

    if (ask(DRIVER_VMWARE, (uintptr_t)&all) <= 0)
        return false;
    *registers = (struct ddi_vmware){all.a, all.b, all.c, all.d};
    return true;
}

void ddi_keep(uint64_t word)
{
    (void)ask(DRIVER_KEEP, word);
}

uint64_t ddi_kept(void)
{
    uint64_t word = 0;

    (void)ask(DRIVER_KEPT, (uintptr_t)&word);
    return word;
}

bool ddi_disk_next(const struct disk *disk, struct ddi_request *request)
{
    struct abi_driver_request about = {0};

    while (about.number < DRIVER_DISKS && disks.at[about.number] != disk)
        about.number++;
    if (about.number == DRIVER_DISKS || ask(DRIVER_TAKE, (uintptr_t)&about) < 0)
        return false;
    *request = (struct ddi_request){
        .number = about.number,
        .write = about.write != 0,
        .count = about.count,
        .lba = about.lba,
        .memory = (void *)(DRIVER_MEMORY + ((uint64_t)about.number << DRIVER_MEMORY_SHIFT)),
    };
    return true;
}

void ddi_disk_done(unsigned number, int result)
{
    (void)ask(DRIVER_DONE, number | (uint64_t)(uint32_t)result << 32);
}

size_t ddi_irq_values(uint8_t *to, size_t size)
{
    struct abi_driver_values values;
    size_t count = 0;

    while (count < size && ask(DRIVER_VALUES, (uintptr_t)&values) == 0 && values.count > 0) {
        size_t part = size - count < values.count ? size - count : values.count;

        memcpy(to + count, values.at, part);
        count += part;
        if (values.count < DRIVER_VALUES_MAX)
            break;
    }
    return count;
}

int ddi_tone(uint32_t hz)
{
    return (int)ask(DRIVER_TONE, hz);
}

uint8_t ddi_input_key(uint8_t code, bool pressed)
{
    return (uint8_t)ask(DRIVER_KEY, code | (unsigned)pressed << 8);
}

void ddi_input_event(unsigned type, unsigned code, int value)
{
    const struct abi_driver_event event = {type, code, value, 0};

    (void)ask(DRIVER_EVENT, (uintptr_t)&event);
}

void ddi_serial_give(unsigned port, const uint8_t *bytes, size_t size, struct ddi_serial *line)
{
    const struct abi_driver_serial what = {port, (uint32_t)size, (uintptr_t)bytes, (uintptr_t)line};

    (void)ask(DRIVER_SERIAL_GIVE, (uintptr_t)&what);
}

size_t ddi_serial_send(unsigned port, uint16_t to, size_t most)
{
    long sent = ask(DRIVER_SERIAL_SEND, port | (uint64_t)to << 16 | (uint64_t)most << 32);

    return sent > 0 ? (size_t)sent : 0;
}

static uint32_t place_of(struct ddi_pci at)
{
    return (uint32_t)at.bus << 16 | (uint32_t)at.device << 8 | at.function;
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at)
{
    long where = ask(DRIVER_FIND, (uint64_t)place_of(*at) << 16 | (unsigned)class << 8 | subclass);

    if (where < 0)
        return false;
    *at = (struct ddi_pci){(uint8_t)(where >> 16), (uint8_t)(where >> 8), (uint8_t)where};
    return true;
}

uint32_t ddi_pci_read(struct ddi_pci at, uint8_t offset)
{
    return (uint32_t)ask(DRIVER_READ, place_of(at) << 8 | offset);
}

int ddi_pci_master(struct ddi_pci at, bool on)
{
    const struct abi_driver_ports which = {at.bus, at.device, at.function, on};

    return (int)ask(DRIVER_MASTER, (uintptr_t)&which);
}

/* At an address, or NULL: anywhere. */
static void *map_handle(uint64_t offset, uint64_t bytes, void *at, int protection)
{
    uint64_t got = (uint64_t)fastos_mmap_file(at, bytes, protection, MAP_SHARED | (at ? MAP_FIXED : 0),
                                              DRIVER_HANDLE, (long)offset);

    return (int64_t)got < 0 && (int64_t)got > -4096 ? NULL : (void *)got;
}

static void *map_window(long window, uint32_t bytes, int protection)
{
    return map_handle((uint64_t)window * DRIVER_WINDOW_BYTES, bytes, NULL, protection);
}

static void note_mapped(const volatile void *at, unsigned window)
{
    unsigned i = 0;

    while (i < WINDOWS_MAX - 1 && mapped[i].at && mapped[i].at != at)
        i++;
    mapped[i].at = at;
    mapped[i].window = window;
}

int ddi_pci_map(struct ddi_pci at, unsigned bar, struct ddi_mmio *registers)
{
    const struct abi_driver_ports which = {at.bus, at.device, at.function, (uint8_t)bar};
    long window = ask(DRIVER_MAP, (uintptr_t)&which);

    if (window < 0)
        return (int)window;
    *registers = (struct ddi_mmio){map_window(window >> 32, (uint32_t)window, PROT_READ), (uint32_t)window};
    if (!registers->at)
        return -ENOMEM;
    note_mapped(registers->at, (unsigned)(window >> 32));
    return 0;
}

/* Over the memory of the mode before. */
int ddi_screen(struct ddi_screen *screen)
{
    long bytes = ask(DRIVER_SCREEN, (uintptr_t)screen);

    if (bytes < 0)
        return (int)bytes;
    uint64_t within = screen->mode.phys % 4096;
    void *at = map_handle(DRIVER_SCREEN_AT, within + (uint64_t)bytes, (void *)DRIVER_MEMORY_END,
                          PROT_READ | PROT_WRITE);

    screen->mode.virt = (uintptr_t)at + within;
    return at ? 0 : -ENOMEM;
}

static bool is_register(const struct ddi_mmio *registers, uint32_t offset)
{
    return registers->bytes >= 4 && offset <= registers->bytes - 4 && offset % 4 == 0;
}

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    return is_register(registers, offset) ? *(volatile uint32_t *)((uintptr_t)registers->at + offset)
                                          : UINT32_MAX;
}

/* By the kernel: some registers hold addresses. */
void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    unsigned i = 0;

    while (i < WINDOWS_MAX - 1 && mapped[i].at != registers->at)
        i++;
    if (is_register(registers, offset))
        (void)ask(DRIVER_WRITE, offset | (uint64_t)mapped[i].window << 16 | (uint64_t)value << 32);
}

void *ddi_dma_page(void)
{
    long window = ask(DRIVER_PAGE, 0);
    volatile uint8_t *page = window < 0 ? NULL : map_window(window, PAGE, PROT_READ | PROT_WRITE);

    if (page)
        (void)*page; /* it comes when it is touched, and an order is no touch */
    return (void *)(uintptr_t)page;
}

int ddi_dma_table(struct ddi_pci at, unsigned part, struct ddi_table *table)
{
    const struct abi_driver_table which = {
        at.bus, at.device, at.function, (uint8_t)part, table->at ? table->number : DRIVER_NO_TABLE,
    };
    long got = part <= UINT8_MAX ? ask(DRIVER_TABLE, (uintptr_t)&which) : -EINVAL;

    if (got < 0)
        return (int)got;
    unsigned number = (unsigned)(got >> 32) % DRIVER_TABLES;

    if (!tables[number])
        tables[number] = map_window((uint32_t)got, PAGE, PROT_READ);
    *table = (struct ddi_table){number, tables[number]};
    return table->at ? 0 : -ENOMEM;
}

int ddi_dma_order(const struct ddi_table *table, unsigned slot, const struct ddi_order *order)
{
    struct abi_driver_order what = {
        .memory = order->memory, .bytes = order->bytes, .table = table->number, .slot = slot,
        .to_device = order->to_device,
    };

    memcpy(what.command, order->command, sizeof(what.command));
    return (int)ask(DRIVER_ORDER, (uintptr_t)&what);
}

int ddi_pci_irq_listen(struct ddi_pci at)
{
    return (int)ask(DRIVER_LISTEN_PCI, place_of(at));
}

int ddi_disk_register(struct disk *disk, const char *prefix)
{
    struct abi_driver_disk about = {
        .below_4g = disk->below_4g, .read_only = disk->read_only, .sectors = disk->sectors,
    };

    (void)strlcpy(about.prefix, prefix, sizeof(about.prefix));
    (void)strlcpy(about.model, disk->model, sizeof(about.model));
    (void)strlcpy(about.serial, disk->serial, sizeof(about.serial));
    (void)strlcpy(about.where, disk->where, sizeof(about.where));
    long number = ask(DRIVER_DISK, (uintptr_t)&about);

    if (number < 0)
        return (int)number;
    (void)strlcpy(disk->name, about.name, sizeof(disk->name));
    disks.at[number] = disk;
    return 0;
}

int ddi_pci_ports(struct ddi_pci at, unsigned bar, uint16_t *base)
{
    const struct abi_driver_ports ports = {at.bus, at.device, at.function, (uint8_t)bar};
    long got = ask(DRIVER_PORTS, (uintptr_t)&ports);

    if (got < 0)
        return (int)got;
    *base = (uint16_t)got;
    for (unsigned i = 0; i < GRANTS_MAX; i++) {
        if (granted[i].last == 0 || granted[i].first == *base) {
            granted[i].first = *base;
            granted[i].last = (uint16_t)(got >> 16);
            granted[i].bar = bar;
            break;
        }
    }
    return 0;
}

/* ---- ports ----------------------------------------------------------------------------------- */

static bool is_direct(uint16_t port, unsigned bytes)
{
    for (unsigned i = 0; i < DDI_RANGES_MAX; i++) {
        const struct ddi_ports *ports = &ddi_driver.manifest.ports[i];

        if (ports->last != 0 && port >= ports->first && port + bytes - 1u <= ports->last)
            return ports->values && ports->values_size == 0 && !(ddi_driver.manifest.steps_only >> i & 1);
    }
    for (unsigned i = 0; i < GRANTS_MAX; i++)
        if (granted[i].last != 0 && port >= granted[i].first && port + bytes - 1u <= granted[i].last)
            return !dma_keeps_port(ddi_driver.manifest.dma, granted[i].bar, port - granted[i].first, bytes);
    return false;
}

static uint32_t in(uint16_t port, unsigned bytes)
{
    uint32_t value = 0;

    if (bytes == 1)
        __asm__ volatile("inb %1, %b0" : "+a"(value) : "Nd"(port));
    else if (bytes == 2)
        __asm__ volatile("inw %1, %w0" : "+a"(value) : "Nd"(port));
    else
        __asm__ volatile("inl %1, %k0" : "+a"(value) : "Nd"(port));
    return value;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    return is_direct(port, bytes) ? in(port, bytes) : (uint32_t)ask(DRIVER_IN, port | bytes << 16);
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    if (!is_direct(port, bytes))
        (void)ask(DRIVER_OUT, port | bytes << 16 | (uint64_t)value << 32);
    else if (bytes == 1)
        __asm__ volatile("outb %b0, %1" : : "a"(value), "Nd"(port));
    else if (bytes == 2)
        __asm__ volatile("outw %w0, %1" : : "a"(value), "Nd"(port));
    else
        __asm__ volatile("outl %k0, %1" : : "a"(value), "Nd"(port));
}

/* The memory of a disk's request is the kernel's: it moves the data itself. */
static bool is_of_request(const void *memory)
{
    return (uintptr_t)memory >= DRIVER_MEMORY && (uintptr_t)memory < DRIVER_MEMORY_END;
}

static void move_block(uint16_t port, const void *memory, unsigned bytes, size_t count, bool out)
{
    const struct abi_driver_block block = {
        .at = (uintptr_t)memory, .bytes = (uint32_t)(bytes * count), .port = port, .wide = bytes == 4,
        .out = out,
    };

    (void)ask(DRIVER_BLOCK, (uintptr_t)&block);
}

void ddi_in_block(uint16_t port, unsigned bytes, void *to, size_t count)
{
    char *at = to;

    if (is_of_request(to)) {
        move_block(port, to, bytes, count, false);
    } else if (!is_direct(port, bytes)) {
        for (; count > 0; count--, at += bytes) {
            uint32_t value = ddi_in(port, bytes);

            memcpy(at, &value, bytes);
        }
    } else if (bytes == 2) {
        __asm__ volatile("rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory");
    } else {
        __asm__ volatile("rep insl" : "+D"(to), "+c"(count) : "d"(port) : "memory");
    }
}

void ddi_out_block(uint16_t port, unsigned bytes, const void *from, size_t count)
{
    const char *at = from;

    if (is_of_request(from)) {
        move_block(port, from, bytes, count, true);
    } else if (!is_direct(port, bytes)) {
        for (; count > 0; count--, at += bytes) {
            uint32_t value = 0;

            memcpy(&value, at, bytes);
            ddi_out(port, bytes, value);
        }
    } else if (bytes == 2) {
        __asm__ volatile("rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory");
    } else {
        __asm__ volatile("rep outsl" : "+S"(from), "+c"(count) : "d"(port) : "memory");
    }
}

/* ---- the program ------------------------------------------------------------------------------ */

extern const char __executable_start[], _end[]; /* ld's */

/* All of the program is in memory before the first interrupt wants it: the disk may be slow, or its driver be
   the one that begins anew. */
static void touch_everything(void)
{
    for (const char *at = __executable_start; at < _end; at += 4096)
        (void)*(const volatile char *)at;
}

/* What the kernel put on the stack: arguments, environment, pairs. */
static void find_clock_page(const uint64_t *stack)
{
    const uint64_t *at = stack + 1 + stack[0] + 1;

    while (*at++)
        ;
    for (; at[0]; at += 2)
        if (at[0] == AT_FASTOS_CLOCK)
            clock_page = (const volatile struct abi_clock *)at[1];
}

/* On the stack: drivers that draw nothing have no room for it. */
static void draw(void)
{
    struct driver_draw what;

    what.runs = 0;
    if (ask(DRIVER_CELLS, (uintptr_t)&what) == 0)
        driver_draw(&ddi_driver, &what);
}

__attribute__((used)) void driver_main(const uint64_t *stack);
void driver_main(const uint64_t *stack)
{
    struct abi_driver_call call = {0};

    find_clock_page(stack);

    touch_everything();
    while (ask(DRIVER_NEXT, (uintptr_t)&call) == 0) {
        call.memory = (void *)DRIVER_MEMORY;
        if (call.what == DRIVER_CALL_DRAW)
            draw();
        else
            driver_call(&ddi_driver, &disks, &call);
    }
    fastos_exit(1);
}
