/*
 * A driver that does wrong when it is asked to, so that what comes of it can be seen: `drvctl crash
 * request N`. It is off unless the command line says drv.crash=kernel.
 */
#include "drivers/ddi.h"
#include "lib/abi/driver.h"

enum {
    DO_NOTHING,
    WRITE_TO_NULL,
    DIVIDE_BY_ZERO,
    JUMP_TO_NULL,
    HANG,           /* in its own code */
    HANG_ON_PORT,   /* asking the device for ever */
    HANG_ASLEEP,    /* waiting for an interrupt for ever */
    TOUCH_PIC,      /* the value: which port */
    RESET_MACHINE,  /* by a value that its manifest does not have */
    TAKE_LINE,      /* the value: which irq */
    TAKE_BAR,       /* of a PCI class that is not its own */
    FAIL_AT_START,  /* from now on, so many times (the value) */
    READ_ADDRESS,   /* the value */
    OUT_DIRECTLY,   /* the instruction: which port; these only where the CPU looks, in ring 3 */
    TURN_INTERRUPTS_OFF,
    HALT,
    STORM,          /* so many interrupts (the value), of QEMU's pc-testdev */
    LEAK,           /* memory for DMA without an end */
    CALL_SYSTEM,    /* in ring 3: system call number VALUE */
    TELL_KEPT,      /* how many bytes the interrupt program has kept */
    ANSWER_WRONGLY, /* in ring 3: this call, as if it were another; the value: ioctl's number */
    ORDER,          /* data into memory at an address (the value; 0: a page for it; 1: its variables; 2: its
                       stack): the error's number */
    WRITE_TABLE,    /* in ring 3: an order that the kernel has not seen */
    MOVE_TABLE,     /* tell the device that its table is somewhere else: where (the value) */
};

/* Its ports are the second parallel port's, where nothing is. */
#define PORT     0x278
#define PORT_END 0x27a
/* A byte for each line of the interrupt controller: is it raised? */
#define TEST_DEVICE 0x2000
#define STORM_IRQ   5
/* A device with enough ports to be taken for a bus master: the SMBus controller of q35. */
#define SMBUS_CLASS    0x0c
#define SMBUS_SUBCLASS 0x05
#define SMBUS_BAR      4
#define TABLE_PORT     4
/* Nothing is there either: reads as ones. For the interrupt program alone. */
#define KEPT_PORT   0x27b

static struct {
    volatile unsigned zero;
    struct ddi_table table;
    uint16_t ports; /* of whose orders the table is to hold */
} crash;

static unsigned failures_left; /* outlives a generation, on purpose */

static int init(void)
{
    if (failures_left > 0) {
        failures_left--;
        return -EIO;
    }
    return 0;
}

/* The instruction itself: a division in C the debug kernel's checks would find first. */
static void divide_by(unsigned number)
{
    unsigned low = 1, high = 0;

    __asm__ volatile("divl %2" : "+a"(low), "+d"(high) : "r"(number) : "cc");
}

static void write_to_null(uint64_t value)
{
    static volatile uint64_t *volatile nowhere;

    *nowhere = value;
}

static void jump_to_null(void)
{
    void (*volatile function)(void) = NULL;

    function();
}

static volatile uint64_t *pointer_to(uint64_t at)
{
    return (volatile uint64_t *)(uintptr_t)at;
}

static int64_t read_address(uint64_t at)
{
    return (int64_t)*pointer_to(at);
}

#ifdef DDI_RING3
static void answer_wrongly(uint64_t ioctl)
{
    struct abi_driver_call call = {.sequence = 0};

    __asm__ volatile("syscall"
                     : "+a"(ioctl)
                     : "D"(DRIVER_HANDLE), "S"(DRIVER_NEXT), "d"(&call)
                     : "rcx", "r11", "memory");
}

static int64_t privileged(unsigned what, uint64_t value)
{
    if (what == OUT_DIRECTLY)
        __asm__ volatile("outb %b0, %1" : : "a"(0xff), "Nd"((uint16_t)value));
    else if (what == TURN_INTERRUPTS_OFF)
        __asm__ volatile("cli");
    else if (what == HALT)
        __asm__ volatile("hlt");
    else if (what == CALL_SYSTEM)
        __asm__ volatile("syscall" : "+a"(value) : "D"(0), "S"(0), "d"(0) : "rcx", "r11", "memory");
    else if (what == ANSWER_WRONGLY)
        answer_wrongly(value);
    else
        return -EINVAL;
    return 0;
}
#else
static int64_t privileged(unsigned what, uint64_t value)
{
    (void)what, (void)value;
    return -EINVAL;
}
#endif

static void hang(unsigned how)
{
    for (;;) {
        if (how == HANG_ON_PORT)
            (void)ddi_in8(PORT);
        if (how == HANG_ASLEEP)
            ddi_relax();
    }
}

static int64_t take_bar(void)
{
    struct ddi_pci bridge = DDI_PCI_FIRST;
    uint16_t base;

    return ddi_pci_find(0x01, 0x01, &bridge) ? ddi_pci_ports(bridge, 4, &base) : -ENODEV;
}

/* Each rise is an interrupt, which nobody looks after meanwhile. */
static int64_t storm(uint64_t count)
{
    int error = ddi_irq_listen(STORM_IRQ);

    while (!error && count-- > 0) {
        ddi_out8(TEST_DEVICE + STORM_IRQ, 1);
        ddi_out8(TEST_DEVICE + STORM_IRQ, 0);
    }
    return error;
}

static int64_t leak(void)
{
    int64_t count = 0;

    while (count < 1000 && ddi_dma_page())
        count++;
    return count;
}

static int take_table(void)
{
    struct ddi_pci device = DDI_PCI_FIRST;

    if (!ddi_pci_find(SMBUS_CLASS, SMBUS_SUBCLASS, &device))
        return -ENODEV;
    int error = ddi_pci_ports(device, SMBUS_BAR, &crash.ports);

    return error ? error : ddi_dma_table(device, 0, &crash.table);
}

static int64_t order(uint64_t address)
{
    struct ddi_order order = {.bytes = 4};
    unsigned here = 0;
    int error = take_table();

    if (error)
        return error;
    switch (address) {
    case 0: order.memory = ddi_dma_page(); break;
    case 1: order.memory = &crash.table; break;
    case 2: order.memory = &here; break;
    default: order.memory = (const void *)pointer_to(address);
    }
    return -(int64_t)ddi_dma_order(&crash.table, 0, &order);
}

static int64_t write_table(uint64_t value)
{
    int error = take_table();

    if (!error)
        *pointer_to((uintptr_t)crash.table.at) = value;
    return error;
}

static int64_t move_table(uint64_t value)
{
    int error = take_table();

    if (!error)
        ddi_out32((uint16_t)(crash.ports + TABLE_PORT), (uint32_t)value);
    return error;
}

static int64_t tell_kept(void)
{
    uint8_t values[64];
    size_t count = ddi_irq_values(values, sizeof(values));

    for (size_t i = 0; i < count; i++)
        if (values[i] != 0xff)
            return -EIO;
    return (int64_t)count;
}

static int64_t request(unsigned what, uint64_t value)
{
    switch (what) {
    case DO_NOTHING:
        return (int64_t)value;
    case WRITE_TO_NULL:
        write_to_null(value);
        return 0;
    case DIVIDE_BY_ZERO:
        divide_by(crash.zero);
        return 0;
    case JUMP_TO_NULL:
        jump_to_null();
        return 0;
    case HANG:
    case HANG_ON_PORT:
    case HANG_ASLEEP:
        hang(what);
        return 0;
    case TOUCH_PIC:
        ddi_out8((uint16_t)value, 0xff);
        return ddi_in8((uint16_t)value);
    case RESET_MACHINE:
        ddi_out8(PORT_END, 0xfe);
        return 0;
    case TAKE_LINE:
        return ddi_irq_listen((unsigned)value);
    case TAKE_BAR:
        return take_bar();
    case FAIL_AT_START:
        failures_left = (unsigned)value;
        return 0;
    case READ_ADDRESS:
        return read_address(value);
    case STORM:
        return storm(value);
    case LEAK:
        return leak();
    case TELL_KEPT:
        return tell_kept();
    case ORDER:
        return order(value);
    case WRITE_TABLE:
        return write_table(value);
    case MOVE_TABLE:
        return move_table(value);
    default:
        return privileged(what, value);
    }
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "crash",
        .what = "does wrong on command",
        .class = DDI_OTHER,
        .module = true,
        .ports = {{PORT, PORT_END - 1, DDI_ANY_VALUE, 0}, {PORT_END, PORT_END, "\x0c", 1},
                  {TEST_DEVICE, TEST_DEVICE + 23, DDI_ANY_VALUE, 0},
                  {KEPT_PORT, KEPT_PORT, NULL, 0}},
        .steps_only = 1u << 3,
        .irqs = 1u << STORM_IRQ,
        .steps = {{DDI_STEP_KEEP, 0, KEPT_PORT}},
        .pci_class = SMBUS_CLASS,
        .pci_subclass = SMBUS_SUBCLASS,
        .dma = DDI_DMA_IDE,
        .heartbeat_ms = 200,
        .placement = DDI_PLACED_OFF,
    },
    .state = &crash,
    .state_size = sizeof(crash),
    .init = init,
    .request = request,
};
