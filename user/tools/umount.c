#include <sys/mount.h>

#include "user/tools/lib/tool.h"

TOOL(umount, "[-l] FOLDER …",
     "Take file systems away from their folders.\n  -l  from the names now, from the disk when it "
     "is free\n")
{
    int flags = 0;

    while (option(count, words, "l") != -1)
        flags = MNT_DETACH;
    if (optind == count)
        usage();
    for (int i = optind; i < count; i++)
        if (umount2(words[i], flags))
            complain_of(words[i]);
    return 0;
}
