#include <stdlib.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static void change(const char *path, const char *mode, bool deep)
{
    struct stat about;
    struct names names;

    if (lstat(path, &about)) {
        complain_of(path);
        return;
    }
    if (S_ISLNK(about.st_mode) && (deep || stat(path, &about)))
        return;
    if (chmod(path, mode_of(mode, about.st_mode, S_ISDIR(about.st_mode))))
        complain_of(path);
    if (!deep || !S_ISDIR(about.st_mode) || !folder_read(path, &names))
        return;
    for (size_t i = 0; i < names.count; i++) {
        char *part = path_in(path, names.at[i]);

        change(part, mode, true);
        free(part);
    }
    names_free(&names);
}

TOOL(chmod, "[-R] MODE PATH …",
     "Set who may do what: 755, u+x, go-w, a=r, u=rwX,g=u.\n  -R  folders with all that is in "
     "them\n")
{
    int first = 1;
    bool deep = false;

    /* MODE may begin with a minus. */
    if (first < count && words[first][0] == '-' && words[first][1] == 'R' && !words[first][2])
        deep = true, first++;
    if (count - first < 2)
        usage();
    for (int i = first + 1; i < count; i++)
        change(words[i], words[first], deep);
    return 0;
}
