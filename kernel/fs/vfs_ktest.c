/* The VFS on the running kernel: threads that change the same names at once, pipes between threads,
   and nothing left behind. */
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/names.h"
#include "kernel/fs/pipe.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define WORKERS 4u
#define ROUNDS  400u
#define PLACE   "/tmp/ktest"

static struct fs_context root;

static int make_directory(const char *path)
{
    const struct inode_seed seed = {.mode = S_IFDIR | 0777};

    return vfs_make(&root, NULL, path, &seed);
}

static int open_path(const char *path, unsigned flags, struct file **file)
{
    return vfs_open(&root, NULL, path, flags, 0666, file);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ull + 1442695040888963407ull;
    return *state >> 33;
}

/* Objects of a slab cache that are in use, magazines' included. */
static uint64_t used_of(const char *name)
{
    struct slab_info info;

    for (unsigned i = 0; slab_info(i, &info); i++)
        if (strcmp(info.name, name) == 0)
            return info.used;
    return 0;
}

/* ---- names at random ------------------------------------------------------------------------- */

struct worker {
    uint64_t seed;
    unsigned wrong; /* answers that cannot be */
};

static bool may_be(int error)
{
    switch (error) {
    case 0:
    case -ENOENT:
    case -EEXIST:
    case -ENOTDIR:
    case -EISDIR:
    case -ENOTEMPTY:
    case -EINVAL:
        return true;
    default:
        return false;
    }
}

static void path_of(char *to, size_t size, uint64_t random)
{
    static const char *const paths[] = {"a", "b", "a/a", "a/b", "b/a", "b/b", "a/a/a", "b/b/b"};

    snprintf(to, size, PLACE "/%s", paths[random % array_length(paths)]);
}

static int one_change(uint64_t *seed)
{
    char from[48], to[48];
    struct file *file;
    struct path found;
    int error;

    path_of(from, sizeof(from), next_random(seed));
    path_of(to, sizeof(to), next_random(seed));
    switch (next_random(seed) % 6) {
    case 0:
        return make_directory(from);
    case 1:
        error = open_path(from, O_CREAT | O_RDONLY, &file);
        if (!error)
            file_put(file);
        return error;
    case 2:
        return vfs_unlink(&root, NULL, from, 0);
    case 3:
        return vfs_unlink(&root, NULL, from, UNLINK_DIRECTORY);
    case 4:
        return vfs_rename(&root, NULL, from, NULL, to);
    default:
        error = vfs_lookup(&root, NULL, from, LOOKUP_FOLLOW, &found);
        if (!error)
            path_put(found);
        return error;
    }
}

static int change_names(void *argument)
{
    struct worker *worker = argument;

    for (unsigned i = 0; i < ROUNDS; i++) {
        worker->wrong += !may_be(one_change(&worker->seed));
        if (next_random(&worker->seed) % 4 == 0)
            thread_yield();
    }
    return 0;
}

/* The first name in a directory beside the dots; false: there is none. */
static bool first_name(const char *path, char *name, size_t size)
{
    union {
        struct abi_dirent entry;
        char bytes[64];
    } room;
    struct file *file;
    bool found = false;

    if (open_path(path, O_RDONLY | O_DIRECTORY, &file))
        return false;
    for (;;) {
        struct io io = io_of_kernel(room.bytes, 32); /* one short name */
        struct directory_room entries = {.io = &io};

        if (file_read_directory(file, &entries) || !io.done)
            break;
        (void)strlcpy(name, &room.bytes[ABI_DIRENT_NAME], size);
        found = strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
        if (found)
            break;
    }
    file_put(file);
    return found;
}

static void remove_tree(const char *path)
{
    char inner[96], name[8];

    while (first_name(path, name, sizeof(name))) {
        snprintf(inner, sizeof(inner), "%s/%s", path, name);
        if (vfs_unlink(&root, NULL, inner, 0) == 0)
            continue;
        remove_tree(inner);
        if (vfs_unlink(&root, NULL, inner, UNLINK_DIRECTORY))
            return;
    }
}

KTEST(vfs_names_change_in_several_threads)
{
    static struct worker workers[WORKERS];
    struct thread *threads[WORKERS];
    uint64_t files;

    if (fs_context_init(&root)) {
        ktest_skip("there is no root");
        return;
    }
    files = used_of("tmpfs file");
    EXPECT_EQUAL(make_directory(PLACE), 0);
    for (unsigned i = 0; i < WORKERS; i++) {
        workers[i] = (struct worker){i + 1, 0};
        EXPECT_EQUAL(thread_create("names", change_names, &workers[i], 0, &threads[i]), 0);
    }
    for (unsigned i = 0; i < WORKERS; i++)
        thread_join(threads[i], NULL);
    for (unsigned i = 0; i < WORKERS; i++)
        EXPECT_EQUAL(workers[i].wrong, 0);
    remove_tree(PLACE);
    EXPECT_EQUAL(vfs_unlink(&root, NULL, PLACE, UNLINK_DIRECTORY), 0);
    (void)vfs_reclaim(100000);
    EXPECT_EQUAL(used_of("tmpfs file"), files);
    fs_context_release(&root);
}

/* ---- pipes ----------------------------------------------------------------------------------- */

#define PIPE_TOTAL 300000u

static struct file *reader, *writer;

static int write_numbers(void *argument)
{
    static uint8_t bytes[9973];
    uint64_t seed = 5;
    size_t sent = 0;

    (void)argument;
    while (sent < PIPE_TOTAL) {
        size_t now = 1 + next_random(&seed) % sizeof(bytes);
        struct io io;

        now = now < PIPE_TOTAL - sent ? now : PIPE_TOTAL - sent;
        for (size_t i = 0; i < now; i++)
            bytes[i] = (uint8_t)((sent + i) % 251);
        io = io_of_kernel(bytes, now);
        if (file_write(writer, &io, NULL) != (int64_t)now)
            return -EIO;
        sent += now;
    }
    file_put(writer);
    return 0;
}

KTEST(vfs_pipe_between_threads)
{
    static uint8_t bytes[7919];
    uint64_t before = frames_free();
    struct thread *thread;
    size_t got = 0;
    bool same = true;
    int result;

    EXPECT_EQUAL(pipe_create(0, &reader, &writer), 0);
    EXPECT_EQUAL(thread_create("writes", write_numbers, NULL, 0, &thread), 0);
    for (;;) {
        struct io io = io_of_kernel(bytes, sizeof(bytes));
        int64_t now = file_read(reader, &io, NULL);

        if (now <= 0)
            break;
        for (size_t i = 0; i < (size_t)now; i++)
            same = same && bytes[i] == (uint8_t)((got + i) % 251);
        got += (size_t)now;
    }
    thread_join(thread, &result);
    file_put(reader);
    EXPECT_EQUAL(result, 0);
    EXPECT_EQUAL(got, PIPE_TOTAL);
    EXPECT(same);
    EXPECT(frames_free() + 8 > before); /* but for what caches keep */
}

static int close_soon(void *argument)
{
    (void)argument;
    thread_sleep_ns(2 * NS_PER_MS);
    file_put(writer);
    return 0;
}

KTEST(vfs_poll_sees_the_other_end_go)
{
    struct thread *thread;
    struct poller poller;

    EXPECT_EQUAL(pipe_create(0, &reader, &writer), 0);
    poller_init(&poller);
    EXPECT_EQUAL(file_poll(reader, &poller), 0);
    EXPECT_EQUAL(poller_wait(&poller, time_now_ns() + NS_PER_MS), -ETIMEDOUT);
    EXPECT_EQUAL(thread_create("closes", close_soon, NULL, 0, &thread), 0);
    EXPECT_EQUAL(poller_wait(&poller, time_now_ns() + NS_PER_SECOND), 0);
    EXPECT_EQUAL(file_poll(reader, NULL), POLLHUP);
    poller_release(&poller);
    thread_join(thread, NULL);
    file_put(reader);
}
