#include <errno.h>
#include <limits.h>
#include <string.h>

#include "user/tools/lib/tool.h"

TOOL(pwd, "", "The current directory.\n")
{
    char path[PATH_MAX];

    (void)count, (void)words;
    if (!getcwd(path, sizeof(path)))
        die("%s", strerror(errno));
    puts(path);
    return 0;
}
