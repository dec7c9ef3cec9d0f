/* Commands that the shell has itself: it runs them. */
#include <string.h>

#include "user/tools/lib/tool.h"

void become_builtin(int count, char **words)
{
    char **all = allocate(((size_t)count + 4) * sizeof(*all));

    all[0] = "/bin/sh";
    all[1] = "-c";
    all[2] = text_made("%s \"$@\"", last_part(words[0]));
    all[3] = words[0];
    memcpy(all + 4, words + 1, ((size_t)count - 1) * sizeof(*all));
    become(all);
}
