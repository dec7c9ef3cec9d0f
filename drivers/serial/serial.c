/*
 * COM1 to COM4: 16550 UARTs. What is to leave waits in the kernel, and goes 16 bytes at a time, when the FIFO
 * is seen empty and by interrupt; what comes, by interrupt. How a line is used is asked of the kernel with
 * each look, so a new life finds it as the last one had it.
 *
 * Follows the PC16550D data sheet (National Semiconductor, 1995), section 8.
 */
#include "drivers/ddi.h"
#include "drivers/serial/registers.h"

#define PORTS DDI_SERIAL_PORTS
#define COM1  0x3f8
#define COM2  0x2f8
#define COM3  0x3e8
#define COM4  0x2e8

#define SENT_US   1000000u /* a FIFO takes 1.4 ms to leave, at 300 baud half a second */
#define CAUSES    64u      /* of a line, in one callback: a UART that never stops */

static const struct {
    uint16_t base;
    uint8_t irq;
} places[PORTS] = {{COM1, 4}, {COM2, 3}, {COM3, 4}, {COM4, 3}};

static struct {
    struct uart {
        bool present;
        bool flow;        /* sends while CTS is on, and says by RTS that it takes more */
        uint8_t enabled;  /* IER */
        uint8_t modem;    /* MCR */
        uint8_t control;  /* LCR */
        unsigned divisor; /* 0: not set yet */
    } at[PORTS];
    uint64_t overruns;
} serial;

static uint8_t get(unsigned port, unsigned reg)
{
    return ddi_in8((uint16_t)(places[port].base + reg));
}

static void set(unsigned port, unsigned reg, uint8_t value)
{
    ddi_out8((uint16_t)(places[port].base + reg), value);
}

static void set_enabled(unsigned port, unsigned enabled)
{
    struct uart *uart = &serial.at[port];

    if (uart->enabled == enabled)
        return;
    uart->enabled = (uint8_t)enabled;
    set(port, IER, (uint8_t)enabled);
}

/* ---- output ---------------------------------------------------------------------------------- */

/* The other side takes bytes. */
static bool is_clear(unsigned port)
{
    return !serial.at[port].flow || get(port, MSR) & MSR_CTS;
}

/* What leaves without waiting; the rest by interrupt, of the FIFO or of CTS. */
static void send(unsigned port)
{
    unsigned enabled = serial.at[port].enabled & ~(unsigned)IER_THR_FREE;
    bool more = true, clear = is_clear(port);

    while (more && clear && get(port, LSR) & LSR_THR_FREE) {
        more = ddi_serial_send(port, (uint16_t)(places[port].base + THR), FIFO_BYTES) == FIFO_BYTES;
        clear = is_clear(port);
    }
    set_enabled(port, more && clear ? enabled | IER_THR_FREE : enabled);
}

/* ---- the line -------------------------------------------------------------------------------- */

static void set_line(unsigned port, unsigned divisor, uint8_t control)
{
    struct uart *uart = &serial.at[port];

    if (uart->divisor == divisor && uart->control == control)
        return;
    uart->divisor = divisor;
    uart->control = control;
    set(port, LCR, LCR_DLAB);
    set(port, DLL, (uint8_t)divisor);
    set(port, DLM, (uint8_t)(divisor >> 8));
    set(port, LCR, control);
}

static void use(unsigned port, const struct ddi_serial *line)
{
    struct uart *uart = &serial.at[port];
    uint8_t modem = modem_control(line);

    if (line->speed)
        set_line(port, DDI_SERIAL_SPEED_MOST / line->speed, line_control(line));
    if (uart->modem != modem)
        set(port, MCR, modem);
    uart->modem = modem;
    uart->flow = line->flow;
    set_enabled(port, (uart->enabled & IER_THR_FREE) | (line->listen ? IER_RECEIVED : 0u)
                          | (line->flow ? IER_MODEM : 0u));
}

/* As it is to be used now; then what waits. */
static void look(unsigned port)
{
    struct ddi_serial line;

    ddi_serial_give(port, NULL, 0, &line);
    use(port, &line);
    send(port);
}

/* ---- input ----------------------------------------------------------------------------------- */

struct piece {
    uint8_t bytes[FIFO_BYTES];
    size_t size;
};

/* False: there is no more. */
static bool take(unsigned port, struct piece *piece)
{
    uint8_t status = 0;

    piece->size = 0;
    for (unsigned i = 0; i < FIFO_BYTES && (status = get(port, LSR)) & LSR_DATA; i++) {
        serial.overruns += (status & LSR_OVERRUN) != 0;
        uint8_t byte = get(port, RBR);

        if (!(status & LSR_BREAK)) /* a break reads as a byte 0 that nobody sent */
            piece->bytes[piece->size++] = byte;
    }
    return status & LSR_DATA;
}

static void receive(unsigned port, bool timeout)
{
    struct ddi_serial line = {.listen = true};

    if (timeout && !(get(port, LSR) & LSR_DATA))
        (void)get(port, RBR); /* some chips time out over an empty FIFO, and only this read calms them */
    for (unsigned i = 0; i < 4 && line.listen; i++) {
        struct piece piece;
        bool more = take(port, &piece);

        ddi_serial_give(port, piece.bytes, piece.size, &line);
        use(port, &line);
        if (!more)
            return;
    }
}

/* One cause; false: it has none. */
static bool serve(unsigned port)
{
    uint8_t cause = get(port, IIR);

    if (cause & IIR_NONE)
        return false;
    switch (cause & IIR_CAUSE) {
    case IIR_RECEIVED:
        receive(port, false);
        break;
    case IIR_TIMEOUT:
        receive(port, true);
        break;
    case IIR_LINE:
        (void)get(port, LSR);
        break;
    case IIR_MODEM: /* CTS may have come: this read calms it */
        (void)get(port, MSR);
        send(port);
        break;
    case IIR_THR_FREE:
        send(port);
        break;
    default:
        break;
    }
    return true;
}

/* The PIC takes edges: leave only when no UART of the line has anything more to say, or it never interrupts
   again. */
static void on_interrupt(unsigned irq)
{
    bool again = true;

    for (unsigned round = 0; round < CAUSES && again; round++) {
        again = false;
        for (unsigned port = 0; port < PORTS; port++)
            if (places[port].irq == irq && serial.at[port].present)
                again |= serve(port);
    }
}

/* ---- start ----------------------------------------------------------------------------------- */

/* A UART that vanished reads FFh: all bits, no wait. */
static bool wait_sent(unsigned port)
{
    uint64_t end_us = ddi_now_us() + SENT_US;

    while (!(get(port, LSR) & LSR_ALL_SENT)) {
        if (ddi_now_us() >= end_us)
            return false;
        ddi_relax();
    }
    return true;
}

/* A floating bus reads FFh or echoes the last byte written; it does not loop RTS back to CTS. Nor does one
   that is not through with its bytes: nobody takes them, but it is there. */
static bool find(unsigned port)
{
    if (get(port, LSR) == 0xff)
        return false;
    set(port, SCR, 0x5a);
    if (get(port, LSR) == 0xff || get(port, SCR) != 0x5a)
        return false;
    bool quiet = wait_sent(port), looped = true;

    if (quiet) {
        set(port, MCR, MCR_LOOP | MCR_RTS | MCR_OUT2);
        looped = (get(port, MSR) & 0xf0) == MSR_LOOPED;
    }
    set(port, MCR, MCR_ON);
    return looped;
}

/* What came before the first life was meant for nobody; what comes between two is kept. What was given to a
   life before leaves. */
static void reset(unsigned port)
{
    bool lived = ddi_kept() >> port & 1;

    serial.at[port].present = true;
    serial.at[port].modem = MCR_ON;
    set(port, LCR, LCR_8N1);
    set(port, IER, 0);
    set(port, FCR, lived ? FCR_ON : FCR_ON | FCR_NO_INPUT);
    ddi_keep(ddi_kept() | 1u << port);
}

/* False: it is not theirs. */
static bool listen(unsigned irq)
{
    bool any = false;

    for (unsigned port = 0; port < PORTS; port++)
        any |= places[port].irq == irq && serial.at[port].present;
    if (!any || ddi_irq_listen(irq) == 0)
        return any;
    ddi_log(DDI_WARN, "serial", "irq %u is taken", irq);
    return false;
}

static int init(void)
{
    bool any = false;

    for (unsigned port = 0; port < PORTS; port++)
        if (find(port))
            reset(port);
    for (unsigned irq = 3; irq <= 4; irq++) {
        bool ours = listen(irq);

        for (unsigned port = 0; port < PORTS; port++)
            serial.at[port].present &= ours || places[port].irq != irq;
    }
    for (unsigned port = 0; port < PORTS; port++) {
        any |= serial.at[port].present;
        if (serial.at[port].present)
            look(port); /* raises the line for what waits already */
    }
    return any ? 0 : -ENODEV;
}

static void quiesce(void)
{
    for (unsigned port = 0; port < PORTS; port++)
        if (serial.at[port].present)
            set_enabled(port, 0);
}

/* Returns how often bytes came faster than they were taken. */
static int64_t request(unsigned what, uint64_t value)
{
    if (what != DDI_SERIAL_LOOK || value > 0)
        return -EINVAL;
    for (unsigned port = 0; port < PORTS; port++)
        if (serial.at[port].present)
            look(port);
    return (int64_t)serial.overruns;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "serial",
        .what = "16550 serial ports COM1 to COM4",
        .class = DDI_SERIAL,
        .ports = {{COM1, COM1 + 7, DDI_ANY_VALUE, 0}, {COM2, COM2 + 7, DDI_ANY_VALUE, 0},
                  {COM3, COM3 + 7, DDI_ANY_VALUE, 0}, {COM4, COM4 + 7, DDI_ANY_VALUE, 0}},
        .irqs = 1u << 3 | 1u << 4,
        .heartbeat_ms = 5000, /* its init waits for what the last life sent */
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &serial,
    .state_size = sizeof(serial),
    .init = init,
    .irq = on_interrupt,
    .quiesce = quiesce,
    .request = request,
};
