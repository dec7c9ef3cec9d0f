/* Reading and writing. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

_Static_assert(sizeof(struct iovec) == sizeof(struct abi_iovec), "struct iovec");

ssize_t read(int fd, void *to, size_t size)
{
    return CANCEL_POINT(checked(fastos_read(fd, to, size)));
}

ssize_t write(int fd, const void *from, size_t size)
{
    return CANCEL_POINT(checked(fastos_write(fd, from, size)));
}

ssize_t pread(int fd, void *to, size_t size, off_t offset)
{
    return CANCEL_POINT(checked(fastos_pread(fd, to, size, offset)));
}

ssize_t pwrite(int fd, const void *from, size_t size, off_t offset)
{
    return CANCEL_POINT(checked(fastos_pwrite(fd, from, size, offset)));
}

ssize_t readv(int fd, const struct iovec *parts, int count)
{
    return CANCEL_POINT(checked(fastos_readv(fd, (const struct abi_iovec *)parts, count)));
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return CANCEL_POINT(checked(fastos_writev(fd, (const struct abi_iovec *)parts, count)));
}

off_t lseek(int fd, off_t offset, int whence)
{
    return checked(fastos_lseek(fd, offset, whence));
}

/* ---- size, and what is on the disk ----------------------------------------------------------- */

int truncate(const char *path, off_t size)
{
    return (int)checked(fastos_truncate(path, size));
}

int ftruncate(int fd, off_t size)
{
    return (int)checked(fastos_ftruncate(fd, size));
}

/* There are holes, so it is only made long enough. */
int posix_fallocate(int fd, off_t offset, off_t bytes)
{
    struct stat about;

    if (offset < 0 || bytes <= 0)
        return EINVAL;
    if (fstat(fd, &about) < 0)
        return errno;
    if (about.st_size >= offset + bytes)
        return 0;
    return ftruncate(fd, offset + bytes) < 0 ? errno : 0;
}

int fsync(int fd)
{
    return (int)checked(fastos_fsync(fd));
}

int fdatasync(int fd)
{
    return fsync(fd);
}

void sync(void)
{
    (void)fastos_sync();
}

int syncfs(int fd)
{
    if (fcntl(fd, F_GETFD) < 0)
        return -1;
    sync();
    return 0;
}
