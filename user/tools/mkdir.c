#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static bool make(const char *path, bool may_be_there)
{
    struct stat about;

    if (mkdir(path, 0777) == 0)
        return true;
    if (may_be_there && errno == EEXIST && stat(path, &about) == 0 && S_ISDIR(about.st_mode))
        return true;
    if (errno != EEXIST || !may_be_there)
        complain_of(path);
    else
        complain("%s: not a directory", path);
    return false;
}

static bool make_parents(const char *path)
{
    char *part = copy_of(path);
    bool good = true;

    for (char *slash = strchr(part + 1, '/'); good && slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        good = make(part, true);
        *slash = '/';
    }
    free(part);
    return good;
}

TOOL(mkdir, "[-p] [-m MODE] PATH …",
     "Make directories.\n  -p  those above too; no error when it is there   -m  with that mode\n")
{
    bool parents = false;
    const char *mode = NULL;
    int letter;

    while ((letter = option(count, words, "pm:")) != -1) {
        parents |= letter == 'p';
        mode = letter == 'm' ? optarg : mode;
    }
    if (optind == count)
        usage();
    for (int i = optind; i < count; i++) {
        if ((parents && *words[i] && !make_parents(words[i])) || !make(words[i], parents))
            continue;
        if (mode && chmod(words[i], mode_of(mode, 0777, true)))
            complain_of(words[i]);
    }
    return 0;
}
