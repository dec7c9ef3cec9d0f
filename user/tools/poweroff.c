#include "user/tools/lib/tool.h"

TOOL(poweroff, "[-f]", "End all programs and switch the machine off.\n  -f  at once\n")
{
    return power(count, words, false);
}
