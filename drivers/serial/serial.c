/*
 * COM1 to COM4: 16550 UARTs. Output goes into a queue that leaves 16 bytes at a time, when a write finds
 * the FIFO empty and by interrupt; input comes by interrupt.
 *
 * Use: serial_init, serial_probe → serial_write (COM1's alone), serial_send … → serial_listen (once
 * interrupts work) → serial_drain. Locks: none; the caller keeps interrupts off around all calls but the
 * first two, the handler has them off anyway.
 *
 * Follows the PC16550D data sheet (National Semiconductor, 1995), section 8; the register names are its.
 */
#include "drivers/serial/serial.h"

#include "drivers/ddi.h"
#include "lib/ring.h"
#include "lib/span.h"

#define COM1     0x3f8
#define COM2     0x2f8
#define COM3     0x3e8
#define COM4     0x2e8

/* Registers, by offset from the base. */
#define RBR 0 /* read: receiver buffer */
#define THR 0 /* write: transmitter holding */
#define DLL 0 /* divisor, while LCR_DLAB */
#define DLM 1
#define IER 1
#define IIR 2 /* read */
#define FCR 2 /* write */
#define LCR 3
#define MCR 4
#define LSR 5
#define MSR 6
#define SCR 7 /* scratch: remembers a byte, does nothing */

#define IER_RECEIVED 0x01
#define IER_THR_FREE 0x02
#define IER_MODEM    0x08
#define IIR_NONE     0x01 /* 0 when an interrupt waits */
#define IIR_CAUSE    0x0e
#define IIR_MODEM    0x00
#define IIR_THR_FREE 0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE     0x06
#define IIR_TIMEOUT  0x0c /* bytes wait below the trigger level */
#define FCR_SETUP    0x87 /* FIFOs on and emptied, interrupt at 8 of 16 bytes */
#define LCR_8N1      0x03
#define LCR_TWO_STOPS 0x04
#define LCR_PARITY   0x08
#define LCR_EVEN     0x10
#define LCR_DLAB     0x80
#define MCR_DTR      0x01
#define MCR_RTS      0x02
#define MCR_ON       0x0b /* DTR, RTS, OUT2 (which lets the interrupt through to the PIC) */
#define MCR_LOOP     0x1a /* loop back, with RTS and OUT2 set */
#define MSR_LOOPED   0x90 /* … which then read as CTS and DCD */
#define MSR_CTS      0x10
#define LSR_DATA     0x01
#define LSR_OVERRUN  0x02
#define LSR_BREAK    0x10
#define LSR_THR_FREE 0x20 /* the whole transmit FIFO is empty */
#define LSR_ALL_SENT 0x40

#define SPEED_LOW      300
#define SPEED_HIGH     115200 /* divisor 1 */
#define FIFO_BYTES     16
#define QUEUE_BYTES    16384 /* 1.4 s of a full line; a boot's log is about 1 KiB */
#define OTHER_BYTES    1024  /* of COM2 to COM4 */

/* Patience. A FIFO takes 1.4 ms to leave; what takes longer is an emulator whose reader sleeps. A
   read of LSR lasts about 1 µs on a real bus and 0.05 µs under emulation, so the count alone bounds
   the wait before the clock runs, and the clock prolongs it for the emulator. */
#define PATIENCE_READS 200000
#define PATIENCE_US    1000000

struct uart {
    uint16_t base;
    uint8_t irq;
    bool present;
    bool stuck;       /* gave up once; sends again when the FIFO is seen empty */
    bool interrupts;  /* the handler is bound */
    bool flow;        /* sends while CTS is on, and says by RTS that it takes more */
    uint8_t enabled;  /* IER */
    uint8_t input;    /* IER_RECEIVED, when somebody wants what comes */
    uint8_t modem;    /* MCR */
    uint64_t overruns;
    struct ring queue;
};

static struct uart uarts[SERIAL_PORTS] = {
    {.base = COM1, .irq = 4}, {.base = COM2, .irq = 3}, {.base = COM3, .irq = 4}, {.base = COM4, .irq = 3},
};
static struct uart *const com1 = &uarts[0];
static uint8_t com1_bytes[QUEUE_BYTES], other_bytes[SERIAL_PORTS - 1][OTHER_BYTES];

static uint8_t get(const struct uart *uart, unsigned reg)
{
    return ddi_in8((uint16_t)(uart->base + reg));
}

static void set(const struct uart *uart, unsigned reg, uint8_t value)
{
    ddi_out8((uint16_t)(uart->base + reg), value);
}

/* Wait until LSR has `bits`; false when patience ends. A vanished UART reads FFh: all bits, no
 * wait. */
static bool wait_line_status(const struct uart *uart, uint8_t bits)
{
    uint64_t start_us = ddi_now_us();
    for (uint32_t reads = 1;; reads++) {
        if (get(uart, LSR) & bits)
            return true;
        if (reads % PATIENCE_READS)
            continue;
        uint64_t waited_us = ddi_now_us() - start_us;
        if (waited_us == 0 || waited_us >= PATIENCE_US)
            return false;
    }
}

/* A floating bus reads FFh or echoes the last byte written; it does not loop RTS back to CTS. */
static bool probe(const struct uart *uart)
{
    if (get(uart, LSR) == 0xff)
        return false;
    set(uart, SCR, 0x5a);
    if (get(uart, LSR) == 0xff || get(uart, SCR) != 0x5a)
        return false;
    wait_line_status(uart, LSR_ALL_SENT); /* the boot loader's last bytes must not be looped back */
    set(uart, MCR, MCR_LOOP);
    bool looped = (get(uart, MSR) & 0xf0) == MSR_LOOPED;
    set(uart, MCR, MCR_ON);
    return looped;
}

static void set_line(const struct uart *uart, unsigned divisor, uint8_t control)
{
    set(uart, LCR, LCR_DLAB);
    set(uart, DLL, (uint8_t)divisor);
    set(uart, DLM, (uint8_t)(divisor >> 8));
    set(uart, LCR, control);
}

int serial_probe(unsigned port)
{
    struct uart *uart = &uarts[port];

    uart->stuck = uart->interrupts = uart->flow = false;
    uart->present = probe(uart);
    if (!uart->present)
        return -ENODEV;
    uart->enabled = 0;
    uart->modem = MCR_ON;
    if (port == 0)
        ring_init(&uart->queue, com1_bytes, QUEUE_BYTES);
    else
        ring_init(&uart->queue, other_bytes[port - 1], OTHER_BYTES);
    set(uart, IER, 0);
    set_line(uart, 1, LCR_8N1);
    set(uart, FCR, FCR_SETUP);
    return 0;
}

int serial_init(void)
{
    return serial_probe(0);
}

/* ---- output ---------------------------------------------------------------------------------- */

/* The other side takes bytes. */
static bool is_clear(const struct uart *uart)
{
    return !uart->flow || get(uart, MSR) & MSR_CTS;
}

/* True when the FIFO is empty. A UART known to be stuck is asked once and not waited for; neither is one
   whose other side wants nothing. */
static bool fifo_empty(struct uart *uart)
{
    if (!is_clear(uart))
        return false;
    if (uart->stuck)
        uart->stuck = !(get(uart, LSR) & LSR_THR_FREE);
    else
        uart->stuck = !wait_line_status(uart, LSR_THR_FREE);
    return !uart->stuck;
}

static void fill_fifo(struct uart *uart)
{
    uint8_t byte;

    for (unsigned i = 0; i < FIFO_BYTES && ring_get(&uart->queue, &byte); i++)
        set(uart, THR, byte);
}

/* A full queue waits for the line; a line that does not move loses the byte. */
static void queue_byte(struct uart *uart, uint8_t byte)
{
    if (ring_put(&uart->queue, byte) || !fifo_empty(uart))
        return;
    fill_fifo(uart);
    (void)ring_put(&uart->queue, byte);
}

static void set_enabled(struct uart *uart, uint8_t enabled)
{
    if (uart->enabled == enabled)
        return;
    uart->enabled = enabled;
    set(uart, IER, enabled);
}

/* What leaves without waiting; the rest by interrupt, of the FIFO or of CTS. */
static void pump(struct uart *uart)
{
    bool clear = is_clear(uart);

    while (clear && uart->queue.count && get(uart, LSR) & LSR_THR_FREE) {
        fill_fifo(uart);
        clear = is_clear(uart);
    }
    if (uart->interrupts)
        set_enabled(uart, uart->queue.count && clear ? uart->enabled | IER_THR_FREE
                                                     : (uint8_t)(uart->enabled & ~IER_THR_FREE));
}

void serial_write(const char *text, size_t size)
{
    const struct text all = text_of(text, size);

    if (!com1->present)
        return;
    for (size_t i = 0; i < size; i++) {
        if (text_at(all, i) == '\n')
            queue_byte(com1, '\r');
        queue_byte(com1, (uint8_t)text_at(all, i));
    }
    pump(com1);
}

size_t serial_send(unsigned port, const uint8_t *bytes, size_t size)
{
    struct uart *uart = &uarts[port];
    const struct span all = span_of(bytes, size);
    size_t done = 0;

    if (!uart->present)
        return size;
    while (done < size && ring_put(&uart->queue, span_at(all, done)))
        done++;
    pump(uart);
    return done;
}

size_t serial_queued(unsigned port)
{
    return uarts[port].present ? uarts[port].queue.count : 0;
}

bool serial_is_there(unsigned port)
{
    return uarts[port].present;
}

size_t serial_room(void)
{
    return com1->present && !com1->stuck && is_clear(com1) ? QUEUE_BYTES - com1->queue.count : SIZE_MAX;
}

void serial_drain(void)
{
    if (!com1->present)
        return;
    while (com1->queue.count && fifo_empty(com1))
        fill_fifo(com1);
    if (!com1->stuck)
        (void)wait_line_status(com1, LSR_ALL_SENT);
}

/* ---- the line -------------------------------------------------------------------------------- */

static void set_modem(struct uart *uart, uint8_t modem)
{
    if (uart->modem == modem)
        return;
    uart->modem = modem;
    set(uart, MCR, modem);
}

int serial_set(unsigned port, const struct serial_mode *mode)
{
    struct uart *uart = &uarts[port];
    bool hang_up = mode->speed == 0;
    unsigned control = mode->bits - 5u;

    if (!hang_up && (mode->speed < SPEED_LOW || mode->speed > SPEED_HIGH || SPEED_HIGH % mode->speed))
        return -EINVAL;
    if (control > 3)
        return -EINVAL;
    if (!uart->present)
        return -ENODEV;
    control |= mode->two_stops ? LCR_TWO_STOPS : 0;
    control |= mode->parity ? LCR_PARITY | (mode->odd ? 0 : LCR_EVEN) : 0u;
    if (!hang_up)
        set_line(uart, SPEED_HIGH / mode->speed, (uint8_t)control);
    set_modem(uart, hang_up ? MCR_ON & ~(MCR_DTR | MCR_RTS) : MCR_ON);
    uart->flow = mode->flow;
    if (uart->interrupts)
        set_enabled(uart, (uint8_t)((uart->enabled & IER_THR_FREE) | uart->input
                                    | (uart->flow ? IER_MODEM : 0)));
    pump(uart);
    return 0;
}

void serial_hold(unsigned port, enum serial_hold how)
{
    struct uart *uart = &uarts[port];

    if (!uart->present || !uart->flow)
        return;
    set_modem(uart, (uint8_t)(how == SERIAL_GO ? uart->modem | MCR_RTS : uart->modem & ~MCR_RTS));
    if (uart->interrupts)
        set_enabled(uart, how == SERIAL_DEAF ? (uint8_t)(uart->enabled & ~IER_RECEIVED)
                                             : uart->enabled | uart->input);
}

/* ---- input ----------------------------------------------------------------------------------- */

static void receive(struct uart *uart, unsigned port, bool timeout)
{
    uint8_t status = get(uart, LSR);
    if (timeout && !(status & LSR_DATA))
        (void)get(uart, RBR); /* some chips time out over an empty FIFO, and only this read calms them */
    for (unsigned i = 0; i < 4 * FIFO_BYTES && (status & LSR_DATA); i++) {
        uart->overruns += (status & LSR_OVERRUN) != 0;
        uint8_t byte = get(uart, RBR);
        if (!(status & LSR_BREAK)) /* a break reads as a byte 0 that nobody sent */
            ddi_serial_byte(port, byte);
        status = get(uart, LSR);
    }
}

/* One cause; false: it has none. */
static bool serve(struct uart *uart, unsigned port)
{
    uint8_t cause = get(uart, IIR);

    if (cause & IIR_NONE)
        return false;
    switch (cause & IIR_CAUSE) {
    case IIR_RECEIVED:
        receive(uart, port, false);
        break;
    case IIR_TIMEOUT:
        receive(uart, port, true);
        break;
    case IIR_LINE:
        (void)get(uart, LSR);
        break;
    case IIR_MODEM: /* CTS may have come: what pump reads calms it */
        (void)get(uart, MSR);
        pump(uart);
        break;
    case IIR_THR_FREE:
        pump(uart);
        ddi_serial_sent(port);
        break;
    default:
        break;
    }
    return true;
}

/* The PIC takes edges: leave only when no UART of the line has anything more to say, or it never interrupts
   again. The bound is for a UART that never stops. */
static bool on_interrupt(void *context)
{
    const struct uart *first = context; /* of the line */
    bool mine = false, again = true;

    for (unsigned round = 0; round < 64 && again; round++) {
        again = false;
        for (unsigned port = 0; port < SERIAL_PORTS; port++)
            if (uarts[port].irq == first->irq && uarts[port].interrupts)
                again |= serve(&uarts[port], port);
        mine |= again;
    }
    return mine;
}

static bool is_bound(uint8_t irq)
{
    bool is = false;

    for (unsigned port = 0; port < SERIAL_PORTS; port++)
        is |= uarts[port].irq == irq && uarts[port].interrupts;
    return is;
}

int serial_listen(unsigned port, bool input)
{
    struct uart *uart = &uarts[port];

    if (!uart->present)
        return -ENODEV;
    int error = is_bound(uart->irq) ? 0 : ddi_irq_bind(uart->irq, "serial", on_interrupt, uart);

    if (error)
        return error;
    uart->interrupts = true;
    uart->input = input ? IER_RECEIVED : 0;
    set_enabled(uart, uart->input); /* raises the line for what waits already */
    pump(uart);
    return 0;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "serial",
        .what = "16550 serial ports COM1 to COM4",
        .class = DDI_SERIAL,
        .built_in = true,
        .ports = {{COM1, COM1 + 7, DDI_ANY_VALUE, 0}, {COM2, COM2 + 7, DDI_ANY_VALUE, 0},
                  {COM3, COM3 + 7, DDI_ANY_VALUE, 0}, {COM4, COM4 + 7, DDI_ANY_VALUE, 0}},
        .irqs = 1u << 3 | 1u << 4,
        .placement = DDI_PLACED_KERNEL,
    },
};
