#include "user/tools/lib/tool.h"

TOOL(whoami, "", "The name of the user who runs this.\n")
{
    char text[32];

    (void)count, (void)words;
    puts(user_text(geteuid(), text));
    return 0;
}
