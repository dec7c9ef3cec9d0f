/* links: lib/ring.c */
/* The UART driver against a fake 16550 that may be absent, an echo of the bus, slow or dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "drivers/serial/serial.h"

static struct {
    uint16_t base;
    bool present, echo_bus, dead;
    bool stop, modem_news; /* CTS is off; it changed */
    uint8_t scratch, mcr, lcr, ier, fcr, divisor_low, divisor_high, bus;
    unsigned fifo;         /* bytes in the transmit FIFO */
    unsigned fifo_most, overflows;
    unsigned busy_reads;   /* LSR reads until the FIFO is empty */
    unsigned busy;
    char sent[65536];
    size_t sent_size;
    const char *received;  /* waits in the receiver */
    bool break_first, timeout_lie;
    uint64_t lsr_reads;
} fake;

static struct {
    ddi_irq_handler *handler;
    void *context;
    unsigned irq;
} bound;

static char typed[256];
static size_t typed_size;
static uint64_t clock_us, clock_step;

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    (void)level, (void)area, (void)format;
}

uint64_t ddi_now_us(void)
{
    return clock_us += clock_step;
}

static unsigned sent_calls, last_port;

void ddi_serial_sent(unsigned port)
{
    last_port = port;
    sent_calls++;
}

void ddi_serial_byte(unsigned port, uint8_t byte)
{
    last_port = port;
    assert_true(typed_size < sizeof(typed));
    typed[typed_size++] = (char)byte;
}

int ddi_irq_bind(unsigned irq, const char *name, ddi_irq_handler *handler, void *context)
{
    (void)name;
    bound.handler = handler;
    bound.context = context;
    bound.irq = irq;
    return 0;
}

static uint8_t line_status(void)
{
    fake.lsr_reads++;
    if (!fake.dead && fake.fifo && fake.busy && --fake.busy == 0)
        fake.fifo = 0;
    uint8_t status = fake.fifo ? 0 : 0x60;
    if (fake.received && *fake.received)
        status |= fake.break_first ? 0x11 : 0x01;
    return status;
}

static uint8_t interrupt_cause(void)
{
    if (fake.timeout_lie)
        return 0xcc;
    if (fake.received && *fake.received && (fake.ier & 1))
        return strlen(fake.received) >= 8 ? 0xc4 : 0xcc;
    if (!fake.fifo && (fake.ier & 2))
        return 0xc2;
    if (fake.modem_news && (fake.ier & 8))
        return 0xc0;
    return 0xc1;
}

uint8_t ddi_in8(uint16_t port)
{
    assert_true((port & 0xfee8) == 0x2e8);
    if (fake.echo_bus)
        return fake.bus;
    if (!fake.present || (port & ~7) != fake.base)
        return 0xff;
    switch (port & 7) {
    case 0:
        fake.timeout_lie = false;
        fake.break_first = false;
        return fake.received && *fake.received ? (uint8_t)*fake.received++ : 0;
    case 2:
        return interrupt_cause();
    case 5:
        return line_status();
    case 6:
        fake.modem_news = false;
        if (fake.stop)
            return 0xa0;
        return fake.mcr & 0x10 ? (uint8_t)((fake.mcr & 2) << 3 | (fake.mcr & 8) << 4) : 0xb0;
    case 7:
        return fake.scratch;
    default:
        return 0;
    }
}

static void transmit(uint8_t byte)
{
    assert_false(fake.mcr & 0x10); /* nothing is sent while looped back */
    fake.overflows += fake.fifo >= 16;
    fake.sent[fake.sent_size++] = (char)byte;
    fake.fifo++;
    if (fake.fifo > fake.fifo_most)
        fake.fifo_most = fake.fifo;
    fake.busy = fake.busy_reads;
    if (fake.busy == 0 && !fake.dead)
        fake.fifo = 0;
}

void ddi_out8(uint16_t port, uint8_t value)
{
    assert_true((port & 0xfee8) == 0x2e8);
    fake.bus = value;
    if (!fake.present || (port & ~7) != fake.base)
        return;
    bool dlab = fake.lcr & 0x80;
    switch (port & 7) {
    case 0:
        if (dlab)
            fake.divisor_low = value;
        else
            transmit(value);
        break;
    case 1:
        *(dlab ? &fake.divisor_high : &fake.ier) = value;
        break;
    case 2:
        fake.fcr = value;
        break;
    case 3:
        fake.lcr = value;
        break;
    case 4:
        fake.mcr = value;
        break;
    case 7:
        fake.scratch = value;
        break;
    }
}

static int fresh(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    memset(&bound, 0, sizeof(bound));
    fake.base = 0x3f8;
    fake.present = true;
    fake.divisor_high = 0x55;
    fake.fifo = 0;
    typed_size = 0;
    clock_us = clock_step = 0;
    return 0;
}

static void test_sets_115200_8n1(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(fake.divisor_low, 1);
    assert_int_equal(fake.divisor_high, 0);
    assert_int_equal(fake.lcr, 3);
    assert_int_equal(fake.fcr & 0x07, 0x07);
    assert_int_equal(fake.ier, 0);
    assert_int_equal(fake.mcr & 0x1b, 0x0b);
}

static void test_absent(void **state)
{
    (void)state;
    fake.present = false;
    assert_int_equal(serial_init(), -ENODEV);
    serial_write("lost", 4);
    serial_drain();
    assert_int_equal(serial_listen(0, true), -ENODEV);
    assert_null(bound.handler);
    assert_int_equal(fake.sent_size, 0);
}

static void test_bus_that_echoes(void **state)
{
    (void)state;
    fake.present = false;
    fake.echo_bus = true;
    for (unsigned byte = 0; byte < 256; byte++) {
        fake.bus = (uint8_t)byte;
        assert_int_equal(serial_init(), -ENODEV);
    }
}

static void test_writes_newline_and_fills_fifo(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    fake.busy_reads = 5;
    char text[101];
    memset(text, 'x', 100);
    text[100] = '\n';
    serial_write(text, 101);
    assert_int_equal(fake.sent_size, 16); /* the rest waits in the queue, not the caller */
    serial_drain();
    assert_int_equal(fake.sent_size, 102);
    assert_memory_equal(fake.sent + 99, "x\r\n", 3);
    assert_int_equal(fake.overflows, 0);
    assert_int_equal(fake.fifo_most, 16);
    assert_true(fake.lsr_reads < 7 * 5 + 10); /* one wait for 16 bytes */
}

/* Write until the queue is full; returns what the UART was given at first. */
static void fill_queue(void)
{
    char text[64];

    memset(text, 'y', sizeof(text));
    while (serial_room() >= sizeof(text) && serial_room() != SIZE_MAX)
        serial_write(text, sizeof(text));
}

static void test_dead_uart_is_given_up_once(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    fake.dead = true;
    clock_step = 600000;
    char text[64] = {0};
    memset(text, 'y', sizeof(text));
    fill_queue();
    serial_write(text, sizeof(text));
    assert_int_equal(fake.sent_size, 16);
    assert_true(serial_room() == SIZE_MAX);
    uint64_t once = fake.lsr_reads;
    assert_true(once < 2000000);
    for (unsigned i = 0; i < 1000; i++)
        serial_write(text, sizeof(text));
    assert_true(fake.lsr_reads - once <= 66 * 1000);
    once = fake.lsr_reads;
    serial_drain();
    assert_true(fake.lsr_reads - once <= 2);
    assert_int_equal(fake.sent_size, 16);
    fake.dead = false; /* the reader woke up: the queue leaves, and what comes then behind it */
    fake.fifo = 0;
    serial_write("back", 4);
    serial_drain();
    assert_memory_equal(fake.sent + fake.sent_size - 4, "back", 4);
}

static void test_dead_uart_without_a_clock(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    fake.dead = true;
    fill_queue();
    serial_write("0123456789abcdefg", 17);
    assert_int_equal(fake.sent_size, 16);
    serial_drain();
    assert_int_equal(fake.sent_size, 16);
}

static void test_full_queue_waits_and_loses_nothing(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    fake.busy_reads = 3;
    for (unsigned i = 0; i < 40000; i++) {
        char letter = (char)('a' + i % 26);
        serial_write(&letter, 1);
    }
    serial_drain();
    assert_int_equal(fake.sent_size, 40000);
    assert_int_equal(fake.overflows, 0);
    for (unsigned i = 0; i < 40000; i++)
        assert_int_equal(fake.sent[i], 'a' + i % 26);
}

static void test_queue_leaves_by_interrupt(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    fake.busy_reads = 1000000; /* only an interrupt will find the FIFO empty */
    serial_write("a line that needs three rounds of the fifo", 42);
    assert_int_equal(fake.sent_size, 16);
    assert_int_equal(serial_listen(0, false), 0);
    assert_int_equal(fake.ier, 2);
    fake.fifo = 0;
    assert_true(bound.handler(bound.context));
    assert_int_equal(fake.sent_size, 32);
    fake.fifo = 0;
    assert_true(bound.handler(bound.context));
    assert_int_equal(fake.sent_size, 42);
    assert_int_equal(fake.ier, 0); /* nothing more to send: quiet */
    fake.fifo = 0;
    assert_false(bound.handler(bound.context));
    serial_write("one more line than fits", 23);
    assert_int_equal(fake.ier, 2);
}

static void test_send_takes_what_fits_as_it_is(void **state)
{
    (void)state;
    uint8_t bytes[20000];

    memset(bytes, 'x', sizeof(bytes));
    bytes[0] = '\n';
    fake.present = false;
    assert_int_equal(serial_init(), -ENODEV);
    assert_false(serial_is_there(0));
    assert_int_equal(serial_send(0, bytes, 20000), 20000);
    assert_int_equal(serial_queued(0), 0);
    fake.present = true;
    assert_int_equal(serial_init(), 0);
    assert_true(serial_is_there(0));
    assert_int_equal(serial_listen(0, false), 0);
    fake.busy_reads = 1000000;
    assert_int_equal(serial_send(0, bytes, sizeof(bytes)), 16384);
    assert_int_equal(fake.sent[0], '\n');
    assert_int_equal(serial_queued(0), 16384 - 16);
    assert_int_equal(serial_send(0, bytes, sizeof(bytes)), 16);
    assert_int_equal(serial_send(0, bytes, sizeof(bytes)), 0);
    fake.fifo = 0;
    sent_calls = 0;
    assert_true(bound.handler(bound.context));
    assert_int_equal(sent_calls, 1);
    assert_int_equal(serial_queued(0), 16384 - 16);
}

static void test_receives(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_listen(0, true), 0);
    assert_int_equal(bound.irq, 4);
    assert_int_equal(fake.ier, 1);
    assert_false(bound.handler(bound.context));
    fake.received = "a line of more than sixteen bytes\r";
    assert_true(bound.handler(bound.context));
    assert_int_equal(typed_size, 34);
    assert_memory_equal(typed, "a line of more than sixteen bytes\r", 34);
    fake.received = "x"; /* a break, whose byte does not count */
    fake.break_first = true;
    assert_true(bound.handler(bound.context));
    assert_int_equal(typed_size, 34);
    fake.timeout_lie = true; /* a timeout over an empty FIFO */
    assert_true(bound.handler(bound.context));
    assert_false(fake.timeout_lie);
    assert_int_equal(typed_size, 34);
}

static void test_vanished_uart_does_not_hang(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_listen(0, true), 0);
    fake.present = false; /* reads FFh */
    assert_false(bound.handler(bound.context));
    serial_write("gone", 4);
    serial_drain();
    assert_int_equal(typed_size, 0);
}

static void test_four_ports(void **state)
{
    static const uint16_t bases[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
    static const unsigned irqs[] = {4, 3, 4, 3};

    for (unsigned port = 0; port < SERIAL_PORTS; port++) {
        fresh(state);
        fake.base = bases[port];
        assert_int_equal(serial_probe(port), 0);
        assert_int_equal(fake.lcr, 3);
        assert_int_equal(serial_listen(port, true), 0);
        assert_int_equal(bound.irq, irqs[port]);
        fake.received = "hello";
        assert_true(bound.handler(bound.context));
        assert_int_equal(typed_size, 5);
        assert_int_equal(last_port, port);
        fake.busy_reads = 1000000;
        assert_int_equal(serial_send(port, (const uint8_t *)"0123456789abcdefghij", 20), 20);
        assert_int_equal(serial_queued(port), 4);
        fake.fifo = 0;
        assert_true(bound.handler(bound.context));
        assert_int_equal(fake.sent_size, 20);
        fake.present = false;
        assert_int_equal(serial_probe(port), -ENODEV);
    }
}

/* COM1 and COM3: one handler. */
static void test_a_line_that_two_share(void **state)
{
    assert_int_equal(serial_probe(0), 0);
    assert_int_equal(serial_listen(0, true), 0);
    fake.base = 0x3e8; /* the first one vanishes: it reads as ones, and has no interrupt */
    assert_int_equal(serial_probe(2), 0);
    bound.handler = NULL;
    assert_int_equal(serial_listen(2, true), 0);
    assert_null(bound.handler); /* bound already */
    fake.present = false;
    assert_int_equal(serial_probe(2), -ENODEV); /* for the tests behind this one */
}

static void test_modes(void **state)
{
    static const struct {
        struct serial_mode mode;
        unsigned divisor, line;
    } good[] = {
        {{.speed = 300, .bits = 8}, 384, 0x03},
        {{.speed = 9600, .bits = 7, .parity = true}, 12, 0x1a},
        {{.speed = 115200, .bits = 8, .parity = true, .odd = true, .two_stops = true}, 1, 0x0f},
        {{.speed = 57600, .bits = 5}, 2, 0x00},
    };
    static const struct serial_mode bad[] = {
        {.speed = 110, .bits = 8}, {.speed = 230400, .bits = 8}, {.speed = 31250, .bits = 8},
        {.speed = 9600, .bits = 4}, {.speed = 9600, .bits = 9},
    };

    assert_int_equal(serial_init(), 0);
    for (size_t i = 0; i < array_length(good); i++) {
        assert_int_equal(serial_set(0, &good[i].mode), 0);
        assert_int_equal(fake.divisor_low | fake.divisor_high << 8, good[i].divisor);
        assert_int_equal(fake.lcr, good[i].line);
    }
    for (size_t i = 0; i < array_length(bad); i++) {
        assert_int_equal(serial_set(0, &bad[i]), -EINVAL);
        assert_int_equal(fake.divisor_low, 2);
    }
    assert_int_equal(serial_set(0, &(struct serial_mode){.speed = 0, .bits = 8}), 0);
    assert_int_equal(fake.mcr, 0x08); /* hung up */
    assert_int_equal(fake.divisor_low, 2);
    assert_int_equal(serial_set(0, &good[0].mode), 0);
    assert_int_equal(fake.mcr, 0x0b);
    assert_int_equal(serial_set(3, &good[0].mode), -ENODEV);
}

static void test_nothing_is_sent_to_who_wants_nothing(void **state)
{
    const struct serial_mode mode = {.speed = 9600, .bits = 8, .flow = true};

    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_listen(0, true), 0);
    fake.stop = true;
    assert_int_equal(serial_set(0, &mode), 0);
    assert_int_equal(serial_send(0, (const uint8_t *)"abc", 3), 3);
    assert_int_equal(fake.sent_size, 0);
    assert_int_equal(fake.ier, 9); /* it waits for CTS, not for the FIFO */
    serial_write("log", 3);
    serial_drain(); /* bounded */
    fake.stop = false;
    fake.modem_news = true;
    assert_true(bound.handler(bound.context));
    assert_memory_equal(fake.sent, "abclog", 6);
    serial_hold(0, SERIAL_WAIT);
    assert_int_equal(fake.mcr, 0x09);
    assert_int_equal(fake.ier, 9);
    serial_hold(0, SERIAL_DEAF);
    assert_int_equal(fake.ier, 8);
    serial_hold(0, SERIAL_GO);
    assert_int_equal(fake.ier, 9);
    assert_int_equal(fake.mcr, 0x0b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sets_115200_8n1, fresh),
        cmocka_unit_test_setup(test_absent, fresh),
        cmocka_unit_test_setup(test_bus_that_echoes, fresh),
        cmocka_unit_test_setup(test_writes_newline_and_fills_fifo, fresh),
        cmocka_unit_test_setup(test_dead_uart_is_given_up_once, fresh),
        cmocka_unit_test_setup(test_dead_uart_without_a_clock, fresh),
        cmocka_unit_test_setup(test_full_queue_waits_and_loses_nothing, fresh),
        cmocka_unit_test_setup(test_queue_leaves_by_interrupt, fresh),
        cmocka_unit_test_setup(test_send_takes_what_fits_as_it_is, fresh),
        cmocka_unit_test_setup(test_receives, fresh),
        cmocka_unit_test_setup(test_vanished_uart_does_not_hang, fresh),
        cmocka_unit_test_setup(test_four_ports, fresh),
        cmocka_unit_test_setup(test_a_line_that_two_share, fresh),
        cmocka_unit_test_setup(test_modes, fresh),
        cmocka_unit_test_setup(test_nothing_is_sent_to_who_wants_nothing, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
