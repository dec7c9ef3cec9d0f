/* One thread at a time, the last that wrote: whoever uses it is alone. */
#include "kernel/fs/inject_file.h"

#include "kernel/core/memory/inject.h"
#include "kernel/core/thread/thread.h"
#include "kernel/fs/device.h"
#include "lib/cmdline.h"
#include "lib/errno.h"
#include "lib/printf.h"

#define NUMBER   DEVICE(240, 0) /* for local use */
#define TEXT_MAX 64u

static const struct thread *whose; /* compared only: it may have ended */

static bool applies(void)
{
    return thread_current() == whose;
}

/* 0 where it is not named. */
static int number_of(const char *text, const char *name, uint64_t *number)
{
    char value[24];
    int error = cmdline_get(text, name, value, sizeof(value));

    *number = 0;
    if (error == -ENOENT)
        return 0;
    return error ? error : parse_size(value, number);
}

static int64_t arm(struct file *file, struct io *io, uint64_t *position)
{
    char text[TEXT_MAX] = "";
    uint64_t memory, disk;
    int error = io_left(io) < sizeof(text) ? io_take(io, text, io_left(io)) : -EINVAL;

    (void)file;
    *position = 0;
    if (!error)
        error = number_of(text, "memory", &memory);
    if (!error)
        error = number_of(text, "disk", &disk);
    if (error)
        return error;
    memory_fail_in = disk_fail_in = 0;
    whose = thread_current();
    inject_applies = applies;
    memory_fail_in = memory;
    disk_fail_in = disk;
    return (int64_t)io->done;
}

static int64_t tell(struct file *file, struct io *io, uint64_t *position)
{
    char text[TEXT_MAX];
    size_t size = (size_t)snprintf(text, sizeof(text), "memory=%llu disk=%llu\n",
                                   (unsigned long long)memory_fail_in, (unsigned long long)disk_fail_in);

    (void)file;
    return io_tell(io, position, text, size);
}

int inject_file_init(void)
{
    static const struct file_operations operations = {.read = tell, .write = arm};

    return device_register(NUMBER, "inject", S_IFCHR | 0600, &operations, NULL);
}
