/* links: kernel/core/memory/inject.c */
/* links: kernel/core/input/events.c kernel/core/input/layout.c kernel/core/input/layout_us.c */
/* links: kernel/fs/io.c kernel/fs/poll.c tests/host/fs_fakes.c */
/* /dev/input: reading, not waiting, polling, and files that go while they hold everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/core/input/events.h"
#include "kernel/core/input/input.h"
#include "kernel/core/input/layout.h"
#include "kernel/core/memory/inject.h"
#include "kernel/fs/input_file.h"
#include "kernel/fs/vfs.h"
#include "lib/abi/keys.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

static const struct file_operations *operations;
static struct file a, b;
static bool mute;
static uint64_t pieces_before;

void input_mute(bool muted)
{
    mute = muted;
}

int device_register(uint64_t number, const char *name, uint32_t permissions,
                    const struct file_operations *of, void *private)
{
    assert_int_equal(number, DEVICE(13, 64));
    assert_string_equal(name, "input");
    assert_int_equal(permissions, S_IFCHR | 0600);
    assert_null(private);
    operations = of;
    return 0;
}

static int begin(void **state)
{
    (void)state;
    pieces_before = fake_pieces;
    assert_int_equal(input_file_register(), 0);
    a = b = (struct file){.operations = operations, .flags = O_NONBLOCK};
    assert_int_equal(operations->open(&a), 0);
    assert_int_equal(operations->open(&b), 0);
    return 0;
}

static int end(void **state)
{
    (void)state;
    operations->close(&a);
    operations->close(&b);
    assert_int_equal(fake_pieces, pieces_before);
    assert_false(mute);
    return 0;
}

static void moves(int count)
{
    for (int i = 0; i < count; i++)
        events_emit(INPUT_MOTION, INPUT_X, i);
}

static int64_t read(struct file *file, void *to, size_t size)
{
    struct io io = io_of_kernel(to, size);
    uint64_t position = 0;

    return operations->read(file, &io, &position);
}

static void test_reads_whole_events(void **state)
{
    struct abi_input_event events[300];

    (void)state;
    assert_int_equal(read(&a, events, sizeof(events)), -EAGAIN);
    moves(50);
    assert_int_equal(read(&a, events, 15), -EINVAL);
    assert_int_equal(read(&a, events, 0), -EINVAL);
    assert_int_equal(read(&a, events, 47), 32);
    assert_int_equal(events[1].value, 1);
    assert_int_equal(read(&a, events, sizeof(events)), 48 * 16);
    for (int i = 0; i < 48; i++)
        assert_int_equal(events[i].value, i + 2);
    assert_int_equal(read(&a, events, sizeof(events)), -EAGAIN);
    assert_int_equal(read(&b, events, sizeof(events)), 50 * 16);
}

static int move_meanwhile(struct wait_queue *queue)
{
    (void)queue;
    moves(3);
    return 0;
}

static int signal_meanwhile(struct wait_queue *queue)
{
    (void)queue;
    return -EINTR;
}

static void test_waits_for_the_first_alone(void **state)
{
    struct abi_input_event events[10];

    (void)state;
    a.flags = 0;
    fake_wait = signal_meanwhile;
    assert_int_equal(read(&a, events, sizeof(events)), -EINTR);
    fake_wait = move_meanwhile;
    assert_int_equal(read(&a, events, sizeof(events)), 3 * 16);
    moves(1);
    fake_wait = NULL; /* to wait would fail */
    assert_int_equal(read(&a, events, sizeof(events)), 16);
}

static void test_polls(void **state)
{
    struct abi_input_event event;
    struct poller poller;

    (void)state;
    assert_int_equal(operations->poll(&a, NULL), 0);
    poller_init(&poller);
    assert_int_equal(operations->poll(&a, &poller), 0);
    assert_false(poller.woken);
    moves(1);
    assert_true(poller.woken);
    assert_int_equal(operations->poll(&a, NULL), POLLIN);
    poller_release(&poller);
    assert_int_equal(read(&a, &event, sizeof(event)), 16);
    assert_int_equal(operations->poll(&a, NULL), 0);
}

static int64_t grab(struct file *file, uint64_t on)
{
    return operations->ioctl(file, INPUT_GRAB, (struct user){on});
}

static void test_a_grab_and_its_end(void **state)
{
    struct abi_input_event events[4];

    (void)state;
    assert_int_equal(grab(&a, 1), 0);
    assert_true(mute);
    assert_int_equal(grab(&b, 1), -EBUSY);
    moves(2);
    assert_int_equal(read(&b, events, sizeof(events)), -EAGAIN);
    assert_int_equal(grab(&a, 0), 0);
    assert_int_equal(read(&b, events, sizeof(events)), 16);
    assert_int_equal(events[0].type, INPUT_SYNC);
    assert_int_equal(events[0].code, INPUT_LOST);
    assert_int_equal(events[0].value, 2);
    assert_int_equal(grab(&b, 1), 0);
    operations->close(&b);
    assert_false(mute);
    assert_int_equal(operations->open(&b), 0);
}

static void test_asks(void **state)
{
    struct abi_input_keys keys;
    int bytes = 0;

    (void)state;
    events_emit(INPUT_KEY, KEY_Q, INPUT_PRESSED);
    assert_int_equal(operations->ioctl(&a, INPUT_KEYS, (struct user){(uintptr_t)&keys}), 0);
    assert_int_equal(keys.held[KEY_Q / 8], 1 << KEY_Q % 8);
    assert_int_equal(operations->ioctl(&a, INPUT_BYTES, (struct user){(uintptr_t)&bytes}), 0);
    assert_int_equal(bytes, 16);
    assert_int_equal(operations->ioctl(&a, 1, (struct user){(uintptr_t)&bytes}), -ENOTTY);
    assert_int_equal(INPUT_KEYS >> 16 & 0x3fff, sizeof(keys));
    events_emit(INPUT_KEY, KEY_Q, INPUT_RELEASED);
}

static void test_layout(void **state)
{
    static struct abi_layout layout;
    struct user user = {(uintptr_t)&layout};

    (void)state;
    assert_int_equal(INPUT_SET_LAYOUT >> 16 & 0x3fff, sizeof(layout));
    assert_int_equal(operations->ioctl(&a, INPUT_GET_LAYOUT, user), 0);
    assert_memory_equal(&layout, &layout_us, sizeof(layout));
    layout.characters[2][0] = 7;
    assert_int_equal(operations->ioctl(&a, INPUT_SET_LAYOUT, user), -EINVAL);
    layout.characters[2][0] = 0xa1;
    memory_fail_in = 1;
    assert_int_equal(operations->ioctl(&a, INPUT_SET_LAYOUT, user), -ENOMEM);
    memory_fail_in = 0;
    assert_int_equal(layout_character(2, LAYOUT_PLAIN), '1');
    assert_int_equal(operations->ioctl(&a, INPUT_SET_LAYOUT, user), 0);
    assert_int_equal(layout_character(2, LAYOUT_PLAIN), 0xa1);
    assert_int_equal(layout_set(&layout_us), 0);
}

static void test_no_memory(void **state)
{
    struct file file = {.operations = operations};

    (void)state;
    memory_fail_in = 1;
    assert_int_equal(operations->open(&file), -ENOMEM);
    memory_fail_in = 0;
    moves(1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_reads_whole_events),
        TEST(test_waits_for_the_first_alone),
        TEST(test_polls),
        TEST(test_a_grab_and_its_end),
        TEST(test_asks),
        TEST(test_layout),
        TEST(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
