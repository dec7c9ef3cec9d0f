#include "user/tools/lib/tool.h"

TOOL(test, "EXPRESSION",
     "Whether something is so: -f FILE, -d FOLDER, TEXT = TEXT, NUMBER -lt NUMBER, ! …, … -a …\n")
{
    become_builtin(count, words);
}
