#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/tool.h"

static bool recursive, force, ask, verbose;

static int take_away(struct visit *visit, void *data)
{
    bool directory = S_ISDIR(visit->about->st_mode);

    (void)data;
    if (directory && !visit->after) {
        visit->skip = ask && !confirmed("go into directory %s", visit->path);
        return 0;
    }
    if (visit->skip || (ask && !confirmed("remove %s", visit->path)))
        return 0;
    if (directory ? rmdir(visit->path) : unlink(visit->path))
        return failed("%s", visit->path);
    if (verbose)
        printf("%s\n", visit->path);
    return 0;
}

static int one(const char *path)
{
    const char *name = base_name(path);
    size_t length = strcspn(name, "/");
    struct stat about;

    if (length == 0 || (length <= 2 && strspn(name, ".") == length))
        return wrong("%s: not to be removed", *path ? path : "''");
    if (lstat(path, &about))
        return force && errno == ENOENT ? 0 : failed("%s", path);
    if (S_ISDIR(about.st_mode) && !recursive)
        return wrong("%s is a directory (-r removes it)", path);
    return walk_tree(path, 0, take_away, NULL);
}

static int rm(struct words *words)
{
    int status = 0;

    for (int c; (c = option(words, "rRfiv"));) {
        recursive |= c == 'r' || c == 'R';
        force = c == 'f' || (force && c != 'i');
        ask = c == 'i' || (ask && c != 'f');
        verbose |= c == 'v';
    }
    need_operands(words, force ? 0 : 1, -1);
    for (int i = 0; i < words->count; i++)
        status |= one(words->at[i]);
    return status | finish_output();
}

TOOL(rm, "rm", "[-rfiv] FILE…", "remove files",
     "  -r  directories with all that is in them\n"
     "  -f  what is not there is no error; -i asks before each; -v says what it removes\n")
