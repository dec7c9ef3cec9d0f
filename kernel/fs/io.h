/*
 * Where bytes come from or go to: memory of the kernel or of the running process, as one thing that
 * moves forward. Use: io_of_user → io_put or io_take, … → io_left.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernel/core/memory/user_memory.h"
#include "lib/compiler.h"

struct io {
    void *kernel;     /* NULL: it is ring 3's */
    struct user user;
    size_t size, done;
};

static inline struct io io_of_user(struct user user, size_t size)
{
    return (struct io){.user = user, .size = size};
}

static inline struct io io_of_kernel(void *kernel, size_t size)
{
    return (struct io){.kernel = kernel, .size = size};
}

static inline size_t io_left(const struct io *io)
{
    return io->size - io->done;
}

/* `size` ≤ io_left. -EFAULT: some of it may have been moved, io->done has not. */
int io_put(struct io *io, const void *from, size_t size) must_check; /* into what io stands for */
/* All of a text at position 0, nothing behind: for devices that tell one thing. How much; -EINVAL: too
   little room. */
int64_t io_tell(struct io *io, uint64_t *position, const void *text, size_t size) must_check;
int io_take(struct io *io, void *to, size_t size) must_check;        /* out of it */
int io_zero(struct io *io, size_t size) must_check;
