/* links: kernel/core/memory/inject.c tests/host/fs_fakes.c */
/* Input events: queues that fill, what is held, one that takes it all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/core/input/events.h"
#include "kernel/core/input/input.h"
#include "lib/abi/keys.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

static struct event_queue a, b;
static unsigned wakes;
static bool mute;

void input_mute(bool muted)
{
    mute = muted;
}

static void wake(struct event_queue *queue)
{
    assert_non_null(queue);
    wakes++;
}

static struct abi_input_event next(struct event_queue *queue)
{
    struct event_batch batch;

    events_take(queue, 1, &batch);
    assert_int_equal(batch.count, 1);
    return batch.events[0];
}

static void expect(struct event_queue *queue, unsigned type, unsigned code, int value)
{
    struct abi_input_event event = next(queue);

    assert_int_equal(event.type, type);
    assert_int_equal(event.code, code);
    assert_int_equal(event.value, value);
}

static int begin(void **state)
{
    (void)state;
    events_attach(&a, wake);
    events_attach(&b, wake);
    wakes = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    for (unsigned code = 1; code < INPUT_CODES; code++)
        events_emit(INPUT_KEY, code, INPUT_RELEASED);
    events_detach(&a);
    events_detach(&b);
    assert_false(mute);
    return 0;
}

static void test_everybody_gets_everything(void **state)
{
    (void)state;
    fake_now_ns = 77;
    events_emit(INPUT_KEY, KEY_A, INPUT_PRESSED);
    events_emit(INPUT_MOTION, INPUT_X, -5);
    assert_int_equal(wakes, 4);
    assert_int_equal(events_count(&a), 2);
    assert_int_equal(next(&a).time_ns, 77);
    expect(&a, INPUT_MOTION, INPUT_X, -5);
    expect(&b, INPUT_KEY, KEY_A, INPUT_PRESSED);
    expect(&b, INPUT_MOTION, INPUT_X, -5);
    assert_int_equal(events_count(&a), 0);
}

static void test_repeats_and_releases(void **state)
{
    struct abi_input_keys keys;

    (void)state;
    for (int i = 0; i < 3; i++)
        events_emit(INPUT_KEY, KEY_A, INPUT_PRESSED);
    events_held(&keys);
    assert_int_equal(keys.held[KEY_A / 8], 1 << KEY_A % 8);
    events_emit(INPUT_KEY, KEY_A, INPUT_RELEASED);
    events_emit(INPUT_KEY, KEY_A, INPUT_RELEASED); /* nobody pressed it */
    for (int i = 0; i < 2; i++) /* a button does not repeat */
        events_emit(INPUT_BUTTON, BUTTON_LEFT, INPUT_PRESSED);
    expect(&a, INPUT_KEY, KEY_A, INPUT_PRESSED);
    expect(&a, INPUT_KEY, KEY_A, INPUT_REPEATED);
    expect(&a, INPUT_KEY, KEY_A, INPUT_REPEATED);
    expect(&a, INPUT_KEY, KEY_A, INPUT_RELEASED);
    expect(&a, INPUT_BUTTON, BUTTON_LEFT, INPUT_PRESSED);
    assert_int_equal(events_count(&a), 0);
    events_held(&keys);
    assert_int_equal(keys.held[KEY_A / 8], 0);
    assert_int_equal(keys.held[BUTTON_LEFT / 8], 1 << BUTTON_LEFT % 8);
}

static void test_nonsense_is_dropped(void **state)
{
    (void)state;
    events_emit(INPUT_KEY, 0, 1);
    events_emit(INPUT_KEY, INPUT_CODES, 1);
    events_emit(INPUT_BUTTON, 0xffffffff, 1);
    events_emit(INPUT_MOTION, 2, 1);
    events_emit(INPUT_SYNC, INPUT_LOST, 1); /* the kernel's own word */
    events_emit(6, 0, 1);
    events_emit(0xffffffff, 0, 1);
    assert_int_equal(events_count(&a), 0);
    events_emit(INPUT_KEY, INPUT_CODES - 1, 12345);
    expect(&a, INPUT_KEY, INPUT_CODES - 1, INPUT_PRESSED);
}

static void test_a_full_queue_tells_how_many_were_lost(void **state)
{
    (void)state;
    for (int i = 0; i < 300; i++)
        events_emit(INPUT_MOTION, INPUT_X, i);
    assert_int_equal(events_count(&a), INPUT_QUEUE);
    for (int i = 0; i < (int)INPUT_QUEUE - 1; i++)
        expect(&a, INPUT_MOTION, INPUT_X, i);
    expect(&a, INPUT_SYNC, INPUT_LOST, 45);
    events_emit(INPUT_MOTION, INPUT_Y, 1);
    expect(&a, INPUT_MOTION, INPUT_Y, 1);
}

/* Wherever the ring begins, and when the reader makes a little room now and then. */
static void test_nothing_goes_missing_unsaid(void **state)
{
    int64_t told = 0, lost = 0;
    unsigned random = 1;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        random = random * 1103515245 + 12345;
        if (random >> 16 & 1 || i < 1000) {
            events_emit(INPUT_MOTION, INPUT_X, i);
        } else if (events_count(&a)) {
            struct abi_input_event event = next(&a);

            told += event.type == INPUT_MOTION;
            lost += event.type == INPUT_SYNC ? event.value : 0;
        }
    }
    events_emit(INPUT_WHEEL, INPUT_Y, 1);
    while (events_count(&a)) {
        struct abi_input_event event = next(&a);

        told += event.type == INPUT_MOTION || event.type == INPUT_WHEEL;
        lost += event.type == INPUT_SYNC ? event.value : 0;
    }
    for (int i = 0; i < 255; i++)
        expect(&b, INPUT_MOTION, INPUT_X, i);
    assert_int_equal(next(&b).value + 255, told + lost);
    assert_true(lost > 0);
}

static void test_batches(void **state)
{
    struct event_batch batch;

    (void)state;
    for (int i = 0; i < 20; i++)
        events_emit(INPUT_MOTION, INPUT_X, i);
    events_take(&a, 1000, &batch);
    assert_int_equal(batch.count, EVENTS_AT_ONCE);
    events_take(&a, 3, &batch);
    assert_int_equal(batch.count, 3);
    assert_int_equal(batch.events[2].value, 18);
    events_take(&a, 0, &batch);
    assert_int_equal(batch.count, 0);
    events_take(&a, 3, &batch);
    assert_int_equal(batch.count, 1);
}

static void test_a_grab(void **state)
{
    (void)state;
    events_emit(INPUT_KEY, KEY_B, INPUT_PRESSED);
    assert_int_equal(events_grab(&a), 0);
    assert_true(mute);
    assert_int_equal(events_grab(&a), 0);
    assert_int_equal(events_grab(&b), -EBUSY);
    events_release(&b);
    assert_true(mute);
    events_emit(INPUT_KEY, KEY_B, INPUT_RELEASED);
    events_emit(INPUT_MOTION, INPUT_X, 1);
    assert_int_equal(events_count(&a), 3);
    assert_int_equal(events_count(&b), 1);
    events_release(&a);
    assert_false(mute);
    expect(&b, INPUT_KEY, KEY_B, INPUT_PRESSED);
    expect(&b, INPUT_SYNC, INPUT_LOST, 2);
    assert_int_equal(events_grab(&b), 0);
    events_release(&b);
    assert_int_equal(events_count(&a), 3); /* missed nothing, and is told nothing */
}

static void test_a_grab_ends_with_its_queue(void **state)
{
    (void)state;
    assert_int_equal(events_grab(&b), 0);
    events_emit(INPUT_MOTION, INPUT_X, 1);
    events_detach(&b);
    assert_false(mute);
    expect(&a, INPUT_SYNC, INPUT_LOST, 1);
    events_emit(INPUT_MOTION, INPUT_X, 2);
    expect(&a, INPUT_MOTION, INPUT_X, 2);
    events_attach(&b, wake);
    assert_int_equal(events_count(&b), 0);
}

static int key_meanwhile(struct wait_queue *queue)
{
    (void)queue;
    events_emit(INPUT_MOTION, INPUT_X, 9);
    return 0;
}

static int signal_meanwhile(struct wait_queue *queue)
{
    (void)queue;
    return -EINTR;
}

static void test_waiting(void **state)
{
    (void)state;
    fake_wait = signal_meanwhile;
    assert_int_equal(events_wait(&a), -EINTR);
    fake_wait = key_meanwhile;
    assert_int_equal(events_wait(&a), 0);
    fake_wait = NULL; /* would fail */
    assert_int_equal(events_wait(&a), 0);
    expect(&a, INPUT_MOTION, INPUT_X, 9);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_everybody_gets_everything),
        TEST(test_repeats_and_releases),
        TEST(test_nonsense_is_dropped),
        TEST(test_a_full_queue_tells_how_many_were_lost),
        TEST(test_nothing_goes_missing_unsaid),
        TEST(test_batches),
        TEST(test_a_grab),
        TEST(test_a_grab_ends_with_its_queue),
        TEST(test_waiting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
