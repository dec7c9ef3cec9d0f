/* See name.h. */
#include "user/apps/screenshot/name.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

char *screenshot_name(const char *home, const struct tm *when, unsigned number)
{
    char *folder, *path, stamp[32], more[16] = "";
    int size;

    if (asprintf(&folder, "%s/Pictures", home) < 0)
        return NULL;
    (void)mkdir(folder, 0755);
    strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", when);
    if (number > 1)
        snprintf(more, sizeof(more), "-%u", number);
    size = asprintf(&path, "%s/screenshot-%s%s.png", folder, stamp, more);
    free(folder);
    return size < 0 ? NULL : path;
}
