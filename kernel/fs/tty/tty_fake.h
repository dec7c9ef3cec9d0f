/* Devices and their files, for host tests of terminals: what the VFS does with them. */
#include "kernel/fs/fs_fake.h"

void boot_stamp(const char *name)
{
    (void)name;
}

static struct user user_of(void *memory)
{
    return (struct user){(uintptr_t)memory};
}

/* ---- devices and files ----------------------------------------------------------------------- */

#define DEVICES_MAX 80u

static struct {
    uint64_t number;
    const char *name; /* NULL: free */
    const struct file_operations *operations;
    void *private;
} devices[DEVICES_MAX];
static bool devices_are_full;

int device_register(uint64_t number, const char *name, uint32_t mode,
                    const struct file_operations *operations, void *private)
{
    assert_int_equal(mutexes_held, 0);
    assert_int_equal(mode & S_IFMT, S_IFCHR);
    if (devices_are_full)
        return -ENOMEM;
    for (unsigned i = 0; i < DEVICES_MAX; i++) {
        assert_false(devices[i].name && devices[i].number == number);
        if (!devices[i].name) {
            devices[i].number = number;
            devices[i].name = name;
            devices[i].operations = operations;
            devices[i].private = private;
            return 0;
        }
    }
    return -ENOMEM;
}

void device_unregister(uint64_t number)
{
    assert_int_equal(mutexes_held, 0);
    for (unsigned i = 0; i < DEVICES_MAX; i++)
        if (devices[i].name && devices[i].number == number)
            devices[i].name = NULL;
}

/* As the VFS does it. */
static int open_device(const char *name, unsigned flags, struct file *file)
{
    for (unsigned i = 0; i < DEVICES_MAX; i++) {
        if (!devices[i].name || strcmp(devices[i].name, name) != 0)
            continue;
        *file = (struct file){.operations = devices[i].operations, .flags = flags,
                              .private = devices[i].private};
        return file->operations->open(file);
    }
    return -ENOENT;
}

static void close_file(struct file *file)
{
    file->operations->close(file);
    memset(file, 0, sizeof(*file));
}

static int64_t write_file(struct file *file, const void *from, size_t size)
{
    struct io io = io_of_kernel((void *)(uintptr_t)from, size);
    int64_t result = file->operations->write(file, &io, NULL);

    assert_int_equal(mutexes_held, 0);
    if (result >= 0)
        assert_int_equal(io.done, result);
    return result;
}

static int64_t read_file(struct file *file, void *to, size_t size)
{
    struct io io = io_of_kernel(to, size);
    int64_t result = file->operations->read(file, &io, NULL);

    assert_int_equal(mutexes_held, 0);
    return result;
}

static int64_t ask(struct file *file, unsigned request, void *argument)
{
    int64_t result = file->operations->ioctl(file, request, user_of(argument));

    assert_int_equal(mutexes_held, 0);
    return result;
}

static unsigned poll_file(struct file *file)
{
    return file->operations->poll(file, NULL);
}
