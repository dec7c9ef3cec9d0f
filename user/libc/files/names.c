/* Names of files: making, changing and taking them away. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libc/libc.h"

int link(const char *from, const char *to)
{
    return linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    return (int)checked(fastos_linkat(from_directory, from, to_directory, to, (unsigned)flags));
}

int unlink(const char *path)
{
    return unlinkat(AT_FDCWD, path, 0);
}

int unlinkat(int directory, const char *path, int flags)
{
    return (int)checked(fastos_unlinkat(directory, path, (unsigned)flags));
}

int rmdir(const char *path)
{
    return unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

/* A directory, too, as POSIX wants it. */
int remove(const char *path)
{
    long error = fastos_unlinkat(AT_FDCWD, path, 0);

    if (error == -EISDIR || error == -EPERM)
        error = fastos_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
    return (int)checked(error);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return (int)checked(fastos_renameat(from_directory, from, to_directory, to));
}

int rename(const char *from, const char *to)
{
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

/* newlib's name for it. */
int _rename(const char *from, const char *to);

int _rename(const char *from, const char *to)
{
    return rename(from, to);
}

int symlink(const char *target, const char *path)
{
    return symlinkat(target, AT_FDCWD, path);
}

int symlinkat(const char *target, int directory, const char *path)
{
    return (int)checked(fastos_symlinkat(target, directory, path));
}

ssize_t readlink(const char *restrict path, char *restrict to, size_t size)
{
    return readlinkat(AT_FDCWD, path, to, size);
}

ssize_t readlinkat(int directory, const char *restrict path, char *restrict to, size_t size)
{
    return checked(fastos_readlinkat(directory, path, to, size));
}

int mkdir(const char *path, mode_t mode)
{
    return mkdirat(AT_FDCWD, path, mode);
}

int mkdirat(int directory, const char *path, mode_t mode)
{
    return (int)checked(fastos_mkdirat(directory, path, mode));
}

int mknodat(int directory, const char *path, mode_t mode, dev_t device)
{
    return (int)checked(fastos_mknodat(directory, path, mode, (long)device));
}

int mknod(const char *path, mode_t mode, dev_t device)
{
    return mknodat(AT_FDCWD, path, mode, device);
}

int mkfifoat(int directory, const char *path, mode_t mode)
{
    return mknodat(directory, path, S_IFIFO | (mode & 07777), 0);
}

int mkfifo(const char *path, mode_t mode)
{
    return mkfifoat(AT_FDCWD, path, mode);
}
