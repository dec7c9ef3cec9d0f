#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "user/tools/common/mounts.h"
#include "user/tools/tool.h"

static bool human_, inodes, all;

static void print_size(uint64_t bytes)
{
    char text[HUMAN_BYTES];

    if (human_)
        printf(" %9s", human(bytes, text));
    else
        printf(" %9llu", (unsigned long long)bytes / 1024);
}

static void print_line(const struct mount_entry *mount, const struct statvfs *about)
{
    uint64_t block = about->f_frsize ? about->f_frsize : about->f_bsize;
    uint64_t whole = inodes ? about->f_files : about->f_blocks;
    uint64_t left = inodes ? about->f_ffree : about->f_bfree, used = whole - left;
    uint64_t reach = inodes ? whole : used + about->f_bavail;

    printf("%-12s", mount->source);
    if (inodes)
        printf(" %9llu %9llu %9llu", (unsigned long long)whole, (unsigned long long)used,
               (unsigned long long)left);
    else {
        print_size(whole * block);
        print_size(used * block);
        print_size(about->f_bavail * block);
    }
    if (reach)
        printf(" %4llu%%", (unsigned long long)(used * 100 + reach - 1) / reach);
    else
        printf("     -");
    printf(" %s\n", mount->target);
}

static int one(const struct mount_entry *mount, bool named)
{
    struct statvfs about;

    if (statvfs(mount->target, &about))
        return named ? failed("%s", mount->target) : 0;
    if (about.f_blocks > 0 || named || all)
        print_line(mount, &about);
    return 0;
}

/* The mount that a file is on: the one whose top is on the same device. */
static int of_file(const struct mounts *mounts, const char *path)
{
    struct stat about, top;

    if (stat(path, &about))
        return failed("%s", path);
    for (size_t i = mounts->count; i-- > 0;)
        if (stat(mounts->at[i].target, &top) == 0 && top.st_dev == about.st_dev)
            return one(&mounts->at[i], true);
    return wrong("%s: its file system is not in the list of mounts", path);
}

static int df(struct words *words)
{
    struct mounts mounts;
    int status = 0;

    for (int c; (c = option(words, "hika"));) {
        human_ |= c == 'h';
        inodes |= c == 'i';
        all |= c == 'a';
    }
    if (mounts_read(&mounts))
        return 1;
    printf("%-12s %9s %9s %9s %5s %s\n", "Source", inodes ? "Inodes" : human_ ? "Size" : "KiB",
           "Used", inodes ? "Free" : "Available", "Use", "Mounted on");
    for (size_t i = 0; words->count == 0 && i < mounts.count; i++)
        status |= one(&mounts.at[i], false);
    for (int i = 0; i < words->count; i++)
        status |= of_file(&mounts, words->at[i]);
    mounts_free(&mounts);
    return status | finish_output();
}

TOOL(df, "df", "[-hia] [FILE…]", "print how full file systems are, in KiB",
     "  -h  as 1.4K; -i inodes; -a those without blocks, too\n")
