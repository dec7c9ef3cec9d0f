#include "user/tools/lib/tool.h"

TOOL(tty, "", "The terminal of the standard input.\n")
{
    const char *name = ttyname(STDIN_FILENO);

    (void)count, (void)words;
    puts(name ? name : "not a tty");
    return !name;
}
