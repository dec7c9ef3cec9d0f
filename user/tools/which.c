#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static bool find(const char *name)
{
    const char *path = getenv("PATH");
    char *folders = copy_of(path ? path : "/bin:/usr/bin"), *rest = folders, *folder;
    bool found = false;

    while (!found && (folder = strsep(&rest, ":"))) {
        char *program = strchr(name, '/') ? copy_of(name) : path_in(*folder ? folder : ".", name);
        struct stat about;

        found = access(program, X_OK) == 0 && stat(program, &about) == 0 && S_ISREG(about.st_mode);
        if (found)
            puts(program);
        free(program);
    }
    free(folders);
    return found;
}

TOOL(which, "NAME …", "Which programs those are.\n")
{
    if (count < 2)
        usage();
    for (int i = 1; i < count; i++)
        if (!find(words[i]))
            tool_status = 1;
    return 0;
}
