/* File systems: how full they are, and where they are. */
#include <limits.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"

_Static_assert(sizeof(struct statfs) == sizeof(struct abi_statfs), "struct statfs");

int statfs(const char *path, struct statfs *to)
{
    return (int)checked(fastos_statfs(path, (struct abi_statfs *)to));
}

int statvfs(const char *restrict path, struct statvfs *restrict to)
{
    struct abi_statfs found;

    if (checked(fastos_statfs(path, &found)) < 0)
        return -1;
    *to = (struct statvfs){
        .f_bsize = found.block_bytes,
        .f_frsize = found.block_bytes,
        .f_blocks = found.blocks,
        .f_bfree = found.free_blocks,
        .f_bavail = found.available_blocks,
        .f_files = found.files,
        .f_ffree = found.free_files,
        .f_favail = found.free_files,
        .f_fsid = found.type,
        .f_flag = found.flags & MS_RDONLY ? ST_RDONLY : 0,
        .f_namemax = found.name_max,
    };
    return 0;
}

/* By the name that /proc has for the handle. */
int fstatvfs(int fd, struct statvfs *to)
{
    char path[40];

    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return statvfs(path, to);
}

int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data)
{
    (void)data;
    return (int)checked(fastos_mount(source, target, type, (unsigned)flags));
}

int umount2(const char *target, int flags)
{
    return (int)checked(fastos_umount(target, (unsigned)flags));
}

int umount(const char *target)
{
    return umount2(target, 0);
}
