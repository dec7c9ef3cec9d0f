#include "user/tools/lib/tool.h"

TOOL(true, "", "Nothing, with success.\n")
{
    (void)count, (void)words;
    return 0;
}
