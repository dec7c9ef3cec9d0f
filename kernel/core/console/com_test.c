/* links: lib/ring.c */
/* The serial ports' queues, with a driver that comes and goes, and a UART that takes what it wants. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "kernel/arch/arch.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/uart.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/input/input.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

unsigned preempt_depth;

static struct {
    char sent[65536]; /* by whomever, over COM1 */
    size_t sent_size, takes; /* how many bytes the UART takes at once */
    unsigned set, forced;
    unsigned notices;
    struct deferred *deferred;
    char typed[32];
    size_t typed_size;
    unsigned told; /* of what was sent */
} fake;

static struct timer *timers[4];
static uint64_t now_ns;
static struct driver the_driver;

uint64_t cpu_save_interrupts(void)
{
    return 0;
}

void cpu_restore_interrupts(uint64_t saved)
{
}

bool may_sleep(void)
{
    return true;
}

uint64_t time_now_ns(void)
{
    return now_ns;
}

void timer_start(struct timer *timer, uint64_t deadline_ns)
{
    timer->pending = true;
    timer->node.key = deadline_ns;
    for (unsigned i = 0; i < 4; i++) {
        if (timers[i] && timers[i] != timer)
            continue;
        timers[i] = timer;
        return;
    }
}

bool irq_defer_from_nmi(struct deferred *work)
{
    fake.deferred = work;
    return true;
}

void deferred_wake(void)
{
    struct deferred *work = fake.deferred;

    fake.deferred = NULL;
    if (work)
        work->run(work->context);
}

void driver_notify(struct driver *driver, unsigned what, uint64_t value)
{
    assert_ptr_equal(driver, &the_driver);
    assert_int_equal(what, DDI_SERIAL_LOOK);
    fake.notices++;
}

void input_byte(enum input_source source, uint8_t byte)
{
    fake.typed[fake.typed_size++] = (char)byte;
}

static void pass(uint64_t ns)
{
    uint64_t end = now_ns + ns;

    for (now_ns += NS_PER_MS; now_ns <= end; now_ns += NS_PER_MS) {
        for (unsigned i = 0; i < 4; i++) {
            struct timer *timer = timers[i];

            if (!timer || !timer->pending || timer->node.key > now_ns)
                continue;
            timer->pending = false;
            timer->fire(timer->context);
        }
    }
    now_ns = end;
}

/* ---- the UART -------------------------------------------------------------------------------- */

bool uart_find(const struct uart *uart)
{
    return true;
}

void uart_set(struct uart *uart, const struct ddi_serial *line)
{
    fake.set++;
}

bool uart_wait_sent(struct uart *uart)
{
    return true;
}

bool uart_takes(const struct uart *uart)
{
    return fake.takes > 0;
}

size_t uart_move(uint16_t to, struct ring *queue, size_t most)
{
    size_t size = 0;
    uint8_t byte;

    for (; size < most && ring_get(queue, &byte); size++)
        fake.sent[fake.sent_size++] = (char)byte;
    return size;
}

void uart_send(const struct uart *uart, struct ring *queue)
{
    (void)uart_move(0, queue, fake.takes);
}

bool uart_force(struct uart *uart, struct ring *queue)
{
    fake.forced++;
    uart->stuck = fake.takes == 0;
    return uart_move(0, queue, fake.takes ? 16 : 0) > 0;
}

/* ---- the driver ------------------------------------------------------------------------------ */

static struct ddi_serial line;

static void driver_begins(unsigned ports)
{
    com_driver_begins(&the_driver);
    for (unsigned port = 0; port < ports; port++)
        com_give(port, (struct span){NULL, 0}, &line);
    com_driver_begun();
}

/* As one that does what it is told. */
static void driver_works(void)
{
    com_give(0, (struct span){NULL, 0}, &line);
    while (com_send(0, 0x3f8, 16) == 16)
        ;
}

static void sent(void)
{
    fake.told++;
}

static int fresh(void **state)
{
    com_driver_gone();
    com1_log_sink("", 0); /* at the left */
    fake.takes = 65536;
    pass(2 * NS_PER_SECOND); /* empty */
    memset(&fake, 0, sizeof(fake));
    fake.takes = 65536;
    com1_on_sent(sent);
    com_init();
    return 0;
}

static void sent_is(const char *text)
{
    assert_int_equal(fake.sent_size, strlen(text));
    assert_memory_equal(fake.sent, text, fake.sent_size);
}

static void test_the_kernel_sends_without_a_driver(void **state)
{
    com1_print("a line\n", 7);
    sent_is("a line\r\n");
    assert_int_equal(com_write(0, span_of("$ ", 2)), 2);
    com1_log_sink("log\n", 4);
    sent_is("a line\r\n$ \r\nlog\r\n");
    assert_int_equal(fake.forced, 0);
}

/* 16 bytes at a time, by the timer. */
static void test_a_slow_line(void **state)
{
    char text[1000];

    memset(text, 'x', sizeof(text));
    fake.takes = 16;
    com1_print(text, sizeof(text));
    assert_in_range(fake.sent_size, 16, 32);
    pass(200 * NS_PER_MS);
    assert_int_equal(fake.sent_size, sizeof(text));
}

static void test_the_driver_sends(void **state)
{
    driver_begins(1);
    unsigned before = fake.notices;

    com1_log_sink("one\n", 4);
    com1_print("two\n", 4);
    assert_int_equal(fake.sent_size, 0);
    pass(2 * NS_PER_MS);
    assert_int_equal(fake.notices, before + 1); /* for both */
    driver_works();
    sent_is("one\r\ntwo\r\n");
}

static void test_nothing_is_sent_before_the_line_is_known(void **state)
{
    const struct ddi_serial slow = {.speed = 9600, .bits = 7, .parity = true};

    driver_begins(1);
    assert_int_equal(com_set(0, &slow), 0);
    assert_int_equal(com_write(0, span_of("x", 1)), 1);
    assert_int_equal(com_send(0, 0x3f8, 16), 0);
    driver_works();
    assert_int_equal(line.speed, 9600);
    assert_true(line.parity && line.ready);
    sent_is("x");
    com_driver_gone();
    assert_int_equal(fake.set, 1); /* the kernel goes on with it */
    driver_begins(1);
    assert_int_equal(line.speed, 9600); /* and so does the next */
    assert_int_equal(com_set(0, &(struct ddi_serial){.speed = 110, .bits = 8}), -EINVAL);
    assert_int_equal(com_set(0, &(struct ddi_serial){.speed = 9600, .bits = 9}), -EINVAL);
    assert_int_equal(com_set(3, &slow), -ENODEV);
    assert_int_equal(com_set(0, &(struct ddi_serial){.speed = 115200, .bits = 8}), 0);
}

static void test_what_waits_outlives_the_driver(void **state)
{
    char bytes[2000];

    memset(bytes, 'x', sizeof(bytes));
    driver_begins(1);
    fake.takes = 0;
    assert_int_equal(com_write(0, span_of(bytes, sizeof(bytes))), 1024); /* its share */
    assert_int_equal(com_send(0, 0x3f8, 16), 16);
    com_driver_gone();
    assert_int_equal(com_queued(0), 1008);
    com_driver_begins(&the_driver);
    com1_print("log", 3);
    fake.takes = 16;
    pass(50 * NS_PER_MS);
    assert_int_equal(fake.sent_size, 16); /* the driver is at the ports */
    com_driver_gone();
    pass(NS_PER_SECOND);
    assert_int_equal(fake.sent_size, 1027);
    assert_memory_equal(fake.sent + 1024, "log", 3);
    assert_int_equal(fake.told, 2); /* half of it, all of it */
}

static void test_a_driver_that_does_not_send_is_helped(void **state)
{
    driver_begins(1);
    com1_log_sink("help\n", 5);
    deferred_wake();
    pass(NS_PER_SECOND / 2);
    assert_int_equal(fake.sent_size, 0);
    pass(2 * NS_PER_SECOND);
    sent_is("help\r\n");
}

static void test_a_full_queue_is_sent_by_the_kernel(void **state)
{
    driver_begins(1);
    for (unsigned i = 0; i < 20000; i++)
        com1_print("y", 1);
    assert_in_range(fake.sent_size, 20000 - 16384, 20000 - 16384 + 16);
    assert_in_range(com1_room(), 0, 16);
    fake.takes = 0; /* nobody reads: what finds no room is lost, and nothing waits */
    for (unsigned i = 0; i < 100; i++)
        com1_print("z", 1);
    assert_true(com1_room() == SIZE_MAX);
    driver_works();
    assert_true(com1_room() == 16384);
}

static void test_input_and_its_holds(void **state)
{
    driver_begins(1);
    com1_listen(true);
    com_give(0, span_of("ab", 2), &line);
    assert_int_equal(fake.typed_size, 2);
    assert_true(line.listen && line.ready);
    com_hold(0, COM_DEAF);
    com_give(0, (struct span){NULL, 0}, &line);
    assert_true(line.listen && line.ready); /* without flow it is nobody's to hold */
    assert_int_equal(com_set(0, &(struct ddi_serial){.speed = 115200, .bits = 8, .flow = true}), 0);
    com_hold(0, COM_WAIT);
    com_give(0, (struct span){NULL, 0}, &line);
    assert_true(line.listen && !line.ready);
    com_hold(0, COM_DEAF);
    com_give(0, (struct span){NULL, 0}, &line);
    assert_true(!line.listen && !line.ready);
    unsigned before = fake.notices;

    com_hold(0, COM_GO);
    assert_int_equal(fake.notices, before + 1);
    com_give(0, (struct span){NULL, 0}, &line);
    assert_true(line.listen && line.ready);
    assert_int_equal(com_set(0, &(struct ddi_serial){.speed = 115200, .bits = 8}), 0);
}

/* The last test: it is for good. */
static void test_alone(void **state)
{
    driver_begins(2);
    com1_print("first", 5);
    assert_int_equal(com_write(1, span_of("second", 6)), 6);
    assert_int_equal(fake.sent_size, 0);
    com_alone();
    com1_print("!", 1);
    sent_is("first!");
    com_drain();
    sent_is("first!second");
    assert_int_equal(com_queued(0) + com_queued(1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_the_kernel_sends_without_a_driver, fresh),
        cmocka_unit_test_setup(test_a_slow_line, fresh),
        cmocka_unit_test_setup(test_the_driver_sends, fresh),
        cmocka_unit_test_setup(test_nothing_is_sent_before_the_line_is_known, fresh),
        cmocka_unit_test_setup(test_what_waits_outlives_the_driver, fresh),
        cmocka_unit_test_setup(test_a_driver_that_does_not_send_is_helped, fresh),
        cmocka_unit_test_setup(test_a_full_queue_is_sent_by_the_kernel, fresh),
        cmocka_unit_test_setup(test_input_and_its_holds, fresh),
        cmocka_unit_test_setup(test_alone, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
