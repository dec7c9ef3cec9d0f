#include <stdlib.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(ln, "[-sf] TARGET … [NAME]",
     "Give a file one more name.\n"
     "  -s  a symbolic link: the name stands for the path TARGET   -f  replace what has the name\n")
{
    bool symbolic = false, force = false;
    const char *to;
    int letter, last;

    while ((letter = option(count, words, "sfn")) != -1) {
        symbolic |= letter == 's';
        force |= letter == 'f';
    }
    if (optind == count)
        usage();
    to = count - optind == 1 ? "." : words[count - 1];
    last = count - optind == 1 ? count : count - 1;
    for (int i = optind; i < last; i++) {
        char *name = target_of(words[i], to);

        if (force)
            (void)unlink(name);
        if (symbolic ? symlink(words[i], name) : link(words[i], name))
            complain_of(name);
        free(name);
    }
    return 0;
}
