#include <fcntl.h>

#include "user/tools/lib/tool.h"

TOOL(sync, "[FILE …]", "Write all that waits to the disks; with words: these files alone.\n")
{
    if (count == 1)
        sync();
    for (int i = 1; i < count; i++) {
        int fd = open(words[i], O_RDONLY);

        if (fd < 0 || fsync(fd))
            complain_of(words[i]);
        if (fd >= 0)
            close(fd);
    }
    return 0;
}
