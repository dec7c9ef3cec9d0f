#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(rm, "[-rfiv] PATH …",
     "Remove files.\n"
     "  -r  folders with all that is in them   -f  what is not there is no error, ask nothing\n"
     "  -i  ask before each                    -v  say what is removed\n")
{
    struct removing how = {0};
    int letter;

    while ((letter = option(count, words, "rRfiv")) != -1) {
        how.folders |= letter == 'r' || letter == 'R';
        how.force |= letter == 'f';
        how.ask = letter == 'i' || (how.ask && letter != 'f');
        how.talk |= letter == 'v';
    }
    if (optind == count && !how.force)
        usage();
    for (int i = optind; i < count; i++) {
        const char *last = last_part(words[i]);

        if (strcmp(last, ".") == 0 || strcmp(last, "..") == 0 || strcmp(last, "/") == 0)
            complain("%s: not removed", words[i]);
        else if (!remove_path(words[i], &how))
            tool_status = 1;
    }
    return 0;
}
