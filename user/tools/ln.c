#include <errno.h>
#include <sys/stat.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/tools/common/copy.h"
#include "user/tools/tool.h"

static bool symbolic, force, verbose;

static int one(const char *from, const char *to)
{
    int error = symbolic ? symlink(from, to) : link(from, to);

    if (error && errno == EEXIST && force && unlink(to) == 0)
        error = symbolic ? symlink(from, to) : link(from, to);
    if (error)
        return failed("%s to %s", to, from);
    if (verbose)
        printf("%s -> %s\n", to, from);
    return 0;
}

static int ln(struct words *words)
{
    bool plain_target = false;

    for (int c; (c = option(words, "sfvn"));) {
        symbolic |= c == 's';
        force |= c == 'f';
        verbose |= c == 'v';
        plain_target |= c == 'n';
    }
    need_operands(words, 1, -1);
    if (words->count == 1) {
        char *pair[] = {words->at[0], (char[]){"."}};

        return each_target(2, pair, one) | finish_output();
    }
    if (plain_target && words->count == 2) {
        struct stat about;

        if (lstat(words->at[1], &about) == 0 && S_ISLNK(about.st_mode))
            return one(words->at[0], words->at[1]) | finish_output();
    }
    return each_target(words->count, words->at, one) | finish_output();
}

TOOL(ln, "ln", "[-sfnv] TARGET… NAME", "make links",
     "  -s  symbolic ones\n"
     "  -f  replace what has the name; -n: even when it is a link to a directory\n"
     "  -v  say what it makes\n")
