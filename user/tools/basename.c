#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(basename, "PATH [SUFFIX]", "The last part of a path, without SUFFIX.\n")
{
    char *path;
    size_t size;
    const char *name;

    if (count < 2 || count > 3)
        usage();
    path = copy_of(words[1]);
    size = strlen(path);
    while (size > 1 && path[size - 1] == '/')
        path[--size] = 0;
    name = last_part(path);
    size = strlen(name);
    if (count == 3 && size > strlen(words[2]) &&
        strcmp(name + size - strlen(words[2]), words[2]) == 0)
        size -= strlen(words[2]);
    printf("%.*s\n", (int)size, name);
    free(path);
    return 0;
}
