#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/tool.h"

static bool parents, verbose, has_mode;
static unsigned mode = 0777;

static bool is_directory(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

static int make(const char *path, bool last)
{
    if (mkdir(path, last ? mode : 0777)) {
        int error = errno;

        if (parents && is_directory(path))
            return 0;
        errno = error;
        return failed("%s", path);
    }
    if (last && has_mode && chmod(path, mode))
        return failed("%s", path);
    if (verbose)
        printf("%s\n", path);
    return 0;
}

static int make_all(char *path)
{
    for (char *at = path + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        if (!is_directory(path) && make(path, false))
            return 1;
        *at = '/';
    }
    return make(path, true);
}

static int mkdir_(struct words *words)
{
    int status = 0;

    for (int c; (c = option(words, "pvm:"));)
        if (c == 'm') {
            has_mode = true;
            if (!mode_change(option_value, 0777, true, &mode))
                wrong_use("%s: no mode", option_value);
        } else {
            parents |= c == 'p';
            verbose |= c == 'v';
        }
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++)
        status |= parents && *words->at[i] ? make_all(words->at[i]) : make(words->at[i], true);
    return status | finish_output();
}

TOOL(mkdir_, "mkdir", "[-p] [-m MODE] [-v] DIRECTORY…", "make directories",
     "  -p  those above it, too; that it is there is no error\n"
     "  -m  with this mode\n")
