/* System calls on open files: bytes, the position, and what a file can do beside. */
#include "kernel/syscall/files.h"

#include "kernel/core/random/random.h"
#include "kernel/fs/device.h"
#include "kernel/fs/names.h"
#include "kernel/process/signals.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "syscalls.h"

#define RANDOM_MAX 33554431u /* bytes in one call */

static size_t bounded(size_t size)
{
    return size < TRANSFER_MAX ? size : TRANSFER_MAX;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

/* What a limit of a file's size leaves of `size` bytes. SIGXFSZ: nothing. */
static never_inline size_t within_limit(const struct file *file, const uint64_t *position,
                                        size_t size)
{
    uint64_t limit = limit_of(RLIMIT_FSIZE), at;

    if (!file->inode || !is_regular(file->inode))
        return size;
    at = file->flags & O_APPEND ? file->inode->size : position ? *position : file->position;
    if (at >= limit) {
        process_signal_self(SIGXFSZ);
        return 0;
    }
    return size < limit - at ? size : (size_t)(limit - at);
}

/* `position` NULL: the file's own. */
static int64_t write_to(struct file *file, struct io *io, uint64_t *position)
{
    int64_t result;

    if (unlikely(limit_of(RLIMIT_FSIZE) != RLIM_INFINITY) && io->size > 0) {
        io->size = within_limit(file, position, io->size);
        if (io->size == 0)
            return -EFBIG;
    }
    result = file_write(file, io, position);
    if (unlikely(result == -EPIPE))
        process_signal_self(SIGPIPE);
    return result;
}

int64_t sys_read(int fd, struct user to, size_t size)
{
    struct held held;
    struct io io = io_of_user(to, bounded(size));
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = file_read(held.file, &io, NULL);
    let_go(&held);
    return result;
}

int64_t sys_write(int fd, struct user from, size_t size)
{
    struct held held;
    struct io io = io_of_user(from, bounded(size));
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = write_to(held.file, &io, NULL);
    let_go(&held);
    return result;
}

/* At a position of the caller's. */
static int check_position(const struct file *file, int64_t offset)
{
    if (!(file->can & FILE_POSITION))
        return -ESPIPE;
    return offset < 0 ? -EINVAL : 0;
}

int64_t sys_pread(int fd, struct user to, size_t size, int64_t offset)
{
    struct held held;
    struct io io = io_of_user(to, bounded(size));
    uint64_t position = (uint64_t)offset;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = check_position(held.file, offset);
    if (!result)
        result = file_read(held.file, &io, &position);
    let_go(&held);
    return result;
}

int64_t sys_pwrite(int fd, struct user from, size_t size, int64_t offset)
{
    struct held held;
    struct io io = io_of_user(from, bounded(size));
    uint64_t position = (uint64_t)offset;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = check_position(held.file, offset);
    if (!result)
        result = write_to(held.file, &io, &position);
    let_go(&held);
    return result;
}

/* ---- several pieces -------------------------------------------------------------------------- */

/* *total: of it and those before it, no more bytes than a result can say. */
static int take_part(struct user parts, int index, struct abi_iovec *part, uint64_t *total)
{
    if (copy_from_user(part, user_plus(parts, (uint64_t)index * sizeof(*part)), sizeof(*part)))
        return -EFAULT;
    if (part->size > INT64_MAX - *total)
        return -EINVAL;
    *total += part->size;
    return 0;
}

/* All of them are there. They are taken again when their turn comes: as they are then, and checked
   as now. */
static int check_parts(struct user parts, int count)
{
    struct abi_iovec part;
    uint64_t total = 0;
    int error = count < 0 || count > IOV_MAX ? -EINVAL : 0;

    for (int i = 0; i < count && !error; i++)
        error = take_part(parts, i, &part, &total);
    return error;
}

static int64_t move_part(struct file *file, const struct abi_iovec *part, bool write)
{
    struct io io = io_of_user((struct user){part->base}, bounded(part->size));

    return write ? write_to(file, &io, NULL) : file_read(file, &io, NULL);
}

/* Something was moved: the next piece only when it need not wait. */
static bool may_go_on(struct file *file, bool write)
{
    return file->can & FILE_POSITION || file_poll(file, NULL) & (write ? POLLOUT : POLLIN);
}

static int64_t move_parts(struct file *file, struct user parts, int count, bool write)
{
    int64_t done = 0, now = check_parts(parts, count);
    uint64_t total = 0;

    for (int i = 0; i < count && now >= 0; i++) {
        struct abi_iovec part;

        now = take_part(parts, i, &part, &total);
        if (now)
            break;
        if (part.size == 0)
            continue;
        if (done && !may_go_on(file, write))
            break;
        now = move_part(file, &part, write);
        done += now > 0 ? now : 0;
        if (now >= 0 && (uint64_t)now < part.size)
            break;
    }
    return done ? done : now;
}

static int64_t vector(int fd, struct user parts, int count, bool write)
{
    struct held held;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    if (!(held.file->can & (write ? FILE_WRITE : FILE_READ)))
        result = -EBADF;
    else
        result = move_parts(held.file, parts, count, write);
    let_go(&held);
    return result;
}

int64_t sys_readv(int fd, struct user parts, int count)
{
    return vector(fd, parts, count, false);
}

int64_t sys_writev(int fd, struct user parts, int count)
{
    return vector(fd, parts, count, true);
}

/* ---- the position, and directories ----------------------------------------------------------- */

int64_t sys_lseek(int fd, int64_t offset, int whence)
{
    struct held held;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = file_seek(held.file, offset, whence);
    let_go(&held);
    return result;
}

int64_t sys_getdents(int fd, struct user to, size_t size)
{
    struct held held;
    struct io io = io_of_user(to, bounded(size));
    struct directory_room room = {.io = &io};
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = held.file->can & FILE_READ ? file_read_directory(held.file, &room) : -EBADF;
    let_go(&held);
    return io.done ? (int64_t)io.done : result;
}

/* ---- about it -------------------------------------------------------------------------------- */

int64_t sys_fstat(int fd, struct user to)
{
    filled_later struct abi_stat stat;
    struct held held;
    int error = hold(&held, fd);

    if (error)
        return error;
    file_stat(held.file, &stat);
    let_go(&held);
    return copy_to_user(to, &stat, sizeof(stat));
}

int64_t sys_ftruncate(int fd, int64_t size)
{
    struct held held;
    int error = hold(&held, fd);

    if (error)
        return error;
    if (size < 0)
        error = -EINVAL;
    else if ((uint64_t)size > limit_of(RLIMIT_FSIZE))
        error = -EFBIG;
    else
        error = file_truncate(held.file, (uint64_t)size);
    let_go(&held);
    return error;
}

int64_t sys_fsync(int fd)
{
    struct held held;
    int error = hold(&held, fd);

    if (error)
        return error;
    error = file_sync(held.file);
    let_go(&held);
    return error;
}

int64_t sys_ioctl(int fd, unsigned request, struct user argument)
{
    struct held held;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = file_ioctl(held.file, request, argument);
    let_go(&held);
    return result;
}

/* ---- random bytes ---------------------------------------------------------------------------- */

int64_t sys_getrandom(struct user to, size_t size, unsigned flags)
{
    struct io io = io_of_user(to, size < RANDOM_MAX ? size : RANDOM_MAX);

    (void)flags; /* GRND_…: it never waits */
    return io_random(&io);
}
