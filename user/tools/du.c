#include <stdlib.h>
#include <sys/stat.h>

#include "user/tools/tool.h"

static bool all, summary, human_, total;
static long most_depth = -1;
static uint64_t grand_total;

/* What each directory on the way has below it, in sectors. */
static uint64_t *sums;
static size_t sums_room;

/* Files with several links count once. */
static struct seen {
    dev_t device;
    ino_t inode;
} *seen;
static size_t seen_count;

static bool is_new(const struct stat *about)
{
    if (S_ISDIR(about->st_mode) || about->st_nlink < 2)
        return true;
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].inode == about->st_ino && seen[i].device == about->st_dev)
            return false;
    if (seen_count % 64 == 0)
        seen = take_more(seen, (seen_count + 64) * sizeof(*seen));
    seen[seen_count++] = (struct seen){about->st_dev, about->st_ino};
    return true;
}

static void print(uint64_t sectors, const char *path)
{
    char text[HUMAN_BYTES];

    if (human_)
        printf("%s\t%s\n", human(sectors * 512, text), path);
    else
        printf("%llu\t%s\n", (unsigned long long)(sectors + 1) / 2, path);
}

static void need_sums(size_t depth)
{
    if (depth < sums_room)
        return;
    sums = take_more(sums, (depth + 64) * sizeof(*sums));
    sums_room = depth + 64;
}

static int one(struct visit *visit, void *data)
{
    size_t depth = (size_t)visit->depth;
    bool directory = S_ISDIR(visit->about->st_mode);
    bool shown = depth == 0 || ((directory || all) && !summary
                                && (most_depth < 0 || (long)depth <= most_depth));

    (void)data;
    need_sums(depth + 1);
    if (directory && !visit->after) {
        sums[depth + 1] = 0;
        return 0;
    }
    uint64_t sectors = is_new(visit->about) ? (uint64_t)visit->about->st_blocks : 0;

    if (directory)
        sectors += sums[depth + 1];
    if (depth > 0)
        sums[depth] += sectors;
    else
        grand_total += sectors;
    if (shown)
        print(sectors, visit->path);
    return 0;
}

static int du(struct words *words)
{
    unsigned how = 0;
    int status = 0;

    for (int c; (c = option(words, "ashkcxd:"));) {
        all |= c == 'a';
        summary |= c == 's';
        human_ |= c == 'h';
        total |= c == 'c';
        how |= c == 'x' ? WALK_ONE_DEVICE : 0;
        if (c == 'd')
            most_depth = (long)need_number(option_value, "-d");
    }
    if (words->count == 0)
        status = walk_tree(".", how, one, NULL);
    for (int i = 0; i < words->count; i++)
        status |= walk_tree(words->at[i], how, one, NULL);
    if (total)
        print(grand_total, "total");
    free(sums);
    free(seen);
    return status | finish_output();
}

TOOL(du, "du", "[-ashcx] [-d DEPTH] [FILE…]", "print how much of the disk directories occupy, in KiB",
     "  -a  files, too; -s what was named alone; -d: not deeper than that\n"
     "  -h  as 1.4K; -c with a total; -x not into other file systems\n")
