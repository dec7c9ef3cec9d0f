#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

static const char *type_text(mode_t mode)
{
    static const struct {
        mode_t type;
        const char *text;
    } types[] = {{S_IFREG, "regular file"}, {S_IFDIR, "directory"},  {S_IFLNK, "symbolic link"},
                 {S_IFIFO, "FIFO"},         {S_IFSOCK, "socket"},    {S_IFCHR, "character device"},
                 {S_IFBLK, "block device"}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if ((mode & S_IFMT) == types[i].type)
            return types[i].text;
    return "unknown";
}

static void print_time(const char *what, const struct timespec *time)
{
    char text[40];
    struct tm *parts = localtime(&time->tv_sec);

    if (parts && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", parts))
        printf("%8s  %s.%09ld\n", what, text, (long)time->tv_nsec);
}

static void print_name(const char *path, const struct stat *about)
{
    char target[4096];
    ssize_t length = S_ISLNK(about->st_mode) ? readlink(path, target, sizeof(target)) : -1;

    printf("    File  %s", path);
    if (length >= 0)
        printf(" -> %.*s", (int)length, target);
    putchar_unlocked('\n');
}

static int one(const char *path, bool follow)
{
    struct stat about;
    char mode[11];

    if (follow ? stat(path, &about) : lstat(path, &about))
        return failed("%s", path);
    print_name(path, &about);
    printf("    Type  %s", type_text(about.st_mode));
    if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode))
        printf(" %u, %u", (unsigned)major(about.st_rdev), (unsigned)minor(about.st_rdev));
    printf("\n    Size  %llu bytes, %llu sectors, blocks of %lu\n",
           (unsigned long long)about.st_size, (unsigned long long)about.st_blocks,
           (unsigned long)about.st_blksize);
    printf("   Inode  %llu on device %u, %u; %lu link%s\n", (unsigned long long)about.st_ino,
           (unsigned)major(about.st_dev), (unsigned)minor(about.st_dev),
           (unsigned long)about.st_nlink, about.st_nlink == 1 ? "" : "s");
    printf("    Mode  %04o %s\n", (unsigned)about.st_mode & 07777, mode_text(about.st_mode, mode));
    printf("   Owner  %s (%u), group %s (%u)\n", user_text(about.st_uid), (unsigned)about.st_uid,
           group_text(about.st_gid), (unsigned)about.st_gid);
    print_time("Access", &about.st_atim);
    print_time("Modify", &about.st_mtim);
    print_time("Change", &about.st_ctim);
    return 0;
}

static int stat_(struct words *words)
{
    bool follow = false;
    int status = 0;

    for (int c; (c = option(words, "L"));)
        follow |= c == 'L';
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++)
        status |= one(words->at[i], follow);
    return status | finish_output();
}

TOOL(stat_, "stat", "[-L] FILE…", "print all that is known about files",
     "  -L  about what a link points at\n")
