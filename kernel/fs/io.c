/* Bytes between the kernel and wherever an io stands for. */
#include "kernel/fs/io.h"

#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

static struct room here(const struct io *io)
{
    return room_from(room_of(io->kernel, io->size), io->done);
}

int64_t io_tell(struct io *io, uint64_t *position, const void *text, size_t size)
{
    if (*position != 0)
        return 0;
    if (io_left(io) < size)
        return -EINVAL;
    int error = io_put(io, text, size);

    *position = error ? 0 : size;
    return error ? error : (int64_t)size;
}

int io_put(struct io *io, const void *from, size_t size)
{
    span_check(io->size, io->done, size);
    if (io->kernel) {
        memcpy(here(io).chars, from, size);
    } else {
        int error = copy_to_user(user_plus(io->user, io->done), from, size);

        if (error)
            return error;
    }
    io->done += size;
    return 0;
}

int io_take(struct io *io, void *to, size_t size)
{
    span_check(io->size, io->done, size);
    if (io->kernel) {
        memcpy(to, here(io).chars, size);
    } else {
        int error = copy_from_user(to, user_plus(io->user, io->done), size);

        if (error)
            return error;
    }
    io->done += size;
    return 0;
}

int io_zero(struct io *io, size_t size)
{
    span_check(io->size, io->done, size);
    if (io->kernel) {
        memset(here(io).chars, 0, size);
    } else {
        int error = zero_user(user_plus(io->user, io->done), size);

        if (error)
            return error;
    }
    io->done += size;
    return 0;
}
