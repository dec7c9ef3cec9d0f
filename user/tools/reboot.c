#include "user/tools/lib/tool.h"

TOOL(reboot, "[-f]", "End all programs and start the machine again.\n  -f  at once\n")
{
    return power(count, words, true);
}
