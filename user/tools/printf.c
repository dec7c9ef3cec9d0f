#include "user/tools/lib/tool.h"

TOOL(printf, "FORMAT [WORD …]",
     "Write words as FORMAT says: %s %d %x %5.1f, \\n; again while there are words.\n")
{
    become_builtin(count, words);
}
