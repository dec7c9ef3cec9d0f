/* The UART driver against a fake 16550 that may be absent, an echo of the bus, slow or dead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "lib/compiler.h"

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

/* The kernel's side. */
static struct {
    struct ddi_serial line;
    const char *queue; /* what is to leave, of whichever port */
    size_t queued;
    char typed[256];
    size_t typed_size;
    unsigned there, listened; /* ports, lines: bit n */
    unsigned last_port, asked;
    size_t deaf_at; /* so many bytes, and it wants no more */
    int listen_error;
    uint64_t kept;
} host;

static uint64_t clock_us, clock_step;

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    (void)level, (void)area, (void)format;
}

uint64_t ddi_now_us(void)
{
    return clock_us += clock_step;
}

void ddi_relax(void)
{
    clock_us += 100;
}

void ddi_keep(uint64_t word)
{
    host.kept = word;
}

uint64_t ddi_kept(void)
{
    return host.kept;
}

int ddi_irq_listen(unsigned irq)
{
    host.listened |= host.listen_error ? 0 : 1u << irq;
    return host.listen_error;
}

void ddi_serial_give(unsigned port, const uint8_t *bytes, size_t size, struct ddi_serial *line)
{
    host.there |= 1u << port;
    host.last_port = port;
    host.asked++;
    assert_true(host.typed_size + size <= sizeof(host.typed));
    for (size_t i = 0; i < size; i++)
        host.typed[host.typed_size++] = (char)bytes[i];
    if (host.deaf_at && host.typed_size >= host.deaf_at)
        host.line.listen = host.line.ready = false;
    *line = host.line;
}

size_t ddi_serial_send(unsigned port, uint16_t to, size_t most)
{
    size_t size = 0;

    host.last_port = port;
    for (; size < most && host.queued > 0; size++, host.queued--)
        ddi_out8(to, (uint8_t)*host.queue++);
    return size;
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

static uint8_t fake_in8(uint16_t port)
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
        if (fake.stop && !(fake.mcr & 0x10))
            return 0xa0;
        return fake.mcr & 0x10 ? (uint8_t)((fake.mcr & 2) << 3 | (fake.mcr & 8) << 4) : 0xb0;
    case 7:
        return fake.scratch;
    default:
        return 0;
    }
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
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

static void fake_out8(uint16_t port, uint8_t value)
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

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static int fresh(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    memset(&host, 0, sizeof(host));
    fake.base = 0x3f8;
    fake.present = true;
    fake.divisor_high = 0x55;
    host.line = (struct ddi_serial){.speed = 115200, .bits = 8, .ready = true, .listen = true};
    clock_us = clock_step = 0;
    return 0;
}

/* A life begins: nothing of the last one is left. */
static int start(void)
{
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    return ddi_driver.init();
}

static void look(void)
{
    assert_true(ddi_driver.request(DDI_SERIAL_LOOK, 0) >= 0);
}

static void to_send(const char *bytes, size_t size)
{
    host.queue = bytes;
    host.queued = size;
}

static void test_sets_the_line(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    assert_int_equal(host.there, 1);
    assert_int_equal(host.listened, 1 << 4);
    assert_int_equal(fake.divisor_low, 1);
    assert_int_equal(fake.divisor_high, 0);
    assert_int_equal(fake.lcr, 3);
    assert_int_equal(fake.fcr & 0x07, 0x03); /* nothing that is on its way is thrown away */
    assert_int_equal(fake.ier, 1);
    assert_int_equal(fake.mcr & 0x1b, 0x0b);
    ddi_driver.quiesce();
    assert_int_equal(fake.ier, 0);
}

static void test_absent(void **state)
{
    (void)state;
    fake.present = false;
    assert_int_equal(start(), -ENODEV);
    assert_int_equal(host.there | host.listened, 0);
    look();
    assert_int_equal(fake.sent_size, 0);
}

static void test_bus_that_echoes(void **state)
{
    (void)state;
    fake.present = false;
    fake.echo_bus = true;
    for (unsigned byte = 0; byte < 256; byte++) {
        fake.bus = (uint8_t)byte;
        assert_int_equal(start(), -ENODEV);
    }
}

static void test_a_line_that_is_taken(void **state)
{
    (void)state;
    host.listen_error = -EBUSY;
    assert_int_equal(start(), -ENODEV);
    assert_int_equal(host.there, 0);
}

/* The next life waits for what the last one sent, takes the line as it was, and loses no typed byte. */
static void test_another_life(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    host.line.speed = 9600;
    host.line.parity = true;
    fake.busy_reads = 30;
    to_send("0123456789abcdef", 16);
    look();
    assert_int_equal(fake.fifo, 16);
    fake.received = "typed meanwhile";
    assert_int_equal(start(), 0);
    assert_int_equal(fake.sent_size, 16);
    assert_int_equal(fake.fifo, 0);
    assert_int_equal(fake.fcr & 0x07, 0x01);
    assert_int_equal(fake.divisor_low, 12);
    assert_int_equal(fake.lcr, 0x1b);
    ddi_driver.irq(4);
    assert_memory_equal(host.typed, "typed meanwhile", 15);
}

static void test_a_dead_uart_is_there(void **state)
{
    (void)state;
    fake.dead = true;
    fake.fifo = 16;
    assert_int_equal(start(), 0);
    assert_in_range(clock_us, 1000000, 1100000);
    to_send("x", 1);
    look();
    assert_int_equal(fake.sent_size, 0);
    assert_int_equal(fake.ier & 2, 2);
    fake.dead = false; /* the reader woke up */
    fake.fifo = 0;
    ddi_driver.irq(4);
    assert_int_equal(fake.sent_size, 1);
    assert_int_equal(fake.ier & 2, 0);
}

static void test_all_that_leaves_at_once(void **state)
{
    static char text[40000];

    (void)state;
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)('a' + i % 26);
    assert_int_equal(start(), 0);
    to_send(text, sizeof(text));
    look();
    assert_int_equal(fake.sent_size, sizeof(text));
    assert_memory_equal(fake.sent, text, sizeof(text));
    assert_int_equal(fake.overflows, 0);
    assert_int_equal(fake.ier, 1);
}

static void test_queue_leaves_by_interrupt(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    fake.busy_reads = 1000000; /* only an interrupt will find the FIFO empty */
    to_send("a line that needs three rounds of the fifo", 42);
    look();
    assert_int_equal(fake.sent_size, 16);
    assert_int_equal(fake.ier, 3);
    fake.fifo = 0;
    ddi_driver.irq(4);
    assert_int_equal(fake.sent_size, 32);
    fake.fifo = 0;
    ddi_driver.irq(4);
    assert_int_equal(fake.sent_size, 42);
    assert_int_equal(fake.fifo_most, 16);
    assert_int_equal(fake.ier, 1); /* nothing more to send: quiet */
    fake.fifo = 0;
    ddi_driver.irq(4);
    assert_int_equal(fake.sent_size, 42);
}

static void test_receives(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    ddi_driver.irq(4);
    fake.received = "a line of more than sixteen bytes\r";
    ddi_driver.irq(4);
    assert_int_equal(host.typed_size, 34);
    assert_memory_equal(host.typed, "a line of more than sixteen bytes\r", 34);
    fake.received = "x"; /* a break, whose byte does not count */
    fake.break_first = true;
    ddi_driver.irq(4);
    assert_int_equal(host.typed_size, 34);
    fake.timeout_lie = true; /* a timeout over an empty FIFO */
    ddi_driver.irq(4);
    assert_false(fake.timeout_lie);
    assert_int_equal(host.typed_size, 34);
}

static void test_vanished_uart_does_not_hang(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    fake.present = false; /* reads FFh */
    ddi_driver.irq(4);
    to_send("gone", 4);
    look();
    assert_int_equal(host.typed_size, 0);
}

static void test_four_ports(void **state)
{
    static const uint16_t bases[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
    static const unsigned irqs[] = {4, 3, 4, 3};

    for (unsigned port = 0; port < DDI_SERIAL_PORTS; port++) {
        fresh(state);
        fake.base = bases[port];
        assert_int_equal(start(), 0);
        assert_int_equal(host.there, 1 << port);
        assert_int_equal(host.listened, 1 << irqs[port]);
        assert_int_equal(fake.lcr, 3);
        fake.received = "hello";
        ddi_driver.irq(irqs[port]);
        assert_int_equal(host.typed_size, 5);
        assert_int_equal(host.last_port, port);
        fake.busy_reads = 1000000;
        to_send("0123456789abcdefghij", 20);
        look();
        assert_int_equal(host.queued, 4);
        fake.fifo = 0;
        ddi_driver.irq(7 - irqs[port]); /* the other line */
        assert_int_equal(fake.sent_size, 16);
        ddi_driver.irq(irqs[port]);
        assert_int_equal(fake.sent_size, 20);
    }
}

static void test_modes(void **state)
{
    static const struct {
        struct ddi_serial line;
        unsigned divisor, control;
    } good[] = {
        {{.speed = 300, .bits = 8}, 384, 0x03},
        {{.speed = 9600, .bits = 7, .parity = true}, 12, 0x1a},
        {{.speed = 115200, .bits = 8, .parity = true, .odd = true, .two_stops = true}, 1, 0x0f},
        {{.speed = 57600, .bits = 5}, 2, 0x00},
    };

    (void)state;
    assert_int_equal(start(), 0);
    for (size_t i = 0; i < array_length(good); i++) {
        host.line = good[i].line;
        look();
        assert_int_equal(fake.divisor_low | fake.divisor_high << 8, good[i].divisor);
        assert_int_equal(fake.lcr, good[i].control);
    }
    host.line.speed = 0;
    look();
    assert_int_equal(fake.mcr, 0x08); /* hung up */
    assert_int_equal(fake.divisor_low, 2);
    host.line.speed = 57600;
    host.line.ready = true;
    look();
    assert_int_equal(fake.mcr, 0x0b);
    assert_int_equal(ddi_driver.request(1, 0), -EINVAL);
}

static void test_nothing_is_sent_to_who_wants_nothing(void **state)
{
    (void)state;
    host.line.flow = true;
    fake.stop = true;
    assert_int_equal(start(), 0);
    to_send("abclog", 6);
    look();
    assert_int_equal(fake.sent_size, 0);
    assert_int_equal(fake.ier, 9); /* it waits for CTS, not for the FIFO */
    fake.stop = false;
    fake.modem_news = true;
    ddi_driver.irq(4);
    assert_memory_equal(fake.sent, "abclog", 6);
    host.line.ready = false;
    look();
    assert_int_equal(fake.mcr, 0x09);
    assert_int_equal(fake.ier, 9);
    host.line.listen = false;
    look();
    assert_int_equal(fake.ier, 8);
    host.line.ready = host.line.listen = true;
    look();
    assert_int_equal(fake.ier, 9);
    assert_int_equal(fake.mcr, 0x0b);
}

/* What comes all the same stays where it is. */
static void test_nothing_is_taken_that_is_not_wanted(void **state)
{
    (void)state;
    host.line.flow = true;
    assert_int_equal(start(), 0);
    fake.received = "sixteen bytes, and then there are more of them";
    host.deaf_at = 10;
    ddi_driver.irq(4);
    assert_int_equal(host.typed_size, 16);
    assert_string_equal(fake.received, "nd then there are more of them");
    assert_int_equal(fake.mcr, 0x09);
    assert_int_equal(fake.ier, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_sets_the_line, fresh),
        cmocka_unit_test_setup(test_absent, fresh),
        cmocka_unit_test_setup(test_bus_that_echoes, fresh),
        cmocka_unit_test_setup(test_a_line_that_is_taken, fresh),
        cmocka_unit_test_setup(test_another_life, fresh),
        cmocka_unit_test_setup(test_a_dead_uart_is_there, fresh),
        cmocka_unit_test_setup(test_all_that_leaves_at_once, fresh),
        cmocka_unit_test_setup(test_queue_leaves_by_interrupt, fresh),
        cmocka_unit_test_setup(test_receives, fresh),
        cmocka_unit_test_setup(test_vanished_uart_does_not_hang, fresh),
        cmocka_unit_test_setup(test_four_ports, fresh),
        cmocka_unit_test_setup(test_modes, fresh),
        cmocka_unit_test_setup(test_nothing_is_sent_to_who_wants_nothing, fresh),
        cmocka_unit_test_setup(test_nothing_is_taken_that_is_not_wanted, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
