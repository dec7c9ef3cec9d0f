#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(rmdir, "[-p] PATH …", "Remove empty directories.\n  -p  those above too\n")
{
    bool parents = false;

    while (option(count, words, "p") != -1)
        parents = true;
    if (optind == count)
        usage();
    for (int i = optind; i < count; i++) {
        char *path = copy_of(words[i]), *slash;

        for (;;) {
            if (rmdir(path)) {
                complain_of(path);
                break;
            }
            slash = parents ? strrchr(path, '/') : NULL;
            if (!slash || slash == path)
                break;
            *slash = 0;
        }
        free(path);
    }
    return 0;
}
