#include <stdlib.h>

#include "user/tools/lib/tool.h"

TOOL(reset, "", "Make the terminal sane again.\n")
{
    static char *sane[] = {"stty", "sane", NULL};

    (void)count, (void)words;
    fputs("\033c\033[0m\033[?25h\033[H\033[2J", stdout);
    become(sane);
}
