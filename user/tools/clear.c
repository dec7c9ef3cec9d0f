#include "user/tools/lib/tool.h"

TOOL(clear, "", "Empty the screen.\n")
{
    (void)count, (void)words;
    fputs("\033[H\033[2J\033[3J", stdout);
    return 0;
}
