/* /dev/null, zero, full, random and urandom. Numbers are Linux's. */
#include "kernel/core/random/random.h"
#include "kernel/fs/device.h"
#include "lib/errno.h"

#define CHUNK 256u

static int64_t read_nothing(struct file *file, struct io *io, uint64_t *position)
{
    (void)file;
    (void)io;
    (void)position;
    return 0;
}

static int64_t write_away(struct file *file, struct io *io, uint64_t *position)
{
    (void)file;
    (void)position;
    io->done = io->size;
    return (int64_t)io->size;
}

static int64_t read_zeros(struct file *file, struct io *io, uint64_t *position)
{
    int error = io_zero(io, io_left(io));

    (void)file;
    (void)position;
    return error ? error : (int64_t)io->done;
}

static int64_t write_to_full(struct file *file, struct io *io, uint64_t *position)
{
    (void)file;
    (void)io;
    (void)position;
    return -ENOSPC;
}

static int64_t read_random(struct file *file, struct io *io, uint64_t *position)
{
    (void)file;
    (void)position;
    return io_random(io);
}

/* What is written is stirred in. */
static int64_t write_random(struct file *file, struct io *io, uint64_t *position)
{
    uint8_t chunk[CHUNK];
    int error = 0;

    (void)file;
    (void)position;
    while (io_left(io) > 0 && !error) {
        size_t now = io_left(io) < CHUNK ? io_left(io) : CHUNK;

        error = io_take(io, chunk, now);
        if (!error)
            random_stir(chunk, now);
    }
    return io->done ? (int64_t)io->done : error;
}

int64_t io_random(struct io *io)
{
    uint8_t chunk[CHUNK];
    int error = 0;

    while (io_left(io) > 0 && !error) {
        size_t now = io_left(io) < CHUNK ? io_left(io) : CHUNK;

        random_bytes(chunk, now);
        error = io_put(io, chunk, now);
    }
    return io->done ? (int64_t)io->done : error;
}

int memory_devices_init(void)
{
    static const struct file_operations null = {.read = read_nothing, .write = write_away};
    static const struct file_operations zero = {.read = read_zeros, .write = write_away};
    static const struct file_operations full = {.read = read_zeros, .write = write_to_full};
    static const struct file_operations random = {.read = read_random, .write = write_random};
    static const struct {
        uint64_t number;
        const char *name;
        const struct file_operations *operations;
    } devices[] = {
        {DEVICE(1, 3), "null", &null},     {DEVICE(1, 5), "zero", &zero},
        {DEVICE(1, 7), "full", &full},     {DEVICE(1, 8), "random", &random},
        {DEVICE(1, 9), "urandom", &random},
    };
    int error = 0;

    for (unsigned i = 0; i < array_length(devices) && !error; i++)
        error = device_register(devices[i].number, devices[i].name, S_IFCHR | 0666,
                                devices[i].operations, NULL);
    return error;
}
