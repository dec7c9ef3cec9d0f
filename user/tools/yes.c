#include "user/tools/lib/tool.h"

TOOL(yes, "[WORD …]", "Write y, or the words, again and again.\n")
{
    do {
        if (count < 2)
            puts("y");
        for (int i = 1; i < count; i++)
            printf("%s%c", words[i], i + 1 < count ? ' ' : '\n');
    } while (!ferror(stdout));
    return 1;
}
