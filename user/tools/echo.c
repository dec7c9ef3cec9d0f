#include "user/tools/lib/tool.h"

TOOL(echo, "[-n] [WORD …]", "Write words.\n")
{
    become_builtin(count, words);
}
