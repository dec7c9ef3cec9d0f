/* links: kernel/core/sync/change.c */
/*
 * Message channels: their rules by example; then random sends, receives and closes of many channels
 * that carry each other. The oracle for rings: a plain search over a matrix of who holds whom; for
 * leaks: nothing is allocated when no process has a file.
 */
#include "kernel/fs/fs_fake.h"

#include "kernel/fs/channel.h"

/* ---- files ----------------------------------------------------------------------------------- */

static struct file *last_made; /* by file_create */

int file_create(const struct file_operations *operations, struct inode *inode, unsigned flags,
                void *private, struct file **file)
{
    struct file *made = alloc_zeroed(sizeof(*made), 8);

    assert_null(inode);
    if (!made)
        return -ENOMEM;
    made->operations = operations;
    made->flags = flags;
    made->private = private;
    made->references = 1;
    *file = last_made = made;
    return 0;
}

struct file *file_get(struct file *file)
{
    file->references++;
    return file;
}

static unsigned puts_depth, puts_deepest;

void file_put(struct file *file)
{
    assert_int_equal(mutexes_held, 0);
    if (--file->references > 0)
        return;
    puts_depth++;
    if (puts_depth > puts_deepest)
        puts_deepest = puts_depth;
    if (file->operations->close)
        file->operations->close(file);
    puts_depth--;
    dealloc(file, sizeof(*file), 8);
}

static const struct file_operations plain_operations;

static struct file *plain_file(void)
{
    struct file *file;

    assert_int_equal(file_create(&plain_operations, NULL, 0, NULL, &file), 0);
    return file;
}

/* ---- short words ----------------------------------------------------------------------------- */

static struct file *a[2]; /* of one channel */

static int fresh(void **state)
{
    (void)state;
    waits = 0;
    while_waiting = NULL;
    fail_after = 0;
    assert_int_equal(channel_create(0, &a[0], &a[1]), 0);
    return 0;
}

static int closed(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2; i++)
        if (a[i])
            file_put(a[i]);
    a[0] = a[1] = NULL;
    assert_int_equal(allocated, 0);
    return 0;
}

static unsigned poll_now(struct file *end)
{
    return end->operations->poll(end, NULL);
}

static int send(struct file *end, const char *text, struct file *const files[], unsigned count)
{
    struct io io = io_of_kernel((void *)(uintptr_t)text, strlen(text));

    return channel_send(end, &io, files, count);
}

static struct file *came[CHANNEL_MESSAGE_FILES];

/* Receives exactly that, and `count` files. */
static void receives(struct file *end, const char *text, unsigned count)
{
    struct parcel parcel;

    assert_int_equal(channel_receive(end, 100, CHANNEL_MESSAGE_FILES, &parcel), 0);
    assert_int_equal(parcel.size, strlen(text));
    assert_memory_equal(parcel.bytes, text, parcel.size);
    assert_int_equal(parcel.count, count);
    for (unsigned i = 0; i < count; i++)
        came[i] = parcel.files[i];
    channel_accept(end, &parcel);
}

/* Its size, or an error. */
static int64_t receive_into(struct file *end, size_t room, unsigned files)
{
    struct parcel parcel;
    int error = channel_receive(end, room, files, &parcel);

    if (error)
        return error;
    channel_accept(end, &parcel);
    return (int64_t)parcel.size;
}

/* ---- the rules ------------------------------------------------------------------------------- */

static void test_messages(void **state)
{
    (void)state;
    assert_int_equal(poll_now(a[0]), POLLOUT);
    assert_int_equal(send(a[0], "one", NULL, 0), 0);
    assert_int_equal(send(a[0], "", NULL, 0), 0);
    assert_int_equal(send(a[0], "two", NULL, 0), 0);
    assert_int_equal(send(a[1], "back", NULL, 0), 0);
    assert_int_equal(poll_now(a[1]), POLLIN | POLLOUT);
    receives(a[1], "one", 0);
    receives(a[1], "", 0);
    receives(a[1], "two", 0);
    receives(a[0], "back", 0);
    assert_int_equal(receive_into(a[0], 10, 0), -EINTR);
    a[0]->flags |= O_NONBLOCK;
    assert_int_equal(receive_into(a[0], 10, 0), -EAGAIN);
    assert_int_equal(waits, 1);
}

static void send_later(void)
{
    assert_int_equal(send(a[0], "later", NULL, 0), 0);
}

static void close_0(void)
{
    file_put(a[0]);
    a[0] = NULL;
}

static void test_waiting(void **state)
{
    (void)state;
    while_waiting = send_later;
    receives(a[1], "later", 0);
    while_waiting = close_0;
    assert_int_equal(receive_into(a[1], 10, 0), -EPIPE);
    assert_int_equal(waits, 2);
}

static void test_closed_end(void **state)
{
    (void)state;
    assert_int_equal(send(a[0], "last", NULL, 0), 0);
    assert_int_equal(send(a[1], "never", NULL, 0), 0);
    close_0();
    assert_int_equal(poll_now(a[1]), POLLIN | POLLHUP);
    assert_int_equal(send(a[1], "x", NULL, 0), -EPIPE);
    receives(a[1], "last", 0);
    assert_int_equal(receive_into(a[1], 10, 0), -EPIPE);
}

static void receive_1(void)
{
    assert_int_equal(receive_into(a[1], CHANNEL_MESSAGE_BYTES, 0), CHANNEL_MESSAGE_BYTES);
}

static void test_bounds(void **state)
{
    static char large[CHANNEL_MESSAGE_BYTES + 2];
    struct file *files[CHANNEL_MESSAGE_FILES + 1] = {0};

    (void)state;
    memset(large, 'x', CHANNEL_MESSAGE_BYTES + 1);
    assert_int_equal(send(a[0], large, NULL, 0), -EMSGSIZE);
    assert_int_equal(send(a[0], "", files, CHANNEL_MESSAGE_FILES + 1), -EMSGSIZE);
    large[CHANNEL_MESSAGE_BYTES] = '\0';
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(poll_now(a[0]), POLLOUT);
        assert_int_equal(send(a[0], large, NULL, 0), 0);
    }
    assert_int_equal(poll_now(a[0]), 0);
    assert_int_equal(send(a[0], "x", NULL, 0), -EINTR);
    while_waiting = receive_1;
    assert_int_equal(send(a[0], large, NULL, 0), 0);
    for (unsigned i = 0; i < 4; i++)
        receive_1();
    for (unsigned i = 0; i < CHANNEL_QUEUE_MESSAGES; i++)
        assert_int_equal(send(a[0], "", NULL, 0), 0);
    a[0]->flags |= O_NONBLOCK;
    assert_int_equal(send(a[0], "", NULL, 0), -EAGAIN);
}

static void test_room_of_the_receiver(void **state)
{
    struct file *files[2] = {plain_file(), plain_file()};
    struct parcel parcel;

    (void)state;
    assert_int_equal(send(a[0], "four", files, 2), 0);
    assert_int_equal(receive_into(a[1], 3, 2), -EMSGSIZE);
    assert_int_equal(receive_into(a[1], 4, 1), -EMSGSIZE);
    assert_int_equal(channel_receive(a[1], 4, 2, &parcel), 0);
    a[1]->flags |= O_NONBLOCK;
    assert_int_equal(receive_into(a[1], 10, 2), -EAGAIN);
    assert_int_equal(send(a[0], "five", NULL, 0), 0);
    channel_return(a[1], &parcel);
    receives(a[1], "four", 2);
    assert_ptr_equal(came[0], files[0]);
    assert_ptr_equal(came[1], files[1]);
    receives(a[1], "five", 0);
    file_put(files[0]);
    file_put(files[1]);
}

static void test_files_stay_with_a_message_that_fails(void **state)
{
    struct file *file = plain_file();
    struct io nowhere = {.size = 1};

    (void)state;
    assert_int_equal(channel_send(a[0], &nowhere, &file, 1), -EFAULT);
    for (unsigned i = 1; i <= 2; i++) {
        fail_after = i;
        assert_int_equal(send(a[0], "x", &file, 1), -ENOMEM);
    }
    fail_after = 0;
    close_0();
    assert_int_equal(send(a[1], "x", &file, 1), -EPIPE);
    assert_int_equal(file->references, 1);
    assert_int_equal(send(file, "x", NULL, 0), -EINVAL);
    assert_int_equal(receive_into(file, 1, 0), -EINVAL);
    file_put(file);
}

static void test_creation_fails(void **state)
{
    struct file *b[2];

    (void)state;
    for (unsigned i = 1; i <= 3; i++) {
        long before = allocated;
        fail_after = i;
        assert_int_equal(channel_create(0, &b[0], &b[1]), -ENOMEM);
        assert_int_equal(allocated, before);
    }
    assert_int_equal(channel_create(0, &b[0], &b[1]), 0);
    file_put(b[0]);
    file_put(b[1]);
}

static void test_files_on_their_way_are_bounded(void **state)
{
    enum { CHANNELS = CHANNEL_FILES_MAX / CHANNEL_MESSAGE_FILES / CHANNEL_QUEUE_MESSAGES };
    struct file *file = plain_file(), *files[CHANNEL_MESSAGE_FILES];
    struct file *ends[CHANNELS][2];

    (void)state;
    for (unsigned i = 0; i < CHANNEL_MESSAGE_FILES; i++)
        files[i] = file;
    for (unsigned i = 0; i < CHANNELS; i++) {
        assert_int_equal(channel_create(0, &ends[i][0], &ends[i][1]), 0);
        for (unsigned j = 0; j < CHANNEL_QUEUE_MESSAGES; j++) {
            file->references += CHANNEL_MESSAGE_FILES;
            assert_int_equal(send(ends[i][0], "", files, CHANNEL_MESSAGE_FILES), 0);
        }
    }
    assert_int_equal(send(a[0], "", files, 1), -ENFILE);
    for (unsigned i = 0; i < CHANNELS; i++) {
        file_put(ends[i][0]);
        file_put(ends[i][1]);
    }
    assert_int_equal(file->references, 1);
    assert_int_equal(send(a[0], "", files, 1), 0); /* and that reference goes with it */
}

/* ---- channels in channels -------------------------------------------------------------------- */

static void test_an_end_through_its_own_channel(void **state)
{
    (void)state;
    file_get(a[1]);
    assert_int_equal(send(a[0], "", &a[1], 1), -ELOOP); /* would wait at itself */
    file_put(a[1]);
    file_get(a[0]);
    assert_int_equal(send(a[0], "", &a[0], 1), 0); /* waits at the other, who may receive it */
    file_put(a[0]);
    receives(a[1], "", 1);
    assert_ptr_equal(came[0], a[0]);
}

static void test_a_ring_of_two(void **state)
{
    struct file *b[2];

    (void)state;
    assert_int_equal(channel_create(0, &b[0], &b[1]), 0);
    assert_int_equal(send(a[0], "", &b[1], 1), 0);         /* waits at a[1] */
    assert_int_equal(send(b[0], "", &a[1], 1), -ELOOP);    /* would wait at b[1] */
    receives(a[1], "", 1);
    assert_int_equal(send(b[0], "", &a[1], 1), 0);
    a[1] = NULL;
    file_put(b[0]);
    file_put(b[1]); /* and with it a[1] */
    assert_int_equal(send(a[0], "x", NULL, 0), -EPIPE);
}

static void test_a_long_chain_is_dropped_without_recursion(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        struct file *next[2];
        assert_int_equal(channel_create(0, &next[0], &next[1]), 0);
        assert_int_equal(send(next[0], "", &a[0], 1), 0);
        file_put(next[0]);
        a[0] = next[1];
    }
    puts_deepest = 0;
    close_0();
    assert_true(puts_deepest <= 2);
    assert_int_equal(send(a[1], "x", NULL, 0), -EPIPE);
}

/* ---- names ----------------------------------------------------------------------------------- */

static int publish(struct file *end, const char *name)
{
    return channel_publish(end, text_of(name, strlen(name)), 7);
}

static int connect_as(const char *name, uint32_t uid, struct file **end)
{
    const struct abi_channel_caller caller = {1234, uid};

    return channel_connect(text_of(name, strlen(name)), &caller, end);
}

static void test_a_name_brings_a_channel(void **state)
{
    static const struct abi_channel_caller caller = {1234, 7};
    struct file *mine;
    struct parcel parcel;

    (void)state;
    assert_int_equal(publish(a[0], "desktop"), 0);
    assert_int_equal(connect_as("desktop", 7, &mine), 0);
    assert_int_equal(poll_now(a[0]), POLLIN | POLLOUT);
    assert_int_equal(send(mine, "early", NULL, 0), 0);
    assert_int_equal(channel_receive(a[0], sizeof(caller), 1, &parcel), 0);
    assert_int_equal(parcel.size, sizeof(caller));
    assert_memory_equal(parcel.bytes, &caller, sizeof(caller));
    assert_int_equal(parcel.count, 1);
    came[0] = parcel.files[0];
    channel_accept(a[0], &parcel);
    receives(came[0], "early", 0);
    assert_int_equal(send(came[0], "answer", NULL, 0), 0);
    receives(mine, "answer", 0);
    file_put(mine);
    assert_int_equal(send(came[0], "x", NULL, 0), -EPIPE);
    file_put(came[0]);
}

static void test_a_name_is_one_ends_until_it_closes(void **state)
{
    struct file *mine;

    (void)state;
    assert_int_equal(connect_as("desktop", 7, &mine), -ENOENT);
    assert_int_equal(publish(a[0], "desktop"), 0);
    assert_int_equal(publish(a[1], "desktop"), -EEXIST);
    assert_int_equal(publish(a[0], "other"), -EEXIST);
    assert_int_equal(publish(a[1], "desk"), 0);
    assert_int_equal(connect_as("desktop", 7, &mine), 0);
    close_0(); /* and what waited there */
    assert_int_equal(receive_into(mine, 0, 0), -EPIPE);
    file_put(mine);
    assert_int_equal(connect_as("desktop", 7, &mine), -ENOENT);
    assert_int_equal(connect_as("desk", 7, &mine), 0);
    file_put(mine);
}

static void test_whose_name_it_is(void **state)
{
    struct file *mine;

    (void)state;
    assert_int_equal(publish(a[0], "desktop"), 0);
    assert_int_equal(connect_as("desktop", 8, &mine), -EACCES);
    assert_int_equal(connect_as("desktop", 0, &mine), 0);
    file_put(mine);
}

static void test_bad_names(void **state)
{
    static const char *const bad[] = {"", "a/b", "a b", "a\n", "\x7f", "\xc3\xa4"};
    struct file *plain = plain_file(), *mine;

    (void)state;
    for (unsigned i = 0; i < array_length(bad); i++) {
        assert_int_equal(publish(a[0], bad[i]), -EINVAL);
        assert_int_equal(connect_as(bad[i], 7, &mine), -ENOENT);
    }
    assert_int_equal(publish(a[0], "12345678901234567890123456789012"), -ENAMETOOLONG);
    assert_int_equal(publish(a[0], "1234567890123456789012345678901"), 0);
    assert_int_equal(publish(plain, "desktop"), -EINVAL);
    file_put(plain);
}

static void test_without_the_other_end_a_name_is_waited_at(void **state)
{
    struct file *mine;

    (void)state;
    assert_int_equal(publish(a[1], "desktop"), 0);
    close_0();
    assert_int_equal(poll_now(a[1]), 0);
    assert_int_equal(receive_into(a[1], 10, 1), -EINTR); /* it waited */
    assert_int_equal(send(a[1], "x", NULL, 0), -EPIPE);
    assert_int_equal(connect_as("desktop", 7, &mine), 0);
    assert_int_equal(poll_now(a[1]), POLLIN);
    file_put(mine);
}

static void test_connects_are_bounded(void **state)
{
    struct file *mine[CHANNEL_QUEUE_MESSAGES], *more;
    long before;

    (void)state;
    assert_int_equal(publish(a[0], "desktop"), 0);
    for (unsigned i = 1; i <= 5; i++) {
        before = allocated;
        fail_after = i;
        assert_int_equal(connect_as("desktop", 7, &more), -ENOMEM);
        assert_int_equal(allocated, before);
    }
    fail_after = 0;
    for (unsigned i = 0; i < CHANNEL_QUEUE_MESSAGES; i++)
        assert_int_equal(connect_as("desktop", 7, &mine[i]), 0);
    before = allocated;
    assert_int_equal(connect_as("desktop", 7, &more), -EAGAIN);
    assert_int_equal(allocated, before);
    assert_int_equal(waits, 0);
    for (unsigned i = 0; i < CHANNEL_QUEUE_MESSAGES; i++)
        file_put(mine[i]);
}

static void test_names_are_bounded(void **state)
{
    struct file *ends[CHANNEL_NAMES_MAX / 2][2];
    char name[] = "xx";

    (void)state;
    for (unsigned i = 0; i < CHANNEL_NAMES_MAX; i++) {
        if (i % 2 == 0)
            assert_int_equal(channel_create(0, &ends[i / 2][0], &ends[i / 2][1]), 0);
        name[0] = (char)('0' + i);
        assert_int_equal(publish(ends[i / 2][i % 2], name), 0);
    }
    assert_int_equal(publish(a[0], "more"), -ENFILE);
    fail_after = 1;
    assert_int_equal(publish(a[0], "more"), -ENOMEM);
    for (unsigned i = 0; i < CHANNEL_NAMES_MAX; i++)
        file_put(ends[i / 2][i % 2]);
    assert_int_equal(publish(a[0], "more"), 0);
}

/* ---- torture --------------------------------------------------------------------------------- */

#define ENDS 24u

static struct {
    struct file *file[ENDS]; /* 2n and 2n + 1 are a channel's; NULL: no process has it */
    bool alive[ENDS];
    unsigned held[ENDS][ENDS]; /* how often that end waits at this one */
    bool named[ENDS];
} world;
static unsigned random_state;

static unsigned random_below(unsigned bound)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % bound;
}

static bool model_reaches(unsigned from, unsigned to, bool *seen)
{
    if (from == to)
        return true;
    seen[from] = true;
    for (unsigned i = 0; i < ENDS; i++)
        if (world.held[from][i] && !seen[i] && model_reaches(i, to, seen))
            return true;
    return false;
}

/* Ends that neither a process nor a living end has are closed. */
static void model_sweep(void)
{
    for (bool again = true; again;) {
        again = false;
        for (unsigned i = 0; i < ENDS; i++) {
            bool held = world.file[i] != NULL;
            for (unsigned j = 0; j < ENDS; j++)
                held |= world.held[j][i] > 0;
            if (world.alive[i] && !held) {
                world.alive[i] = world.named[i] = false;
                memset(world.held[i], 0, sizeof(world.held[i]));
                again = true;
            }
        }
    }
}

static unsigned number_of(const struct file *file, struct file *const files[ENDS])
{
    for (unsigned i = 0; i < ENDS; i++)
        if (files[i] == file)
            return i;
    fail_msg("an unknown file came");
    return 0;
}

static struct file *all_files[ENDS]; /* also those that no process has */

static void random_send(void)
{
    unsigned from = random_below(ENDS), count = random_below(4);
    struct file *files[4];
    bool ring = false;

    if (!world.file[from])
        return;
    for (unsigned i = 0; i < count; i++) {
        unsigned which = random_below(ENDS);
        bool seen[ENDS] = {false};
        if (!world.file[which])
            return;
        files[i] = world.file[which];
        ring |= model_reaches(which, from ^ 1, seen);
    }
    for (unsigned i = 0; i < count; i++)
        file_get(files[i]);
    int error = send(world.file[from], "x", files, count);
    if (error) {
        for (unsigned i = 0; i < count; i++)
            file_put(files[i]);
        assert_int_equal(error, ring ? -ELOOP : world.alive[from ^ 1] ? -EAGAIN : -EPIPE);
        return;
    }
    assert_false(ring);
    assert_true(world.alive[from ^ 1]);
    for (unsigned i = 0; i < count; i++)
        world.held[from ^ 1][number_of(files[i], all_files)]++;
}

static void random_receive(void)
{
    unsigned at = random_below(ENDS), count;
    struct parcel parcel;

    if (!world.file[at])
        return;
    int error = channel_receive(world.file[at], 8, CHANNEL_MESSAGE_FILES, &parcel);
    if (error) {
        assert_int_equal(error, world.alive[at ^ 1] || world.named[at] ? -EAGAIN : -EPIPE);
        return;
    }
    if (random_below(5) == 0) {
        channel_return(world.file[at], &parcel);
        return;
    }
    count = parcel.count;
    for (unsigned i = 0; i < count; i++)
        came[i] = parcel.files[i];
    channel_accept(world.file[at], &parcel);
    for (unsigned i = 0; i < count; i++) {
        unsigned which = number_of(came[i], all_files);
        world.held[at][which]--;
        if (world.file[which])
            file_put(came[i]);
        else
            world.file[which] = came[i];
    }
}

static void random_close(void)
{
    unsigned which = random_below(ENDS);

    if (!world.file[which])
        return;
    struct file *file = world.file[which];
    world.file[which] = NULL;
    model_sweep();
    file_put(file);
}

/* A channel of which nothing is left is made anew. */
static void random_create(void)
{
    unsigned which = random_below(ENDS) & ~1u;
    struct file *ends[2];

    if (world.alive[which] || world.alive[which + 1])
        return;
    assert_int_equal(channel_create(O_NONBLOCK, &ends[0], &ends[1]), 0);
    for (unsigned i = 0; i < 2; i++) {
        world.file[which + i] = all_files[which + i] = ends[i];
        world.alive[which + i] = true;
    }
}

static void random_publish(void)
{
    unsigned which = random_below(ENDS), taken = random_below(ENDS);
    char name[2] = {(char)('a' + which), '\0'};

    if (!world.file[which])
        return;
    assert_int_equal(publish(world.file[which], name), world.named[which] ? -EEXIST : 0);
    world.named[which] = true;
    name[0] = (char)('a' + taken);
    assert_int_equal(publish(world.file[which], name), -EEXIST);
}

/* As a channel made anew of which one end was sent. */
static void random_connect(void)
{
    unsigned which = random_below(ENDS) & ~1u, to = random_below(ENDS);
    char name[2] = {(char)('a' + to), '\0'};

    if (world.alive[which] || world.alive[which + 1])
        return;
    int error = connect_as(name, 7, &world.file[which]);
    if (error) {
        world.file[which] = NULL;
        assert_int_equal(error, world.named[to] ? -EAGAIN : -ENOENT);
        return;
    }
    assert_true(world.named[to]);
    all_files[which] = world.file[which];
    all_files[which + 1] = last_made;
    all_files[which]->flags |= O_NONBLOCK;
    all_files[which + 1]->flags |= O_NONBLOCK;
    world.alive[which] = world.alive[which + 1] = true;
    world.held[to][which + 1]++;
}

static void test_torture(void **state)
{
    (void)state;
    file_put(a[0]);
    file_put(a[1]);
    a[0] = a[1] = NULL;
    for (unsigned round = 0; round < 300; round++) {
        random_state = round;
        for (unsigned step = 0; step < 2000; step++) {
            switch (random_below(12)) {
            case 0:
                random_close();
                break;
            case 1:
            case 2:
                random_create();
                break;
            case 3:
            case 4:
            case 5:
                random_receive();
                break;
            case 6:
                random_publish();
                break;
            case 7:
                random_connect();
                break;
            default:
                random_send();
                break;
            }
        }
        for (unsigned i = 0; i < ENDS; i++) {
            if (world.file[i])
                file_put(world.file[i]);
            world.file[i] = NULL;
        }
        model_sweep();
        for (unsigned i = 0; i < ENDS; i++)
            assert_false(world.alive[i]);
        assert_int_equal(allocated, 0);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, fresh, closed)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_messages),
        TEST(test_waiting),
        TEST(test_closed_end),
        TEST(test_bounds),
        TEST(test_room_of_the_receiver),
        TEST(test_files_stay_with_a_message_that_fails),
        TEST(test_creation_fails),
        TEST(test_files_on_their_way_are_bounded),
        TEST(test_an_end_through_its_own_channel),
        TEST(test_a_ring_of_two),
        TEST(test_a_long_chain_is_dropped_without_recursion),
        TEST(test_a_name_brings_a_channel),
        TEST(test_a_name_is_one_ends_until_it_closes),
        TEST(test_whose_name_it_is),
        TEST(test_bad_names),
        TEST(test_without_the_other_end_a_name_is_waited_at),
        TEST(test_connects_are_bounded),
        TEST(test_names_are_bounded),
        TEST(test_torture),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
