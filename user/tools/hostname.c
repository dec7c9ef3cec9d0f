#include <string.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int hostname(struct words *words)
{
    char name[256];

    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 1);
    if (words->count == 1)
        return sethostname(words->at[0], strlen(words->at[0])) ? failed("%s", words->at[0]) : 0;
    if (gethostname(name, sizeof(name)))
        return failed("the name");
    puts(name);
    return finish_output();
}

TOOL(hostname, "hostname", "[NAME]", "print or set the machine's name", "")
