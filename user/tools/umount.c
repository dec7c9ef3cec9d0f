#include <sys/mount.h>

#include "user/tools/tool.h"

static int umount_(struct words *words)
{
    int flags = 0, status = 0;

    for (int c; (c = option(words, "l"));)
        flags = MNT_DETACH;
    need_operands(words, 1, -1);
    for (int i = 0; i < words->count; i++)
        if (umount2(words->at[i], flags))
            status |= failed("%s", words->at[i]);
    return status;
}

TOOL(umount_, "umount", "[-l] DIRECTORY…", "take file systems away again",
     "  -l  from the names at once, though files of it are open\n")
