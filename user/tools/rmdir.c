#include <string.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int rmdir_(struct words *words)
{
    bool parents = false;
    int status = 0;

    for (int c; (c = option(words, "p"));)
        parents |= c == 'p';
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++) {
        char *path = words->at[i], *end;
        int error = rmdir(path);

        while (!error && parents && (end = strrchr(path, '/')) && end > path) {
            *end = '\0';
            error = rmdir(path);
        }
        if (error)
            status |= failed("%s", path);
    }
    return status;
}

TOOL(rmdir_, "rmdir", "[-p] DIRECTORY…", "remove empty directories", "  -p  those above it, too\n")
