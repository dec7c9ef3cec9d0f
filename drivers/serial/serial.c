/*
 * COM1: a 16550 UART. Output goes into a queue that leaves 16 bytes at a time, when a write finds
 * the FIFO empty and by interrupt; input comes by interrupt.
 *
 * Use: serial_init → serial_write … → serial_enable_interrupts (once they work) → serial_drain.
 * Locks: none; the caller keeps interrupts off around serial_write and serial_drain, the handler
 * has them off anyway.
 *
 * Follows the PC16550D data sheet (National Semiconductor, 1995), section 8; the register names are
 * its.
 */
#include "drivers/serial/serial.h"

#include "drivers/ddi.h"
#include "lib/ring.h"
#include "lib/span.h"

#define COM1     0x3f8
#define COM1_IRQ 4

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
#define IIR_NONE     0x01 /* 0 when an interrupt waits */
#define IIR_CAUSE    0x0e
#define IIR_MODEM    0x00
#define IIR_THR_FREE 0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE     0x06
#define IIR_TIMEOUT  0x0c /* bytes wait below the trigger level */
#define FCR_SETUP    0x87 /* FIFOs on and emptied, interrupt at 8 of 16 bytes */
#define LCR_8N1      0x03
#define LCR_DLAB     0x80
#define MCR_ON       0x0b /* DTR, RTS, OUT2 (which lets the interrupt through to the PIC) */
#define MCR_LOOP     0x1a /* loop back, with RTS and OUT2 set */
#define MSR_LOOPED   0x90 /* … which then read as CTS and DCD */
#define LSR_DATA     0x01
#define LSR_OVERRUN  0x02
#define LSR_BREAK    0x10
#define LSR_THR_FREE 0x20 /* the whole transmit FIFO is empty */
#define LSR_ALL_SENT 0x40

#define DIVISOR_115200 1
#define FIFO_BYTES     16
#define QUEUE_BYTES    16384 /* 1.4 s of a full line; a boot's log is about 1 KiB */

/* Patience. A FIFO takes 1.4 ms to leave; what takes longer is an emulator whose reader sleeps. A
   read of LSR lasts about 1 µs on a real bus and 0.05 µs under emulation, so the count alone bounds
   the wait before the clock runs, and the clock prolongs it for the emulator. */
#define PATIENCE_READS 200000
#define PATIENCE_US    1000000

static struct {
    bool present;
    bool stuck;       /* gave up once; sends again when the FIFO is seen empty */
    bool interrupts;  /* the handler is bound */
    uint8_t enabled;  /* IER */
    uint64_t overruns;
} uart;

static uint8_t queue_bytes[QUEUE_BYTES];
static struct ring queue;

static uint8_t get(unsigned reg)
{
    return ddi_in8((uint16_t)(COM1 + reg));
}

static void set(unsigned reg, uint8_t value)
{
    ddi_out8((uint16_t)(COM1 + reg), value);
}

/* Wait until LSR has `bits`; false when patience ends. A vanished UART reads FFh: all bits, no
 * wait. */
static bool wait_line_status(uint8_t bits)
{
    uint64_t start_us = ddi_now_us();
    for (uint32_t reads = 1;; reads++) {
        if (get(LSR) & bits)
            return true;
        if (reads % PATIENCE_READS)
            continue;
        uint64_t waited_us = ddi_now_us() - start_us;
        if (waited_us == 0 || waited_us >= PATIENCE_US)
            return false;
    }
}

/* A floating bus reads FFh or echoes the last byte written; it does not loop RTS back to CTS. */
static bool probe(void)
{
    if (get(LSR) == 0xff)
        return false;
    set(SCR, 0x5a);
    if (get(LSR) == 0xff || get(SCR) != 0x5a)
        return false;
    wait_line_status(LSR_ALL_SENT); /* the boot loader's last bytes must not be looped back */
    set(MCR, MCR_LOOP);
    bool looped = (get(MSR) & 0xf0) == MSR_LOOPED;
    set(MCR, MCR_ON);
    return looped;
}

int serial_init(void)
{
    uart.present = probe();
    if (!uart.present)
        return -ENODEV;
    uart.stuck = uart.interrupts = false;
    uart.enabled = 0;
    ring_init(&queue, queue_bytes, QUEUE_BYTES);
    set(IER, 0);
    set(LCR, LCR_DLAB);
    set(DLL, DIVISOR_115200);
    set(DLM, 0);
    set(LCR, LCR_8N1);
    set(FCR, FCR_SETUP);
    return 0;
}

/* ---- output ---------------------------------------------------------------------------------- */

/* True when the FIFO is empty. A UART known to be stuck is asked once and not waited for. */
static bool fifo_empty(void)
{
    if (uart.stuck)
        uart.stuck = !(get(LSR) & LSR_THR_FREE);
    else
        uart.stuck = !wait_line_status(LSR_THR_FREE);
    return !uart.stuck;
}

static void fill_fifo(void)
{
    uint8_t byte;

    for (unsigned i = 0; i < FIFO_BYTES && ring_get(&queue, &byte); i++)
        set(THR, byte);
}

/* A full queue waits for the line; a line that does not move loses the byte. */
static void queue_byte(uint8_t byte)
{
    if (ring_put(&queue, byte) || !fifo_empty())
        return;
    fill_fifo();
    (void)ring_put(&queue, byte);
}

static void set_enabled(uint8_t enabled)
{
    if (uart.enabled == enabled)
        return;
    uart.enabled = enabled;
    set(IER, enabled);
}

/* What leaves without waiting; the rest by interrupt. */
static void pump(void)
{
    while (queue.count && get(LSR) & LSR_THR_FREE)
        fill_fifo();
    if (uart.interrupts)
        set_enabled(queue.count ? uart.enabled | IER_THR_FREE
                                : (uint8_t)(uart.enabled & ~IER_THR_FREE));
}

void serial_write(const char *text, size_t size)
{
    const struct text all = text_of(text, size);

    if (!uart.present)
        return;
    for (size_t i = 0; i < size; i++) {
        if (text_at(all, i) == '\n')
            queue_byte('\r');
        queue_byte((uint8_t)text_at(all, i));
    }
    pump();
}

size_t serial_send(const uint8_t *bytes, size_t size)
{
    const struct span all = span_of(bytes, size);
    size_t done = 0;

    if (!uart.present)
        return size;
    while (done < size && ring_put(&queue, span_at(all, done)))
        done++;
    pump();
    return done;
}

size_t serial_queued(void)
{
    return uart.present ? queue.count : 0;
}

bool serial_is_there(void)
{
    return uart.present;
}

size_t serial_room(void)
{
    return uart.present && !uart.stuck ? QUEUE_BYTES - queue.count : SIZE_MAX;
}

void serial_drain(void)
{
    if (!uart.present)
        return;
    while (queue.count && fifo_empty())
        fill_fifo();
    if (!uart.stuck)
        (void)wait_line_status(LSR_ALL_SENT);
}

/* ---- input ----------------------------------------------------------------------------------- */

static void receive(bool timeout)
{
    uint8_t status = get(LSR);
    if (timeout && !(status & LSR_DATA))
        (void)get(RBR); /* some chips time out over an empty FIFO, and only this read calms them */
    for (unsigned i = 0; i < 4 * FIFO_BYTES && (status & LSR_DATA); i++) {
        uart.overruns += (status & LSR_OVERRUN) != 0;
        uint8_t byte = get(RBR);
        if (!(status & LSR_BREAK)) /* a break reads as a byte 0 that nobody sent */
            ddi_input_byte(byte);
        status = get(LSR);
    }
}

/* The PIC takes edges: leave only when the UART has nothing more to say, or it never interrupts
   again. The bound is for a UART that never stops. */
static bool on_interrupt(void *context)
{
    (void)context;
    bool mine = false;
    for (unsigned round = 0; round < 64; round++) {
        uint8_t cause = get(IIR);
        if (cause & IIR_NONE)
            break;
        mine = true;
        switch (cause & IIR_CAUSE) {
        case IIR_RECEIVED:
            receive(false);
            break;
        case IIR_TIMEOUT:
            receive(true);
            break;
        case IIR_LINE:
            (void)get(LSR);
            break;
        case IIR_MODEM:
            (void)get(MSR);
            break;
        case IIR_THR_FREE:
            pump();
            ddi_serial_sent();
            break;
        default:
            break;
        }
    }
    return mine;
}

int serial_enable_interrupts(bool input)
{
    if (!uart.present)
        return -ENODEV;
    int error = ddi_irq_bind(COM1_IRQ, "serial", on_interrupt, NULL);
    if (error)
        return error;
    uart.interrupts = true;
    set_enabled(input ? IER_RECEIVED : 0); /* raises the line for what waits already */
    pump();
    return 0;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "serial",
        .what = "16550 serial port COM1",
        .class = DDI_SERIAL,
        .built_in = true,
        .ports = {{COM1, COM1 + 7, DDI_ANY_VALUE, 0}},
        .irqs = 1u << 4,
        .placement = DDI_PLACED_KERNEL,
    },
};
