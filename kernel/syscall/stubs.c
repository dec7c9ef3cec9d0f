#include "lib/errno.h"
#include "syscalls.h"
int64_t sys_read(int fd, struct user to, size_t size)
{
    (void)fd;
    (void)to;
    (void)size;
    return -ENOSYS;
}
int64_t sys_open(struct user path, unsigned flags)
{
    (void)path;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_close(int fd)
{
    (void)fd;
    return -ENOSYS;
}
int64_t sys_umask(unsigned mask)
{
    (void)mask;
    return -ENOSYS;
}
int64_t sys_memfd_create(struct user name, unsigned flags)
{
    (void)name;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_openat(int directory, struct user path, unsigned flags, unsigned mode)
{
    (void)directory;
    (void)path;
    (void)flags;
    (void)mode;
    return -ENOSYS;
}
int64_t sys_lseek(int fd, int64_t offset, int whence)
{
    (void)fd;
    (void)offset;
    (void)whence;
    return -ENOSYS;
}
int64_t sys_pread(int fd, struct user to, size_t size, int64_t offset)
{
    (void)fd;
    (void)to;
    (void)size;
    (void)offset;
    return -ENOSYS;
}
int64_t sys_pwrite(int fd, struct user from, size_t size, int64_t offset)
{
    (void)fd;
    (void)from;
    (void)size;
    (void)offset;
    return -ENOSYS;
}
int64_t sys_readv(int fd, struct user parts, int count)
{
    (void)fd;
    (void)parts;
    (void)count;
    return -ENOSYS;
}
int64_t sys_writev(int fd, struct user parts, int count)
{
    (void)fd;
    (void)parts;
    (void)count;
    return -ENOSYS;
}
int64_t sys_fstat(int fd, struct user stat)
{
    (void)fd;
    (void)stat;
    return -ENOSYS;
}
int64_t sys_fstatat(int directory, struct user path, struct user stat, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)stat;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_faccessat(int directory, struct user path, int mode, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)mode;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_getdents(int fd, struct user to, size_t size)
{
    (void)fd;
    (void)to;
    (void)size;
    return -ENOSYS;
}
int64_t sys_mkdirat(int directory, struct user path, unsigned mode)
{
    (void)directory;
    (void)path;
    (void)mode;
    return -ENOSYS;
}
int64_t sys_mknodat(int directory, struct user path, unsigned mode, int64_t device)
{
    (void)directory;
    (void)path;
    (void)mode;
    (void)device;
    return -ENOSYS;
}
int64_t sys_unlinkat(int directory, struct user path, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_renameat(int from_directory, struct user from, int to_directory, struct user to)
{
    (void)from_directory;
    (void)from;
    (void)to_directory;
    (void)to;
    return -ENOSYS;
}
int64_t sys_linkat(int from_directory, struct user from, int to_directory, struct user to, unsigned flags)
{
    (void)from_directory;
    (void)from;
    (void)to_directory;
    (void)to;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_symlinkat(struct user target, int directory, struct user path)
{
    (void)target;
    (void)directory;
    (void)path;
    return -ENOSYS;
}
int64_t sys_readlinkat(int directory, struct user path, struct user to, size_t size)
{
    (void)directory;
    (void)path;
    (void)to;
    (void)size;
    return -ENOSYS;
}
int64_t sys_truncate(struct user path, int64_t size)
{
    (void)path;
    (void)size;
    return -ENOSYS;
}
int64_t sys_ftruncate(int fd, int64_t size)
{
    (void)fd;
    (void)size;
    return -ENOSYS;
}
int64_t sys_fchmodat(int directory, struct user path, unsigned mode, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)mode;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_fchownat(int directory, struct user path, unsigned user, unsigned group, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)user;
    (void)group;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_utimensat(int directory, struct user path, struct user times, unsigned flags)
{
    (void)directory;
    (void)path;
    (void)times;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_chdir(struct user path)
{
    (void)path;
    return -ENOSYS;
}
int64_t sys_fchdir(int fd)
{
    (void)fd;
    return -ENOSYS;
}
int64_t sys_getcwd(struct user to, size_t size)
{
    (void)to;
    (void)size;
    return -ENOSYS;
}
int64_t sys_dup(int fd)
{
    (void)fd;
    return -ENOSYS;
}
int64_t sys_dup3(int fd, int other, unsigned flags)
{
    (void)fd;
    (void)other;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_fcntl(int fd, int command, int64_t argument)
{
    (void)fd;
    (void)command;
    (void)argument;
    return -ENOSYS;
}
int64_t sys_ioctl(int fd, unsigned request, struct user argument)
{
    (void)fd;
    (void)request;
    (void)argument;
    return -ENOSYS;
}
int64_t sys_pipe(struct user fds, unsigned flags)
{
    (void)fds;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_poll(struct user files, unsigned count, struct user timeout, struct user mask)
{
    (void)files;
    (void)count;
    (void)timeout;
    (void)mask;
    return -ENOSYS;
}
int64_t sys_mount(struct user source, struct user target, struct user type, unsigned flags)
{
    (void)source;
    (void)target;
    (void)type;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_umount(struct user target, unsigned flags)
{
    (void)target;
    (void)flags;
    return -ENOSYS;
}
int64_t sys_sync(void)
{
    return -ENOSYS;
}
int64_t sys_fsync(int fd)
{
    (void)fd;
    return -ENOSYS;
}
int64_t sys_statfs(struct user path, struct user stat)
{
    (void)path;
    (void)stat;
    return -ENOSYS;
}
int64_t sys_chroot(struct user path)
{
    (void)path;
    return -ENOSYS;
}
int64_t sys_getrandom(struct user to, size_t size, unsigned flags)
{
    (void)to;
    (void)size;
    (void)flags;
    return -ENOSYS;
}
