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
    bool present, echo_bus, dead;
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

static unsigned sent_calls;

void ddi_serial_sent(void)
{
    sent_calls++;
}

void ddi_input_byte(uint8_t byte)
{
    assert_true(typed_size < sizeof(typed));
    typed[typed_size++] = (char)byte;
}

int ddi_irq_bind(unsigned irq, const char *name, ddi_irq_handler *handler, void *context)
{
    (void)name, (void)context;
    bound.handler = handler;
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
    return 0xc1;
}

uint8_t ddi_in8(uint16_t port)
{
    assert_in_range(port, 0x3f8, 0x3ff);
    if (fake.echo_bus)
        return fake.bus;
    if (!fake.present)
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
    assert_in_range(port, 0x3f8, 0x3ff);
    fake.bus = value;
    if (!fake.present)
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
    assert_int_equal(serial_enable_interrupts(true), -ENODEV);
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
    assert_int_equal(serial_enable_interrupts(false), 0);
    assert_int_equal(fake.ier, 2);
    fake.fifo = 0;
    assert_true(bound.handler(NULL));
    assert_int_equal(fake.sent_size, 32);
    fake.fifo = 0;
    assert_true(bound.handler(NULL));
    assert_int_equal(fake.sent_size, 42);
    assert_int_equal(fake.ier, 0); /* nothing more to send: quiet */
    fake.fifo = 0;
    assert_false(bound.handler(NULL));
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
    assert_false(serial_is_there());
    assert_int_equal(serial_send(bytes, 20000), 20000);
    assert_int_equal(serial_queued(), 0);
    fake.present = true;
    assert_int_equal(serial_init(), 0);
    assert_true(serial_is_there());
    assert_int_equal(serial_enable_interrupts(false), 0);
    fake.busy_reads = 1000000;
    assert_int_equal(serial_send(bytes, sizeof(bytes)), 16384);
    assert_int_equal(fake.sent[0], '\n');
    assert_int_equal(serial_queued(), 16384 - 16);
    assert_int_equal(serial_send(bytes, sizeof(bytes)), 16);
    assert_int_equal(serial_send(bytes, sizeof(bytes)), 0);
    fake.fifo = 0;
    sent_calls = 0;
    assert_true(bound.handler(NULL));
    assert_int_equal(sent_calls, 1);
    assert_int_equal(serial_queued(), 16384 - 16);
}

static void test_receives(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_enable_interrupts(true), 0);
    assert_int_equal(bound.irq, 4);
    assert_int_equal(fake.ier, 1);
    assert_false(bound.handler(NULL));
    fake.received = "a line of more than sixteen bytes\r";
    assert_true(bound.handler(NULL));
    assert_int_equal(typed_size, 34);
    assert_memory_equal(typed, "a line of more than sixteen bytes\r", 34);
    fake.received = "x"; /* a break, whose byte does not count */
    fake.break_first = true;
    assert_true(bound.handler(NULL));
    assert_int_equal(typed_size, 34);
    fake.timeout_lie = true; /* a timeout over an empty FIFO */
    assert_true(bound.handler(NULL));
    assert_false(fake.timeout_lie);
    assert_int_equal(typed_size, 34);
}

static void test_vanished_uart_does_not_hang(void **state)
{
    (void)state;
    assert_int_equal(serial_init(), 0);
    assert_int_equal(serial_enable_interrupts(true), 0);
    fake.present = false; /* reads FFh */
    assert_false(bound.handler(NULL));
    serial_write("gone", 4);
    serial_drain();
    assert_int_equal(typed_size, 0);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
