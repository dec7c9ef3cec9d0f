/* Tools that take paths apart and put them together. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/tool.h"

static void cut_slashes(char *path)
{
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
        path[length - 1] = '\0';
}

static void print_base(char *path, const char *suffix)
{
    cut_slashes(path);
    char *name = path[0] == '/' && !path[1] ? path : path + (base_name(path) - path);
    size_t length = strlen(name), end = suffix ? strlen(suffix) : 0;

    if (end && end < length && strcmp(name + length - end, suffix) == 0)
        name[length - end] = '\0';
    puts(name);
}

static int basename_(struct words *words)
{
    const char *suffix = NULL;
    bool several = false;

    for (int c; (c = option(words, "as:"));) {
        several = true;
        suffix = c == 's' ? option_value : suffix;
    }
    need_operands(words, 1, several ? -1 : 2);
    if (!several && words->count == 2)
        suffix = words->at[1];
    for (int i = 0; i < (several ? words->count : 1); i++)
        print_base(words->at[i], suffix);
    return finish_output();
}

TOOL(basename_, "basename", "PATH [SUFFIX] | -a [-s SUFFIX] PATH…", "print the last part of a path",
     "  -a  of several; -s without this at the end\n")

static int dirname_(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++) {
        char *path = words->at[i], *slash;

        cut_slashes(path);
        slash = strrchr(path, '/');
        if (slash)
            slash[slash == path] = '\0';
        if (slash)
            cut_slashes(path);
        puts(slash ? path : ".");
    }
    return finish_output();
}

TOOL(dirname_, "dirname", "PATH…", "print paths without their last part", "")

static int readlink_(struct words *words)
{
    bool whole = false, no_end = false;
    int status = 0;

    for (int c; (c = option(words, "fn"));) {
        whole |= c == 'f';
        no_end |= c == 'n';
    }
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++) {
        char text[PATH_MAX];
        ssize_t length = -1;

        if (whole)
            length = realpath(words->at[i], text) ? (ssize_t)strlen(text) : -1;
        else
            length = readlink(words->at[i], text, sizeof(text) - 1);
        status |= length < 0;
        if (length >= 0)
            printf("%.*s%s", (int)length, text, no_end ? "" : "\n");
    }
    return status | finish_output();
}

TOOL(readlink_, "readlink", "[-fn] FILE…", "print what links point at",
     "  -f  the whole path without any link; -n without the end of the line\n")

static int realpath_(struct words *words)
{
    int status = 0;

    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++) {
        char path[PATH_MAX];

        if (realpath(words->at[i], path))
            puts(path);
        else
            status |= failed("%s", words->at[i]);
    }
    return status | finish_output();
}

TOOL(realpath_, "realpath", "FILE…", "print whole paths without links, . and ..", "")

static bool is_program(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISREG(about.st_mode) && access(path, X_OK) == 0;
}

static bool which_one(const char *name, bool all)
{
    const char *paths = getenv("PATH");
    bool found = false;

    if (strchr(name, '/')) {
        if (is_program(name))
            puts(name);
        return is_program(name);
    }
    for (const char *at = paths ? paths : "/bin:/usr/bin"; at;) {
        size_t length = strcspn(at, ":");
        char *folder = take_text("%.*s", (int)length, length ? at : ".");
        char *path = path_join(*folder ? folder : ".", name);

        if ((all || !found) && is_program(path)) {
            puts(path);
            found = true;
        }
        free(folder);
        free(path);
        at = at[length] ? at + length + 1 : NULL;
    }
    return found;
}

static int which(struct words *words)
{
    bool all = false;
    int status = 0;

    for (int c; (c = option(words, "a"));)
        all |= c == 'a';
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++)
        status |= !which_one(words->at[i], all);
    return status | finish_output();
}

TOOL(which, "which", "[-a] NAME…", "print which file a command is", "  -a  all that PATH has\n")
