/* What a driver's program asks of the kernel is what ddi.h's calls do for one in the kernel, by the same
   functions, and with the same looks at its manifest. */
#include "kernel/process/driver_program.h"

#include "kernel/core/driver/program.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/fs/device.h"
#include "kernel/process/process.h"
#include "lib/errno.h"
#include "lib/printf.h"

#define NUMBER DEVICE(240, 2) /* for local use */

/* ---- the program ----------------------------------------------------------------------------- */

static int start(struct driver *driver, uint64_t *pid)
{
    const char *name = driver->code->manifest.name, *why;
    char path[40];

    (void)snprintf(path, sizeof(path), "/lib/drivers/%s", name);
    int error = process_start_driver(path, driver, pid, &why);

    if (error)
        log_warn(name, "%s: %s", path, why);
    return error;
}

static void bury(uint64_t pid)
{
    int status;

    (void)!process_wait_until(pid, &status, WAIT_FOREVER);
}

/* ---- /dev/driver ----------------------------------------------------------------------------- */

static int open(struct file *file)
{
    struct driver *driver = process_current() ? process_current()->driver : NULL;

    if (!driver)
        return -EPERM;
    file->private = driver;
    return 0;
}

static void close(struct file *file)
{
    driver_program_gone(file->private);
}

static int next(struct driver *driver, struct user argument)
{
    struct abi_driver_call call;
    int error = copy_from_user(&call, argument, sizeof(call));

    if (!error)
        error = driver_program_next(driver, &call);
    return error ? error : copy_to_user(argument, &call, sizeof(call));
}

static int say(const struct driver *driver, struct user argument)
{
    struct abi_driver_log line;
    int error = copy_from_user(&line, argument, sizeof(line));

    if (error)
        return error;
    line.text[DRIVER_LOG_MAX - 1] = '\0';
    if (line.level > LOG_DEBUG)
        return -EINVAL;
    log_write((enum log_level)line.level, driver->code->manifest.name, "%s", line.text);
    return 0;
}

static int give_event(struct user argument)
{
    struct abi_driver_event event;
    int error = copy_from_user(&event, argument, sizeof(event));

    if (!error)
        ddi_input_event(event.type, event.code, event.value);
    return error;
}

static int64_t find_device(uint64_t class)
{
    struct ddi_pci found;

    if (!ddi_pci_find((uint8_t)(class >> 8), (uint8_t)class, &found))
        return -ENODEV;
    return (int64_t)found.bus << 16 | (int64_t)found.device << 8 | found.function;
}

static int64_t give_ports(const struct driver *driver, struct user argument)
{
    struct abi_driver_ports ports;
    uint16_t base;
    int error = copy_from_user(&ports, argument, sizeof(ports));

    if (!error)
        error = ddi_of_pci_ports(driver->code, (struct ddi_pci){ports.bus, ports.device, ports.function},
                                 ports.bar, &base);
    return error ? error : base;
}

static int64_t port_in(const struct driver *driver, uint64_t what)
{
    uint16_t port = (uint16_t)what;

    switch (what >> 16) {
    case 1:
        return ddi_of_in8(driver->code, port);
    case 2:
        return ddi_of_in16(driver->code, port);
    case 4:
        return ddi_of_in32(driver->code, port);
    default:
        return -EINVAL;
    }
}

static int port_out(const struct driver *driver, uint64_t what)
{
    uint16_t port = (uint16_t)what;
    uint32_t value = (uint32_t)(what >> 32);

    switch (what >> 16 & 0xffff) {
    case 1:
        ddi_of_out8(driver->code, port, (uint8_t)value);
        return 0;
    case 2:
        ddi_of_out16(driver->code, port, (uint16_t)value);
        return 0;
    case 4:
        ddi_of_out32(driver->code, port, value);
        return 0;
    default:
        return -EINVAL;
    }
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
    default:
        return -ENOTTY;
    }
}

int driver_programs_start(void)
{
    static const struct driver_programs programs = {.start = start, .end = process_end, .bury = bury};
    static const struct file_operations operations = {.open = open, .close = close, .ioctl = ioctl};
    int error = device_register(NUMBER, "driver", S_IFCHR | 0600, &operations, NULL);

    if (!error)
        driver_programs_begin(&programs);
    return error;
}
