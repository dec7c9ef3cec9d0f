#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

extern char **environ;

TOOL(env, "[-i] [-u NAME] [NAME=VALUE …] [COMMAND [WORD …]]",
     "Run a command with another environment; without one: show it.\n"
     "  -i  begin with an empty one   -u  without NAME\n")
{
    static char *nothing[] = {NULL};
    int letter;

    while ((letter = option(count, words, "+iu:")) != -1) {
        if (letter == 'i')
            environ = nothing;
        else if (unsetenv(optarg))
            complain_of(optarg);
    }
    for (; optind < count && strchr(words[optind], '='); optind++)
        if (putenv(words[optind]))
            complain_of(words[optind]);
    if (optind < count)
        become(words + optind);
    for (char **variable = environ; *variable; variable++)
        puts(*variable);
    return 0;
}
