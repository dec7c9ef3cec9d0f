#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static const char *kind(const struct stat *about)
{
    switch (about->st_mode & S_IFMT) {
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symbolic link";
    case S_IFCHR:
        return "character special file";
    case S_IFBLK:
        return "block special file";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default:
        return about->st_size ? "regular file" : "regular empty file";
    }
}

static void put_time(const char *name, const struct timespec *when)
{
    char text[64] = "?";
    struct tm *parts = localtime(&when->tv_sec);

    if (parts)
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", parts);
    printf("%s: %s.%09ld\n", name, text, when->tv_nsec);
}

static void put(const char *path, const struct stat *about)
{
    char mode[11], user[32], group[32];

    mode_text(about->st_mode, mode);
    printf("  File: %s\n  Size: %-10lld\tBlocks: %-10lld IO Block: %-6ld %s\n", path,
           (long long)about->st_size, (long long)about->st_blocks, (long)about->st_blksize,
           kind(about));
    printf("Device: %u,%u\tInode: %-11llu Links: %llu", (unsigned)major(about->st_dev),
           (unsigned)minor(about->st_dev), (unsigned long long)about->st_ino,
           (unsigned long long)about->st_nlink);
    if (S_ISCHR(about->st_mode) || S_ISBLK(about->st_mode))
        printf("     Device type: %u,%u", (unsigned)major(about->st_rdev),
               (unsigned)minor(about->st_rdev));
    printf("\nAccess: (%04o/%s)  Uid: (%5u/%8s)   Gid: (%5u/%8s)\n",
           (unsigned)about->st_mode & 07777, mode, (unsigned)about->st_uid,
           user_text(about->st_uid, user), (unsigned)about->st_gid,
           group_text(about->st_gid, group));
    put_time("Access", &about->st_atim);
    put_time("Modify", &about->st_mtim);
    put_time("Change", &about->st_ctim);
}

/* -c: the letters of coreutils that are wanted most. */
static void put_format(const char *format, const char *path, const struct stat *about)
{
    char text[32];

    for (; *format; format++) {
        if (*format != '%' || !format[1]) {
            putchar(*format);
            continue;
        }
        switch (*++format) {
        case 'n':
            fputs(path, stdout);
            break;
        case 's':
            printf("%lld", (long long)about->st_size);
            break;
        case 'a':
            printf("%o", (unsigned)about->st_mode & 07777);
            break;
        case 'A':
            mode_text(about->st_mode, text);
            fputs(text, stdout);
            break;
        case 'F':
            fputs(kind(about), stdout);
            break;
        case 'i':
            printf("%llu", (unsigned long long)about->st_ino);
            break;
        case 'h':
            printf("%llu", (unsigned long long)about->st_nlink);
            break;
        case 'u':
            printf("%u", (unsigned)about->st_uid);
            break;
        case 'U':
            fputs(user_text(about->st_uid, text), stdout);
            break;
        case 'g':
            printf("%u", (unsigned)about->st_gid);
            break;
        case 'b':
            printf("%lld", (long long)about->st_blocks);
            break;
        case 'Y':
            printf("%lld", (long long)about->st_mtim.tv_sec);
            break;
        case '%':
            putchar('%');
            break;
        default:
            die("%%%c: not one of nsaAFihuUgbY%%", *format);
        }
    }
    putchar('\n');
}

TOOL(stat, "[-L] [-c FORMAT] PATH …",
     "All that is known of files.\n"
     "  -L  of what links stand for\n"
     "  -c  %n name, %s size, %a mode, %A in letters, %F kind, %i inode, %h links, %u %U user, %g "
     "group,\n"
     "      %b sectors, %Y seconds of change\n")
{
    bool follow = false;
    const char *format = NULL;
    struct stat about;
    int letter;

    while ((letter = option(count, words, "Lc:")) != -1) {
        follow |= letter == 'L';
        format = letter == 'c' ? optarg : format;
    }
    if (optind == count)
        usage();
    for (int i = optind; i < count; i++) {
        if (follow ? stat(words[i], &about) : lstat(words[i], &about))
            complain_of(words[i]);
        else if (format)
            put_format(format, words[i], &about);
        else
            put(words[i], &about);
    }
    return 0;
}
