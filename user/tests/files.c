/* The system calls of files: each with good, edge and hostile arguments. */
#include "user/tests/lib/test.h"

#define BAD    ((void *)0x10)               /* never mapped */
#define KERNEL ((void *)0xffffff0000000000) /* not ours */
#define T      "/tmp/t/"

static char buffer[70000], back[70000];
static struct abi_stat stat;

static long open_(const char *path, unsigned flags)
{
    return fastos_openat(AT_FDCWD, path, flags, 0644);
}

static long stat_(const char *path)
{
    return fastos_fstatat(AT_FDCWD, path, &stat, 0);
}

static long make(const char *path)
{
    long fd = open_(path, O_CREAT | O_WRONLY);

    return fd < 0 ? fd : fastos_close((int)fd);
}

/* ---- handles --------------------------------------------------------------------------------- */

static void handles(void)
{
    static const int bad[] = {-1, -2, 100, 4095, 4096, 1 << 20, 2147483647, -2147483647 - 1};
    struct abi_iovec part = {(uint64_t)buffer, 1};

    for (unsigned i = 0; i < 8; i++) {
        expect_is(fastos_read(bad[i], buffer, 1), -EBADF);
        expect_is(fastos_write(bad[i], buffer, 1), -EBADF);
        expect_is(fastos_pread(bad[i], buffer, 1, 0), -EBADF);
        expect_is(fastos_pwrite(bad[i], buffer, 1, 0), -EBADF);
        expect_is(fastos_readv(bad[i], &part, 1), -EBADF);
        expect_is(fastos_writev(bad[i], &part, 1), -EBADF);
        expect_is(fastos_close(bad[i]), -EBADF);
        expect_is(fastos_lseek(bad[i], 0, 0), -EBADF);
        expect_is(fastos_fstat(bad[i], &stat), -EBADF);
        expect_is(fastos_getdents(bad[i], buffer, 100), -EBADF);
        expect_is(fastos_ftruncate(bad[i], 0), -EBADF);
        expect_is(fastos_fchdir(bad[i]), -EBADF);
        expect_is(fastos_dup(bad[i]), -EBADF);
        expect_is(fastos_dup3(bad[i], 3, 0), -EBADF);
        expect_is(fastos_dup3(1, bad[i], 0), bad[i] == 100 ? 100 : -EBADF);
        fastos_close(100);
        expect_is(fastos_fcntl(bad[i], F_GETFL, 0), -EBADF);
        expect_is(fastos_fcntl(bad[i], 12345, 0), -EBADF);
        expect_is(fastos_ioctl(bad[i], 0, NULL), -EBADF);
        expect_is(fastos_fsync(bad[i]), -EBADF);
        if (bad[i] != AT_FDCWD)
            expect_is(fastos_fstatat(bad[i], "x", &stat, 0), -EBADF);
    }
    long fd = open_("/dev/null", O_RDWR | O_CLOEXEC);
    expect(fd >= 0);
    expect_is(fastos_fcntl((int)fd, F_GETFD, 0), FD_CLOEXEC);
    expect_is(fastos_fcntl((int)fd, F_SETFD, 0), 0);
    expect_is(fastos_fcntl((int)fd, F_GETFD, 0), 0);
    expect_is(fastos_fcntl((int)fd, F_GETFL, 0), O_RDWR);
    expect_is(fastos_fcntl((int)fd, F_SETFL, O_APPEND | O_WRONLY | 0x40000000), 0);
    expect_is(fastos_fcntl((int)fd, F_GETFL, 0), O_RDWR | O_APPEND);
    expect_is(fastos_fcntl((int)fd, F_DUPFD, 50), 50);
    expect_is(fastos_fcntl((int)fd, F_DUPFD, 50), 51);
    expect_is(fastos_fcntl((int)fd, F_DUPFD, -1), -EINVAL);
    expect_is(fastos_fcntl((int)fd, F_DUPFD, 1 << 30), -EINVAL);
    expect_is(fastos_fcntl((int)fd, F_DUPFD_CLOEXEC, 0), fd + 1);
    expect_is(fastos_fcntl((int)fd + 1, F_GETFD, 0), FD_CLOEXEC);
    expect_is(fastos_dup3((int)fd, (int)fd, 0), -EINVAL);
    expect_is(fastos_dup3((int)fd, 50, 1), -EINVAL);
    expect_is(fastos_dup3((int)fd, 50, O_CLOEXEC), 50);
    for (int i = (int)fd; i < 52; i++)
        fastos_close(i);
}

static void all_handles(void)
{
    struct abi_rlimit limit;
    long fd, last = -1, count = 0;

    expect_is(fastos_prlimit(0, RLIMIT_NOFILE, NULL, &limit), 0);
    while ((fd = open_("/dev/null", O_RDONLY)) >= 0) {
        last = fd;
        count++;
    }
    expect_is(fd, -EMFILE);
    expect_is(last, limit.now - 1);
    expect_is(fastos_dup(0), -EMFILE);
    int ends[2];
    expect_is(fastos_pipe(ends, 0), -EMFILE);
    expect_is(fastos_close((int)last), 0);
    expect_is(fastos_pipe(ends, 0), -EMFILE);
    expect_is(fastos_dup(0), last);
    for (; count > 0; count--)
        fastos_close((int)last--);
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static void devices(void)
{
    long null = open_("/dev/null", O_RDWR), zero = open_("/dev/zero", O_RDWR);
    long full = open_("/dev/full", O_RDWR), random = open_("/dev/urandom", O_RDONLY);

    expect_is(fastos_write((int)null, buffer, sizeof(buffer)), sizeof(buffer));
    expect_is(fastos_read((int)null, buffer, 10), 0);
    buffer[0] = buffer[69999] = 1;
    expect_is(fastos_read((int)zero, buffer, sizeof(buffer)), sizeof(buffer));
    expect_is(buffer[0] | buffer[69999], 0);
    expect_is(fastos_write((int)full, buffer, 1), -ENOSPC);
    expect_is(fastos_read((int)random, buffer, 100), 100);
    expect_is(fastos_getrandom(back, 100, 0), 100);
    expect(memcmp(buffer, back, 100) != 0);
    expect_is(fastos_getrandom(BAD, 100, 0), -EFAULT);
    expect_is(fastos_lseek((int)zero, 0, SEEK_SET), -ESPIPE);
    expect_is(fastos_pread((int)zero, buffer, 1, 0), -ESPIPE);
    expect_is(fastos_read((int)zero, BAD, 1), -EFAULT);
    expect_is(fastos_read((int)zero, KERNEL, 1), -EFAULT);
    expect_is(fastos_read((int)zero, (void *)handles, 1), -EFAULT); /* code is read-only */
    expect_is(fastos_fstat((int)zero, &stat), 0);
    expect_is(stat.mode, S_IFCHR | 0666);
    expect_is(stat.special_device, 1 << 8 | 5);
    expect_is(fastos_ioctl((int)zero, 0x1234, NULL), -ENOTTY);
    fastos_close((int)null);
    fastos_close((int)zero);
    fastos_close((int)full);
    fastos_close((int)random);
}

static void reading_and_writing(void)
{
    struct abi_iovec parts[3] = {{(uint64_t)buffer, 3}, {0, 0}, {(uint64_t)buffer + 3, 4}};
    long fd = open_(T "f", O_CREAT | O_EXCL | O_RDWR);

    expect(fd >= 0);
    for (unsigned i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i * 31 % 253);
    expect_is(fastos_write((int)fd, buffer, sizeof(buffer)), sizeof(buffer));
    expect_is(fastos_lseek((int)fd, 0, SEEK_CUR), sizeof(buffer));
    expect_is(fastos_pread((int)fd, back, sizeof(back), 0), sizeof(buffer));
    expect_is(memcmp(buffer, back, sizeof(back)), 0);
    expect_is(fastos_pwrite((int)fd, "xyz", 3, 10), 3);
    expect_is(fastos_pread((int)fd, back, 5, 9), 5);
    expect(back[0] == buffer[9] && back[1] == 'x' && back[3] == 'z' && back[4] == buffer[13]);
    expect_is(fastos_pread((int)fd, back, 5, -1), -EINVAL);
    expect_is(fastos_pwrite((int)fd, back, 5, -1), -EINVAL);
    expect_is(fastos_pread((int)fd, back, 5, 0x7fffffffffffffff), 0);
    expect_is(fastos_pwrite((int)fd, back, 5, 0x7fffffffffffffff), -EFBIG);
    expect_is(fastos_lseek((int)fd, 0, SEEK_SET), 0);
    expect_is(fastos_readv((int)fd, parts, 3), 7);
    expect_is(fastos_lseek((int)fd, 0, SEEK_CUR), 7);
    expect_is(fastos_writev((int)fd, parts, 3), 7);
    expect_is(fastos_readv((int)fd, parts, -1), -EINVAL);
    expect_is(fastos_readv((int)fd, parts, IOV_MAX + 1), -EINVAL);
    expect_is(fastos_readv((int)fd, BAD, 1), -EFAULT);
    parts[1].size = -1ul;
    expect_is(fastos_readv((int)fd, parts, 3), -EINVAL);
    parts[1] = (struct abi_iovec){0x10, 1};
    expect_is(fastos_readv((int)fd, parts, 3), 3);
    expect_is(fastos_write((int)fd, BAD, 10), -EFAULT);
    expect_is(fastos_write((int)fd, KERNEL, 10), -EFAULT);
    expect_is(fastos_write((int)fd, buffer, 0), 0);
    expect_is(fastos_write((int)fd, BAD, 0), 0);
    expect_is(fastos_lseek((int)fd, -1, SEEK_SET), -EINVAL);
    expect_is(fastos_lseek((int)fd, 0, 77), -EINVAL);
    expect_is(fastos_lseek((int)fd, -1, SEEK_END), sizeof(buffer) - 1);
    expect_is(fastos_read((int)fd, back, 100), 1);
    expect_is(fastos_ftruncate((int)fd, 5), 0);
    expect_is(fastos_ftruncate((int)fd, -1), -EINVAL);
    expect_is(fastos_fstat((int)fd, &stat), 0);
    expect_is(stat.size, 5);
    expect_is(stat.mode, S_IFREG | 0644);
    expect_is(fastos_fstat((int)fd, BAD), -EFAULT);
    expect_is(fastos_fstat((int)fd, KERNEL), -EFAULT);
    expect_is(fastos_fsync((int)fd), 0);
    expect_is(fastos_truncate(T "f", 100000), 0);
    expect_is(fastos_truncate(T "f", -1), -EINVAL);
    expect_is(fastos_truncate("/tmp", 0), -EISDIR);
    expect_is(fastos_truncate(BAD, 0), -EFAULT);
    fastos_close((int)fd);
    expect_is(fastos_read((int)fd, back, 1), -EBADF);
}

/* A transfer that runs out of the memory that is there moves what it can. */
static void edges_of_memory(void)
{
    char *at = fresh_pages(2);
    long zero = open_("/dev/zero", O_RDONLY), fd = open_(T "edge", O_CREAT | O_RDWR);

    expect_is(fastos_munmap(at + PAGE, PAGE), 0);
    expect_is(fastos_read((int)zero, at + PAGE - 1, 1), 1);
    expect_is(fastos_read((int)zero, at + PAGE - 1, 2), -EFAULT);
    expect_is(fastos_write((int)fd, at, 2 * PAGE), PAGE);
    expect_is(fastos_lseek((int)fd, 0, SEEK_SET), 0);
    expect_is(fastos_write((int)fd, at, PAGE), PAGE);
    expect_is(fastos_write((int)fd, at, PAGE), PAGE);
    expect_is(fastos_pread((int)fd, at, 2 * PAGE, 0), PAGE);
    at[PAGE - 3] = '/';
    at[PAGE - 2] = 't';
    at[PAGE - 1] = 0;
    expect_is(open_(at + PAGE - 3, O_RDONLY), -ENOENT);
    at[PAGE - 1] = 'm';
    expect_is(open_(at + PAGE - 3, O_RDONLY), -EFAULT);
    fastos_close((int)zero);
    fastos_close((int)fd);
    fastos_munmap(at, PAGE);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void paths(void)
{
    char *text = back;

    expect_is(open_(BAD, O_RDONLY), -EFAULT);
    expect_is(open_(NULL, O_RDONLY), -EFAULT);
    expect_is(open_(KERNEL, O_RDONLY), -EFAULT);
    expect_is(open_("", O_RDONLY), -ENOENT);
    expect_is(stat_(T "none"), -ENOENT);
    expect_is(open_(T "f", O_RDONLY | O_ACCMODE), -EINVAL);
    for (unsigned i = 0; i < 5000; i++)
        text[i] = i % 2 ? '.' : '/';
    text[4999] = 0;
    expect_is(open_(text, O_RDONLY), -ENAMETOOLONG);
    text[1001] = 0;
    expect_is(stat_(text), 0);
    expect_is(stat.mode & S_IFMT, S_IFDIR);
    memset(text, 'n', 300);
    text[300] = 0;
    expect_is(stat_(text), -ENAMETOOLONG);
    expect_is(fastos_fstatat(AT_FDCWD, "/", BAD, 0), -EFAULT);
    expect_is(fastos_fstatat(AT_FDCWD, "/", &stat, 0x80000000), -EINVAL);
    long directory = open_("/tmp", O_RDONLY | O_DIRECTORY);
    expect_is(fastos_fstatat((int)directory, "t", &stat, 0), 0);
    expect_is(fastos_fstatat((int)directory, "", &stat, AT_EMPTY_PATH), 0);
    expect_is(fastos_fstatat((int)directory, "", &stat, 0), -ENOENT);
    expect_is(fastos_read((int)directory, back, 1), -EISDIR);
    expect_is(fastos_fchdir((int)directory), 0);
    expect_is(stat_("t"), 0);
    expect_is(fastos_getcwd(text, 5), 5);
    expect(equal(text, "/tmp"));
    expect_is(fastos_getcwd(text, 4), -ERANGE);
    expect_is(fastos_getcwd(text, 0), -EINVAL);
    expect_is(fastos_getcwd(BAD, 100), -EFAULT);
    expect_is(fastos_chdir("/tmp/none"), -ENOENT);
    expect_is(fastos_chdir(T "f"), -ENOTDIR);
    expect_is(fastos_chdir("t"), 0);
    expect_is(stat_("f"), 0);
    expect_is(fastos_chdir("/"), 0);
    fastos_close((int)directory);
    long file = open_(T "f", O_RDONLY);
    expect_is(fastos_fchdir((int)file), -ENOTDIR);
    expect_is(fastos_fstatat((int)file, "x", &stat, 0), -ENOTDIR);
    expect_is(fastos_fstatat((int)file, "/tmp", &stat, 0), 0);
    fastos_close((int)file);
}

static void names_come_and_go(void)
{
    expect_is(fastos_mkdirat(AT_FDCWD, T "d", 0777), 0);
    expect_is(fastos_mkdirat(AT_FDCWD, T "d", 0777), -EEXIST);
    expect_is(fastos_mkdirat(AT_FDCWD, BAD, 0777), -EFAULT);
    expect_is(make(T "d/a"), 0);
    expect_is(fastos_linkat(AT_FDCWD, T "d/a", AT_FDCWD, T "d/b", 0), 0);
    expect_is(stat_(T "d/b"), 0);
    expect_is(stat.links, 2);
    expect_is(fastos_symlinkat("b", AT_FDCWD, T "d/l"), 0);
    expect_is(fastos_symlinkat("", AT_FDCWD, T "d/m"), -ENOENT);
    expect_is(fastos_symlinkat(BAD, AT_FDCWD, T "d/m"), -EFAULT);
    expect_is(stat_(T "d/l"), 0);
    expect_is(stat.mode & S_IFMT, S_IFREG);
    expect_is(fastos_fstatat(AT_FDCWD, T "d/l", &stat, AT_SYMLINK_NOFOLLOW), 0);
    expect_is(stat.mode & S_IFMT, S_IFLNK);
    back[1] = 'x';
    expect_is(fastos_readlinkat(AT_FDCWD, T "d/l", back, 100), 1);
    expect(back[0] == 'b' && back[1] == 'x');
    expect_is(fastos_readlinkat(AT_FDCWD, T "d/l", back, 0), -EINVAL);
    expect_is(fastos_readlinkat(AT_FDCWD, T "d/l", BAD, 10), -EFAULT);
    expect_is(fastos_readlinkat(AT_FDCWD, T "d/a", back, 10), -EINVAL);
    expect_is(fastos_renameat(AT_FDCWD, T "d/a", AT_FDCWD, T "a"), 0);
    expect_is(fastos_renameat(AT_FDCWD, T "d", AT_FDCWD, T "d/x"), -EINVAL);
    expect_is(fastos_renameat(AT_FDCWD, T "d", AT_FDCWD, BAD), -EFAULT);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d", 0), -EISDIR);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d", AT_REMOVEDIR), -ENOTEMPTY);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d/l", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d/b", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d/b", 0), -ENOENT);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d", 1), -EINVAL);
    expect_is(fastos_unlinkat(AT_FDCWD, T "d", AT_REMOVEDIR), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, T "a", 0), 0);
    expect_is(fastos_mknodat(AT_FDCWD, T "null", S_IFCHR | 0666, 1 << 8 | 3), 0);
    long fd = open_(T "null", O_WRONLY);
    expect_is(fastos_write((int)fd, "x", 1), 1);
    fastos_close((int)fd);
    expect_is(fastos_mknodat(AT_FDCWD, T "dir", S_IFDIR | 0666, 0), -EPERM);
    expect_is(fastos_mknodat(AT_FDCWD, T "sock", S_IFSOCK | 0666, 0), -EINVAL);
    expect_is(fastos_mknodat(AT_FDCWD, T "no", S_IFCHR | 0666, 99 << 8), 0);
    expect_is(open_(T "no", O_RDONLY), -ENXIO);
    expect_is(fastos_unlinkat(AT_FDCWD, T "null", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, T "no", 0), 0);
}

static void attributes(void)
{
    struct abi_timespec times[2] = {{1000, 5}, {0, UTIME_OMIT}};

    expect_is(make(T "m"), 0);
    expect_is(fastos_fchmodat(AT_FDCWD, T "m", 0123, 0), 0);
    expect_is(fastos_fchownat(AT_FDCWD, T "m", 7, -1u, 0), 0);
    expect_is(fastos_utimensat(AT_FDCWD, T "m", times, 0), 0);
    expect_is(stat_(T "m"), 0);
    expect_is(stat.mode, S_IFREG | 0123);
    expect_is(stat.uid, 7);
    expect_is(stat.gid, 0);
    expect_is(stat.accessed.seconds, 1000);
    expect_is(stat.accessed.nanoseconds, 5);
    expect(stat.modified.seconds > 1000);
    times[1].nanoseconds = 1000000000;
    expect_is(fastos_utimensat(AT_FDCWD, T "m", times, 0), -EINVAL);
    expect_is(fastos_utimensat(AT_FDCWD, T "m", NULL, 0), 0);
    expect_is(fastos_utimensat(AT_FDCWD, T "m", BAD, 0), -EFAULT);
    expect_is(fastos_faccessat(AT_FDCWD, T "m", R_OK | W_OK | X_OK, 0), 0);
    expect_is(fastos_faccessat(AT_FDCWD, T "m", 8, 0), -EINVAL);
    expect_is(fastos_umask(077), 022);
    expect_is(fastos_umask(022), 077);
    expect_is(fastos_unlinkat(AT_FDCWD, T "m", 0), 0);
}

static int as_another_user(void *unused)
{
    (void)unused;
    expect_is(fastos_setgid(1000), 0);
    expect_is(fastos_setuid(1000), 0);
    expect_is(open_("/tmp/t/f", O_RDONLY) >= 0, 1);
    expect_is(open_("/tmp/t/f", O_WRONLY), -EACCES);
    expect_is(make("/tmp/t/mine"), -EACCES);
    expect_is(make("/tmp/mine"), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, "/tmp/t/f", 0), -EACCES);
    expect_is(fastos_unlinkat(AT_FDCWD, "/tmp/t", AT_REMOVEDIR), -EPERM); /* sticky */
    expect_is(fastos_fchmodat(AT_FDCWD, "/tmp/t/f", 0777, 0), -EPERM);
    expect_is(fastos_fchownat(AT_FDCWD, "/tmp/mine", 0, -1u, 0), -EPERM);
    expect_is(fastos_faccessat(AT_FDCWD, "/tmp/t/f", W_OK, 0), -EACCES);
    expect_is(fastos_mount("x", "/tmp/t", "tmpfs", 0), -EPERM);
    expect_is(fastos_umount("/tmp", 0), -EPERM);
    expect_is(fastos_chroot("/tmp"), -EPERM);
    expect_is(fastos_mknodat(AT_FDCWD, "/tmp/node", S_IFCHR, 0), -EPERM);
    expect_is(fastos_unlinkat(AT_FDCWD, "/tmp/mine", 0), 0);
    return disappointments;
}

static void listing(void)
{
    long fd = open_(T, O_RDONLY | O_DIRECTORY), size;
    unsigned seen = 0;

    expect_is(fastos_getdents((int)fd, back, 10), -EINVAL);
    expect_is(fastos_getdents((int)fd, BAD, 1000), -EFAULT);
    while ((size = fastos_getdents((int)fd, back, 64)) > 0)
        for (long at = 0; at < size; seen++)
            at += ((struct abi_dirent *)(back + at))->length;
    expect_is(size, 0);
    expect_is(seen, 4); /* ".", "..", "f", "edge" */
    expect_is(fastos_lseek((int)fd, 0, SEEK_SET), 0);
    expect(fastos_getdents((int)fd, back, 1000) > 0);
    expect(((struct abi_dirent *)back)->type == DT_DIR);
    fastos_close((int)fd);
}

/* The file is of MNT, which is mounted with the right to run and is so again afterwards. */
static void nothing_runs_from(long fd)
{
    char *const words[] = {"f", NULL};
    long pages;

    expect_is(fastos_ftruncate((int)fd, PAGE), -EINVAL);
    expect_is(fastos_mount("none", T "mnt", "tmpfs", MS_REMOUNT | MS_NOEXEC), 0);
    expect_is(fastos_fchmodat(AT_FDCWD, T "mnt/f", 0755, 0), 0);
    expect_is(fastos_execve(T "mnt/f", words, words + 1), -EACCES);
    expect_is(fastos_mmap_file(NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, (int)fd, 0), -EPERM);
    pages = fastos_mmap_file(NULL, PAGE, PROT_READ, MAP_PRIVATE, (int)fd, 0);
    expect(pages > 0);
    expect_is(fastos_mprotect((void *)pages, PAGE, PROT_READ | PROT_EXEC), -EACCES);
    expect_is(fastos_mount("none", T "mnt", "tmpfs", MS_REMOUNT), 0);
    expect_is(fastos_mprotect((void *)pages, PAGE, PROT_READ | PROT_EXEC), 0);
    expect_is(fastos_munmap((void *)pages, PAGE), 0);
}

static void mounts(void)
{
    struct abi_statfs about;

    expect_is(fastos_mkdirat(AT_FDCWD, T "mnt", 0777), 0);
    expect_is(fastos_mount("none", T "mnt", "nothing", 0), -ENODEV);
    expect_is(fastos_mount("none", T "none", "tmpfs", 0), -ENOENT);
    expect_is(fastos_mount(BAD, T "mnt", "tmpfs", 0), -EFAULT);
    expect_is(fastos_mount("none", BAD, "tmpfs", 0), -EFAULT);
    expect_is(fastos_mount("none", T "mnt", BAD, 0), -EFAULT);
    expect_is(fastos_mount("none", T "mnt", "tmpfs", 0x80000000), -EINVAL);
    expect_is(fastos_mount("/dev/null", T "mnt", "ext2", 0), -ENOTBLK);
    expect_is(fastos_mount("none", T "mnt", "tmpfs", MS_RDONLY), 0);
    expect_is(make(T "mnt/f"), -EROFS);
    expect_is(fastos_statfs(T "mnt", &about), 0);
    expect_is(about.type, 0x01021994);
    expect_is(about.flags, MS_RDONLY);
    expect_is(fastos_statfs(T "mnt", BAD), -EFAULT);
    expect_is(fastos_mount("none", T "mnt", "tmpfs", MS_REMOUNT), 0);
    expect_is(make(T "mnt/f"), 0);
    expect_is(fastos_umount(T "mnt", 77), -EINVAL);
    long fd = open_(T "mnt/f", O_RDONLY);
    nothing_runs_from(fd);
    expect_is(fastos_umount(T "mnt", 0), -EBUSY);
    fastos_close((int)fd);
    expect_is(fastos_umount(T "mnt", 0), 0);
    expect_is(fastos_umount(T "mnt", 0), -EINVAL);
    expect_is(fastos_unlinkat(AT_FDCWD, T "mnt", AT_REMOVEDIR), 0);
    expect_is(fastos_sync(), 0);
}

static int in_a_jail(void *unused)
{
    (void)unused;
    expect_is(fastos_chroot("/tmp/t"), 0);
    expect_is(fastos_chdir("/"), 0);
    expect_is(stat_("/f"), 0);
    expect_is(stat_("/../../f"), 0);
    expect_is(stat_("/tmp"), -ENOENT);
    expect_is(fastos_getcwd(back, 100), 2);
    return disappointments;
}

/* ---- pipes ----------------------------------------------------------------------------------- */

static int ends[2];

static int write_much(void *unused)
{
    (void)unused;
    fastos_close(ends[0]);
    for (unsigned i = 0; i < 20; i++)
        expect_is(fastos_write(ends[1], buffer, sizeof(buffer)), sizeof(buffer));
    return disappointments;
}

static int write_to_nobody(void *unused)
{
    (void)unused;
    fastos_close(ends[0]);
    while (fastos_write(ends[1], buffer, 1000) > 0) /* until the last reader has gone */
        ;
    return 0;
}

static volatile int handled;

static void handler(int signal)
{
    handled = signal;
}

static void pipes(void)
{
    long child, size, total = 0;
    bool same = true;

    expect_is(fastos_pipe(BAD, 0), -EFAULT);
    expect_is(fastos_pipe(ends, 1), -EINVAL);
    expect_is(fastos_pipe(ends, 0), 0);
    for (unsigned i = 0; i < sizeof(buffer); i++)
        buffer[i] = (char)(i % 249);
    child = start(write_much, NULL);
    fastos_close(ends[1]);
    while ((size = fastos_read(ends[0], back, 10007)) > 0) {
        for (long i = 0; i < size; i++)
            same = same && back[i] == buffer[(total + i) % (long)sizeof(buffer)];
        total += size;
    }
    expect_is(size, 0);
    expect_is(total, 20 * sizeof(buffer));
    expect(same);
    expect_is(end_of(child), 0);
    fastos_close(ends[0]);

    expect_is(fastos_pipe(ends, 0), 0);
    child = start(write_to_nobody, NULL);
    fastos_close(ends[0]);
    fastos_close(ends[1]);
    expect_is(end_of(child), 128 + SIGPIPE);

    handle(SIGPIPE, handler, 0);
    expect_is(fastos_pipe(ends, O_NONBLOCK), 0);
    expect_is(fastos_read(ends[0], back, 1), -EAGAIN);
    expect_is(fastos_lseek(ends[0], 0, SEEK_SET), -ESPIPE);
    expect_is(fastos_fstat(ends[0], &stat), 0);
    expect_is(stat.mode & S_IFMT, S_IFIFO);
    expect_is(fastos_write(ends[1], buffer, 65000), 65000);
    expect_is(fastos_write(ends[1], buffer, 1000), -EAGAIN);
    expect_is(fastos_write(ends[1], buffer, 5000), 536);
    fastos_close(ends[0]);
    expect_is(fastos_write(ends[1], "x", 1), -EPIPE);
    expect_is(handled, SIGPIPE);
    fastos_close(ends[1]);
}

static int open_fifo(void *unused)
{
    (void)unused;
    long fd = open_(T "fifo", O_WRONLY);

    expect_is(fastos_write((int)fd, "hello", 5), 5);
    return disappointments;
}

static void fifos(void)
{
    expect_is(fastos_mknodat(AT_FDCWD, T "fifo", S_IFIFO | 0666, 0), 0);
    expect_is(open_(T "fifo", O_WRONLY | O_NONBLOCK), -ENXIO);
    long child = start(open_fifo, NULL);
    long fd = open_(T "fifo", O_RDONLY);
    expect(fd >= 0);
    expect_is(fastos_read((int)fd, back, 100), 5);
    expect_is(fastos_read((int)fd, back, 100), 0);
    expect_is(end_of(child), 0);
    fastos_close((int)fd);
    expect_is(fastos_unlinkat(AT_FDCWD, T "fifo", 0), 0);
}

/* ---- poll ------------------------------------------------------------------------------------ */

static int write_later(void *unused)
{
    struct abi_timespec moment = {0, 20000000};

    (void)unused;
    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    fastos_write(ends[1], "x", 1);
    return 0;
}

static void polling(void)
{
    struct abi_timespec none = {0, 0}, moment = {0, 10000000}, wrong = {0, -1};
    struct abi_pollfd many[40];

    expect_is(fastos_pipe(ends, 0), 0);
    struct abi_pollfd files[4] = {{ends[0], POLLIN, 9}, {ends[1], POLLOUT, 9}, {-1, POLLIN, 9},
                                  {3000, POLLIN, 9}};
    expect_is(fastos_poll(files, 4, &none, NULL), 2);
    expect(files[0].revents == 0 && files[1].revents == POLLOUT);
    expect(files[2].revents == 0 && files[3].revents == POLLNVAL);
    expect_is(fastos_poll(files, 1, &none, NULL), 0);
    expect_is(fastos_poll(files, 1, &moment, NULL), 0);
    expect_is(fastos_poll(NULL, 0, &moment, NULL), 0);
    expect_is(fastos_poll(BAD, 1, &none, NULL), -EFAULT);
    expect_is(fastos_poll(files, -1u, &none, NULL), -EINVAL);
    expect_is(fastos_poll(files, 1, &wrong, NULL), -EINVAL);
    expect_is(fastos_poll(files, 1, BAD, NULL), -EFAULT);
    expect_is(fastos_poll(files, 1, &none, BAD), -EFAULT);
    long child = start(write_later, NULL);
    for (unsigned i = 0; i < 40; i++)
        many[i] = (struct abi_pollfd){ends[0], POLLIN, 0};
    expect_is(fastos_poll(many, 40, NULL, NULL), 40);
    expect_is(many[39].revents, POLLIN);
    expect_is(fastos_read(ends[0], back, 1), 1);
    expect_is(end_of(child), 0);
    fastos_close(ends[1]);
    expect_is(fastos_poll(files, 1, NULL, NULL), 1);
    expect_is(files[0].revents, POLLHUP);
    fastos_close(ends[0]);
}

/* ---- memory as a file ------------------------------------------------------------------------ */

static void memory_files(void)
{
    long fd = fastos_memfd_create("name", MFD_CLOEXEC);

    expect(fd >= 0);
    expect_is(fastos_memfd_create(BAD, 0), -EFAULT);
    expect_is(fastos_memfd_create("x", 77), -EINVAL);
    expect_is(fastos_ftruncate((int)fd, 3 * (long)PAGE), 0);
    char *at = (char *)fastos_mmap_file(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED,
                                        (int)fd, 0);
    expect((long)at > 0);
    expect_is(fastos_fstat((int)fd, &stat), 0);
    expect_is(stat.sectors, 0); /* holes */
    at[2 * PAGE] = 'm';
    expect_is(fastos_fstat((int)fd, &stat), 0);
    expect_is(stat.sectors, PAGE / 512);
    expect_is(fastos_pread((int)fd, back, 1, 2 * (long)PAGE), 1);
    expect_is(back[0], 'm');
    expect_is(fastos_pwrite((int)fd, "w", 1, 5), 1);
    expect_is(at[5], 'w');
    expect_is(fastos_munmap(at, 3 * PAGE), 0);
    fastos_close((int)fd);
}

static void sealed_memory(void)
{
    long fd = fastos_memfd_create("sealed", MFD_ALLOW_SEALING);
    long plain = fastos_memfd_create("plain", 0), disk = fastos_open("/README.txt", O_RDONLY);

    expect_is(fastos_fcntl((int)fd, F_GET_SEALS, 0), 0);
    expect_is(fastos_ftruncate((int)fd, 2 * (long)PAGE), 0);
    expect_is(fastos_fcntl((int)fd, F_ADD_SEALS, 64), -EINVAL);
    expect_is(fastos_fcntl((int)fd, F_ADD_SEALS, F_SEAL_SHRINK), 0);
    expect_is(fastos_fcntl((int)fd, F_GET_SEALS, 0), F_SEAL_SHRINK);
    expect_is(fastos_ftruncate((int)fd, PAGE), -EPERM);
    expect_is(fastos_ftruncate((int)fd, 2 * (long)PAGE), 0);
    expect_is(fastos_ftruncate((int)fd, 3 * (long)PAGE), 0);

    expect_is(fastos_fcntl((int)fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SEAL), 0);
    expect_is(fastos_ftruncate((int)fd, 4 * (long)PAGE), -EPERM);
    expect_is(fastos_pwrite((int)fd, "end", 3, 3 * (long)PAGE - 3), 3);
    expect_is(fastos_pwrite((int)fd, "end", 3, 3 * (long)PAGE - 2), 2); /* what has room */
    expect_is(fastos_pwrite((int)fd, "end", 3, 3 * (long)PAGE), -EPERM);
    expect_is(fastos_fcntl((int)fd, F_ADD_SEALS, F_SEAL_SHRINK), -EPERM);
    expect_is(fastos_fcntl((int)fd, F_GET_SEALS, 0), F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);

    expect_is(fastos_fcntl((int)plain, F_GET_SEALS, 0), F_SEAL_SEAL);
    expect_is(fastos_fcntl((int)plain, F_ADD_SEALS, F_SEAL_SHRINK), -EPERM);
    expect_is(fastos_fcntl((int)disk, F_GET_SEALS, 0), -EINVAL);
    expect_is(fastos_fcntl((int)disk, F_ADD_SEALS, F_SEAL_SHRINK), -EINVAL);
    expect_is(fastos_fcntl(77, F_ADD_SEALS, F_SEAL_SHRINK), -EBADF);
    fastos_close((int)fd);
    fastos_close((int)plain);
    fastos_close((int)disk);
}

/* ---- the log --------------------------------------------------------------------------------- */

static void say(int fd, const char *line)
{
    expect_is(fastos_write(fd, line, length(line)), length(line));
}

static int say_nothing(void *argument)
{
    (void)argument;
    expect_is(fastos_setuid(77), 0);
    expect_is(open_("/dev/kmsg", O_WRONLY), -EACCES);
    return 0;
}

static void log_lines(void)
{
    static char long_line[5000];
    int fd = (int)open_("/dev/kmsg", O_RDWR);

    expect(fd >= 0);
    say(fd, "files: a line of a program\n");
    say(fd, "no area: in this one");
    say(fd, "files: \x1b[2J\r\nforged: line\n");
    say(fd, "");
    memset(long_line, 'x', sizeof(long_line));
    expect_is(fastos_write(fd, long_line, sizeof(long_line)), sizeof(long_line));
    expect_is(fastos_write(fd, BAD, 10), -EFAULT);
    expect(fastos_read(fd, back, 10) < 0);
    for (unsigned i = 0; i < 1000; i++)
        say(fd, "files: many\n");
    fastos_close(fd);
    expect_is(status_of(say_nothing, NULL), 0);
}

/* ---- /proc ----------------------------------------------------------------------------------- */

static long read_file(const char *path)
{
    long fd = open_(path, O_RDONLY), size = 0, now = 1;

    if (fd < 0)
        return fd;
    while (now > 0 && size < (long)sizeof(back) - 1) {
        now = fastos_read((int)fd, back + size, sizeof(back) - 1 - (size_t)size);
        size += now > 0 ? now : 0;
    }
    back[size] = 0;
    fastos_close((int)fd);
    return now < 0 ? now : size;
}

static bool has(const char *text)
{
    size_t size = length(text);

    for (size_t i = 0; back[i]; i++)
        if (memcmp(back + i, text, size) == 0)
            return true;
    return false;
}

static int sleep_long(void *unused)
{
    struct abi_timespec moment = {5, 0};

    (void)unused;
    fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    return 0;
}

static void number_into(char *to, long number)
{
    char digits[20];
    int count = 0;

    for (; number; number /= 10)
        digits[count++] = (char)('0' + number % 10);
    while (count > 0)
        *to++ = digits[--count];
    *to = 0;
}

/* It may not have come to its sleep yet. */
static bool is_seen_asleep(const char *path)
{
    struct abi_timespec moment = {0, 1000000};

    for (int i = 0; i < 5000; i++) {
        if (read_file(path) > 0 && has(") S "))
            return true;
        fastos_clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
    }
    return false;
}

static void processes_as_files(void)
{
    char path[64] = "/proc/", *number = path + 6, *behind;
    long child = start(sleep_long, NULL);

    number_into(number, child);
    behind = path + length(path);
    memcpy(behind, "/stat", 6);
    expect(is_seen_asleep(path));
    expect(memcmp(back, number, (size_t)(behind - number)) == 0);
    memcpy(behind, "/status", 8);
    expect(read_file(path) > 0);
    expect(has("State:\tS (sleeping)"));
    memcpy(behind, "/fd", 4);
    long fd = open_(path, O_RDONLY | O_DIRECTORY);
    expect(fd >= 0);
    fastos_kill(child, SIGKILL);
    expect_is(end_of(child), 128 + SIGKILL);
    expect(fastos_getdents((int)fd, back, 1000) >= 0);
    fastos_close((int)fd);
    memcpy(behind, "/stat", 6);
    expect_is(read_file(path), -ENOENT);
}

static void proc(void)
{
    static const char *const files[] = {"mounts", "filesystems", "meminfo", "uptime", "stat",
                                        "version",
                                        "interrupts", "cmdline", "cpuinfo", "kmsg", "slabinfo", "loadavg"};
    char path[64] = "/proc/";

    for (unsigned i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        memcpy(path + 6, files[i], length(files[i]) + 1);
        expect(read_file(path) > 0);
    }
    expect(read_file("/proc/mounts") > 0);
    expect(has(" / ext2 rw") && has(" /tmp tmpfs rw") && has(" /proc proc rw"));
    expect(read_file("/proc/meminfo") > 0);
    expect(has("MemTotal:") && has("MemFree:"));
    expect(open_("/proc/meminfo", O_WRONLY) >= 0); /* user 0 may, but nothing can be written */
    fastos_close(3);
    expect_is(make("/proc/new"), -EPERM);
    expect_is(stat_("/proc/1"), 0);
    expect_is(stat_("/proc/01"), -ENOENT);
    expect_is(stat_("/proc/99999999999999999999"), -ENOENT);
    expect(read_file("/proc/self/stat") > 0);
    expect(has("(files) R"));
    expect(read_file("/proc/self/maps") > 0);
    expect(has(" r-xp ") && has(" rw-p "));
    long fd = open_(T "f", O_RDONLY);
    memcpy(path, "/proc/self/fd/", 15);
    number_into(path + 14, fd);
    expect_is(fastos_readlinkat(AT_FDCWD, path, back, 100), 8);
    expect(memcmp(back, "/tmp/t/f", 8) == 0);
    expect_is(stat_(path), 0);
    expect_is(stat.mode & S_IFMT, S_IFREG);
    long again = open_(path, O_RDWR | O_CREAT);
    expect(again >= 0);
    fastos_close((int)again);
    fastos_close((int)fd);
    expect_is(stat_(path), -ENOENT);
    expect_is(stat_("/proc/self/cwd/tmp/t"), 0);
    fd = open_("/proc", O_RDONLY | O_DIRECTORY);
    long all = fastos_getdents((int)fd, back, sizeof(back)), seen = 0, counted = 0, size;
    for (long at = 0; at < all; seen++)
        at += ((struct abi_dirent *)(back + at))->length;
    fastos_lseek((int)fd, 0, SEEK_SET);
    while ((size = fastos_getdents((int)fd, back, 40)) > 0)
        for (long at = 0; at < size; counted++)
            at += ((struct abi_dirent *)(back + at))->length;
    expect_is(counted, seen);
    expect(seen > 14);
    fastos_close((int)fd);
    processes_as_files();
}

int main_test(void)
{
    expect_is(fastos_mkdirat(AT_FDCWD, "/tmp/t", 0755), 0);
    handles();
    all_handles();
    devices();
    reading_and_writing();
    edges_of_memory();
    paths();
    listing();
    names_come_and_go();
    attributes();
    expect_is(status_of(as_another_user, NULL), 0);
    mounts();
    expect_is(status_of(in_a_jail, NULL), 0);
    pipes();
    fifos();
    polling();
    memory_files();
    sealed_memory();
    log_lines();
    proc();
    expect_is(fastos_unlinkat(AT_FDCWD, T "f", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, T "edge", 0), 0);
    expect_is(fastos_unlinkat(AT_FDCWD, "/tmp/t", AT_REMOVEDIR), 0);
    print("files: done\n");
    return 0;
}
