/*
 * A driver in ring 3: its source, and this. The program asks the kernel for the next callback, makes it, and
 * says what it returned (lib/abi/driver.h). Ports that the manifest has whole are the CPU's own in and out,
 * as far as the TSS lets them; those that are written with some values only go by the kernel.
 */
#include "drivers/call.h"
#include "fastos/syscalls.h"
#include "lib/abi/driver.h"
#include "lib/abi/files.h"
#include "lib/abi/time.h"
#include "lib/printf.h"
#include "lib/string.h"

#define DEVICE "/dev/driver"

static int device;

/* Nothing that lies on the stack is wanted; it is only aligned, as the ABI has it. */
__asm__(".globl _start\n"
        "_start:\n"
        "    xor %ebp, %ebp\n"
        "    and $-16, %rsp\n"
        "    call driver_main\n");

static long ask(unsigned request, uint64_t argument)
{
    return fastos_ioctl(device, request, (void *)(uintptr_t)argument);
}

/* ---- the calls of ddi.h ---------------------------------------------------------------------- */

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    struct abi_driver_log line = {.level = level};
    va_list args;

    (void)area; /* the kernel says whose line it is */
    va_start(args, format);
    (void)vsnprintf(line.text, sizeof(line.text), format, args);
    va_end(args);
    (void)ask(DRIVER_LOG, (uintptr_t)&line);
}

uint64_t ddi_now_us(void)
{
    struct abi_timespec now = {0, 0};

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

void ddi_relax_unless(const volatile bool *done)
{
    if (!*done)
        ddi_relax();
}

int ddi_irq_listen(unsigned irq)
{
    return (int)ask(DRIVER_LISTEN, irq);
}

void ddi_timer(uint32_t us)
{
    (void)ask(DRIVER_TIMER, us);
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

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *found)
{
    long where = ask(DRIVER_FIND, (unsigned)class << 8 | subclass);

    if (where < 0)
        return false;
    *found = (struct ddi_pci){(uint8_t)(where >> 16), (uint8_t)(where >> 8), (uint8_t)where};
    return true;
}

int ddi_pci_ports(struct ddi_pci at, unsigned bar, uint16_t *base)
{
    const struct abi_driver_ports ports = {at.bus, at.device, at.function, (uint8_t)bar};
    long first = ask(DRIVER_PORTS, (uintptr_t)&ports);

    if (first < 0)
        return (int)first;
    *base = (uint16_t)first;
    return 0;
}

/* ---- ports ----------------------------------------------------------------------------------- */

static bool is_direct(uint16_t port, unsigned bytes)
{
    for (unsigned i = 0; i < DDI_RANGES_MAX; i++) {
        const struct ddi_ports *ports = &ddi_driver.manifest.ports[i];

        if (ports->last != 0 && port >= ports->first && port + bytes - 1u <= ports->last)
            return ports->values && ports->values_size == 0;
    }
    return false;
}

static uint32_t port_in(uint16_t port, unsigned bytes)
{
    return (uint32_t)ask(DRIVER_IN, port | bytes << 16);
}

static void port_out(uint16_t port, unsigned bytes, uint32_t value)
{
    (void)ask(DRIVER_OUT, port | bytes << 16 | (uint64_t)value << 32);
}

#define PORT(bits, type, suffix, operand)                                            \
    type ddi_in##bits(uint16_t port)                                                 \
    {                                                                                \
        type value;                                                                  \
                                                                                     \
        if (!is_direct(port, bits / 8))                                              \
            return (type)port_in(port, bits / 8);                                    \
        __asm__ volatile("in" suffix " %1, %" operand "0" : "=a"(value) : "Nd"(port)); \
        return value;                                                                \
    }                                                                                \
    void ddi_out##bits(uint16_t port, type value)                                    \
    {                                                                                \
        if (is_direct(port, bits / 8))                                               \
            __asm__ volatile("out" suffix " %" operand "0, %1" : : "a"(value), "Nd"(port)); \
        else                                                                         \
            port_out(port, bits / 8, value);                                         \
    }

PORT(8, uint8_t, "b", "b")
PORT(16, uint16_t, "w", "w")
PORT(32, uint32_t, "l", "k")

/* ---- the program ------------------------------------------------------------------------------ */

extern const char __executable_start[], _end[]; /* ld's */

/* All of the program is in memory before the first interrupt wants it: the disk may be slow, or its driver be
   the one that begins anew. */
static void touch_everything(void)
{
    for (const char *at = __executable_start; at < _end; at += 4096)
        (void)*(const volatile char *)at;
}

__attribute__((used)) void driver_main(void);
void driver_main(void)
{
    struct abi_driver_call call = {0};

    touch_everything();
    device = (int)fastos_open(DEVICE, O_RDWR | O_CLOEXEC);
    while (device >= 0 && ask(DRIVER_NEXT, (uintptr_t)&call) == 0)
        driver_call(&ddi_driver, &call);
    fastos_exit(1);
}
