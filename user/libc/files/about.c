/* What is known about a file, and changing it. struct stat is the kernel's own structure. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <utime.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"

_Static_assert(sizeof(struct stat) == sizeof(struct abi_stat)
                   && offsetof(struct stat, st_nlink) == offsetof(struct abi_stat, links)
                   && offsetof(struct stat, st_rdev) == offsetof(struct abi_stat, special_device)
                   && offsetof(struct stat, st_size) == offsetof(struct abi_stat, size)
                   && offsetof(struct stat, st_blocks) == offsetof(struct abi_stat, sectors)
                   && offsetof(struct stat, st_ctim) == offsetof(struct abi_stat, changed),
               "struct stat");
_Static_assert(sizeof(struct timespec) == sizeof(struct abi_timespec), "struct timespec");

int fstat(int fd, struct stat *to)
{
    return (int)checked(fastos_fstat(fd, (struct abi_stat *)to));
}

int fstatat(int directory, const char *restrict path, struct stat *restrict to, int flags)
{
    return (int)checked(fastos_fstatat(directory, path, (struct abi_stat *)to, (unsigned)flags));
}

int stat(const char *restrict path, struct stat *restrict to)
{
    return fstatat(AT_FDCWD, path, to, 0);
}

int lstat(const char *restrict path, struct stat *restrict to)
{
    return fstatat(AT_FDCWD, path, to, AT_SYMLINK_NOFOLLOW);
}

/* ---- permissions and owners ------------------------------------------------------------------ */

int faccessat(int directory, const char *path, int mode, int flags)
{
    return (int)checked(fastos_faccessat(directory, path, mode, (unsigned)flags));
}

int access(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, 0);
}

int eaccess(const char *path, int mode)
{
    return faccessat(AT_FDCWD, path, mode, AT_EACCESS);
}

int fchmodat(int directory, const char *path, mode_t mode, int flags)
{
    return (int)checked(fastos_fchmodat(directory, path, mode, (unsigned)flags));
}

int chmod(const char *path, mode_t mode)
{
    return fchmodat(AT_FDCWD, path, mode, 0);
}

int fchmod(int fd, mode_t mode)
{
    return fchmodat(fd, "", mode, AT_EMPTY_PATH);
}

int fchownat(int directory, const char *path, uid_t user, gid_t group, int flags)
{
    return (int)checked(fastos_fchownat(directory, path, user, group, (unsigned)flags));
}

int chown(const char *path, uid_t user, gid_t group)
{
    return fchownat(AT_FDCWD, path, user, group, 0);
}

int lchown(const char *path, uid_t user, gid_t group)
{
    return fchownat(AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW);
}

int fchown(int fd, uid_t user, gid_t group)
{
    return fchownat(fd, "", user, group, AT_EMPTY_PATH);
}

mode_t umask(mode_t mask)
{
    return (mode_t)fastos_umask(mask);
}

/* ---- times ----------------------------------------------------------------------------------- */

int utimensat(int directory, const char *path, const struct timespec times[2], int flags)
{
    return (int)checked(fastos_utimensat(directory, path, (const struct abi_timespec *)times,
                                         (unsigned)flags));
}

int futimens(int fd, const struct timespec times[2])
{
    return utimensat(fd, "", times, AT_EMPTY_PATH);
}

int utimes(const char *path, const struct timeval *times)
{
    struct timespec exact[2];

    if (!times)
        return utimensat(AT_FDCWD, path, NULL, 0);
    for (int i = 0; i < 2; i++)
        exact[i] = (struct timespec){times[i].tv_sec, times[i].tv_usec * 1000};
    return utimensat(AT_FDCWD, path, exact, 0);
}

int utime(const char *path, const struct utimbuf *times)
{
    struct timespec exact[2];

    if (!times)
        return utimensat(AT_FDCWD, path, NULL, 0);
    exact[0] = (struct timespec){times->actime, 0};
    exact[1] = (struct timespec){times->modtime, 0};
    return utimensat(AT_FDCWD, path, exact, 0);
}
