#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/common/copy.h"
#include "user/tools/tool.h"

static bool ask, keep_old, verbose;

static int remove_one(struct visit *visit, void *data)
{
    (void)data;
    if (S_ISDIR(visit->about->st_mode) && !visit->after)
        return 0;
    if (S_ISDIR(visit->about->st_mode) ? rmdir(visit->path) : unlink(visit->path))
        return failed("%s", visit->path);
    return 0;
}

/* Between file systems: a copy, then the original goes. */
static int move_by_copy(const char *from, const char *to)
{
    static const struct copying how = {.recursive = true, .keep = true, .force = true};

    if (copy_tree(from, to, &how))
        return 1;
    return walk_tree(from, 0, remove_one, NULL);
}

static int one(const char *from, const char *to)
{
    struct stat about, other;
    int status = 0;

    if (lstat(from, &about))
        return failed("%s", from);
    if (lstat(to, &other) == 0) {
        if (about.st_dev == other.st_dev && about.st_ino == other.st_ino)
            return wrong("%s and %s are the same file", from, to);
        if (keep_old || (ask && !confirmed("replace %s", to)))
            return 0;
    }
    if (rename(from, to))
        status = errno == EXDEV ? move_by_copy(from, to) : failed("%s to %s", from, to);
    if (!status && verbose)
        printf("%s -> %s\n", from, to);
    return status;
}

static int mv(struct words *words)
{
    for (int c; (c = option(words, "finv"));) {
        ask = c == 'i' || (ask && c != 'f');
        keep_old |= c == 'n';
        verbose |= c == 'v';
    }
    need_operands(words, 2, -1);
    return each_target(words->count, words->at, one) | finish_output();
}

TOOL(mv, "mv", "[-finv] FROM… TO", "move or rename files",
     "  -i  ask before replacing; -n never replace; -f replace (the usual way)\n"
     "  -v  say what it moves\n")
