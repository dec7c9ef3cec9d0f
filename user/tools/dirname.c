#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(dirname, "PATH …", "Paths without their last parts.\n")
{
    if (count < 2)
        usage();
    for (int i = 1; i < count; i++) {
        char *path = copy_of(words[i]);
        size_t size = strlen(path);

        while (size > 1 && path[size - 1] == '/')
            size--;
        while (size > 0 && path[size - 1] != '/')
            size--;
        while (size > 1 && path[size - 1] == '/')
            size--;
        printf("%.*s\n", size ? (int)size : 1, size ? path : ".");
        free(path);
    }
    return 0;
}
