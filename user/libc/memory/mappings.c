#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/libc/libc.h"

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    return (void *)checked(
        fastos_mmap_file(at, bytes, (unsigned)protection, (unsigned)flags, fd, offset));
}

int munmap(void *at, size_t bytes)
{
    return (int)checked(fastos_munmap(at, bytes));
}

int mprotect(void *at, size_t bytes, int protection)
{
    return (int)checked(fastos_mprotect(at, bytes, (unsigned)protection));
}

int msync(void *at, size_t bytes, int flags)
{
    return (int)checked(fastos_msync(at, bytes, (unsigned)flags));
}

/* Advice is taken and forgotten. */
int posix_madvise(void *at, size_t bytes, int advice)
{
    (void)bytes;
    return (uintptr_t)at % PAGE || advice < POSIX_MADV_NORMAL || advice > POSIX_MADV_DONTNEED
               ? EINVAL
               : 0;
}

int memfd_create(const char *name, unsigned flags)
{
    return (int)checked(fastos_memfd_create(name, flags));
}

/* ---- shared memory with a name: files of /dev/shm, or /tmp ----------------------------------- */

static int shm_path(const char *name, char *path, size_t bytes)
{
    while (*name == '/')
        name++;
    int size = snprintf(path, bytes, "%s/%s", access("/dev/shm", W_OK) ? "/tmp" : "/dev/shm", name);

    if (!*name || size < 0 || (size_t)size >= bytes) {
        errno = EINVAL;
        return -1;
    }
    return 0;
}

int shm_open(const char *name, int flags, mode_t mode)
{
    char path[NAME_MAX + 16];

    return shm_path(name, path, sizeof(path)) ? -1
                                              : open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode);
}

int shm_unlink(const char *name)
{
    char path[NAME_MAX + 16];

    return shm_path(name, path, sizeof(path)) ? -1 : unlink(path);
}
