/* System calls about handles: what opens, copies, describes and closes them. */
#include "kernel/fs/pipe.h"
#include "kernel/fs/tmpfs.h"
#include "kernel/syscall/files.h"
#include "lib/errno.h"
#include "syscalls.h"

#define FLAGS_OF_OPEN_FILE (unsigned)(O_APPEND | O_NONBLOCK) /* that F_SETFL changes */

static struct descriptors *table(void)
{
    return process_current()->descriptors;
}

static unsigned closing(unsigned flags)
{
    return flags & O_CLOEXEC ? FD_CLOEXEC : 0;
}

static int64_t give(struct file *file, unsigned flags)
{
    return descriptors_give(table(), file, closing(flags), limit_of(RLIMIT_NOFILE));
}

/* ---- opening and closing --------------------------------------------------------------------- */

int64_t sys_openat(int directory, struct user path, unsigned flags, unsigned mode)
{
    struct file *file;
    filled_later struct place place;
    int error = place_take(&place, directory, path);

    if (error)
        return error;
    error = vfs_open_text(context(), place.at, path_text(&place.path), flags, mode, &file);
    place_drop(&place);
    return error ? error : give(file, flags);
}

int64_t sys_open(struct user path, unsigned flags)
{
    return sys_openat(AT_FDCWD, path, flags, 0666);
}

int64_t sys_close(int fd)
{
    return descriptors_close(table(), fd);
}

int64_t sys_memfd_create(struct user name, unsigned flags)
{
    struct path_argument text;
    struct file *file;
    int error = flags & ~(unsigned)(MFD_CLOEXEC | MFD_ALLOW_SEALING) ? -EINVAL
                                                                    : path_take(&text, name);

    if (error)
        return error;
    path_drop(&text); /* it must be readable, and stands for nothing */
    error = tmpfs_open_unnamed(flags & MFD_ALLOW_SEALING ? 0 : F_SEAL_SEAL, &file);
    return error ? error : give(file, flags & MFD_CLOEXEC ? O_CLOEXEC : 0);
}

struct fds {
    int read, write;
};

/* Both, or none. */
static int give_two(struct file *reader, struct file *writer, unsigned flags, struct fds *fds)
{
    uint64_t limit = limit_of(RLIMIT_NOFILE);
    int error = descriptors_install(table(), reader, closing(flags), 0, limit, &fds->read);

    if (error)
        return error;
    error = descriptors_install(table(), writer, closing(flags), 0, limit, &fds->write);
    if (error)
        (void)!descriptors_close(table(), fds->read);
    return error;
}

int64_t sys_pipe(struct user to, unsigned flags)
{
    struct file *reader, *writer;
    struct fds fds;
    int error;

    if (flags & ~(unsigned)(O_CLOEXEC | O_NONBLOCK))
        return -EINVAL;
    error = pipe_create(flags & O_NONBLOCK, &reader, &writer);
    if (error)
        return error;
    error = give_two(reader, writer, flags, &fds);
    if (!error && copy_to_user(to, &fds, sizeof(fds))) {
        (void)!descriptors_close(table(), fds.read);
        (void)!descriptors_close(table(), fds.write);
        error = -EFAULT;
    }
    file_put(reader);
    file_put(writer);
    return error;
}

/* ---- copies ---------------------------------------------------------------------------------- */

static int64_t copy_from(int fd, unsigned flags, int64_t lowest)
{
    struct file *file;
    int copy, error = descriptors_get(table(), fd, &file);

    if (error)
        return error;
    if (lowest < 0 || lowest > INT32_MAX)
        error = -EINVAL;
    else
        error = descriptors_install(table(), file, flags, (unsigned)lowest,
                                    limit_of(RLIMIT_NOFILE), &copy);
    file_put(file);
    return error ? error : copy;
}

int64_t sys_dup(int fd)
{
    return copy_from(fd, 0, 0);
}

int64_t sys_dup3(int fd, int other, unsigned flags)
{
    struct file *file;
    int error;

    if (fd == other || flags & ~(unsigned)O_CLOEXEC)
        return -EINVAL;
    error = descriptors_get(table(), fd, &file);
    if (error)
        return error;
    error = descriptors_replace(table(), other, file, closing(flags), limit_of(RLIMIT_NOFILE));
    file_put(file);
    return error ? error : other;
}

/* ---- fcntl ----------------------------------------------------------------------------------- */

static int64_t file_flags(int fd, int command, int64_t argument)
{
    struct held held;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    unsigned flags = __atomic_load_n(&held.file->flags, __ATOMIC_RELAXED);
    if (command == F_GETFL) {
        result = flags;
    } else {
        flags &= ~FLAGS_OF_OPEN_FILE;
        flags |= (unsigned)argument & FLAGS_OF_OPEN_FILE;
        __atomic_store_n(&held.file->flags, flags, __ATOMIC_RELAXED);
    }
    let_go(&held);
    return result;
}

static int64_t seals(int fd, int command, int64_t argument)
{
    struct held held;
    int64_t result = hold(&held, fd);

    if (result)
        return result;
    result = command == F_GET_SEALS ? tmpfs_seals(held.file)
                                    : tmpfs_seal(held.file, (unsigned)argument);
    let_go(&held);
    return result;
}

int64_t sys_fcntl(int fd, int command, int64_t argument)
{
    switch (command) {
    case F_DUPFD:
        return copy_from(fd, 0, argument);
    case F_DUPFD_CLOEXEC:
        return copy_from(fd, FD_CLOEXEC, argument);
    case F_GETFD:
        return descriptors_flags(table(), fd);
    case F_SETFD:
        return descriptors_set_flags(table(), fd, (unsigned)argument & FD_CLOEXEC);
    case F_GETFL:
    case F_SETFL:
        return file_flags(fd, command, argument);
    case F_ADD_SEALS:
    case F_GET_SEALS:
        return seals(fd, command, argument);
    default: {
        struct held held;
        int error = hold(&held, fd);

        if (!error)
            let_go(&held);
        return error ? error : -EINVAL;
    }
    }
}
