#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

extern char **environ;

static int print_all(void)
{
    for (char **entry = environ; entry && *entry; entry++)
        puts(*entry);
    return finish_output();
}

static int env(struct words *words)
{
    static char *empty[] = {NULL};
    int i = 0;

    for (int c; (c = option(words, "+iu:"));) {
        if (c == 'i')
            environ = empty;
        else
            unsetenv(option_value);
    }
    for (char *equals; i < words->count && (equals = strchr(words->at[i], '=')); i++) {
        *equals = '\0';
        if (setenv(words->at[i], equals + 1, 1))
            return failed("%s", words->at[i]);
    }
    return i == words->count ? print_all() : run_program(words->at + i);
}

TOOL(env, "env", "[-i] [-u NAME]… [NAME=VALUE]… [PROGRAM [WORD…]]",
     "run a program in another environment, or print this one",
     "  -i  nothing of the present one; -u without that variable\n")

static int printenv(struct words *words)
{
    int status = 0;

    for (int c; (c = option(words, ""));)
        ;
    if (words->count == 0)
        return print_all();
    for (int i = 0; i < words->count; i++) {
        const char *value = getenv(words->at[i]);

        if (value)
            puts(value);
        status |= !value;
    }
    return status | finish_output();
}

TOOL(printenv, "printenv", "[NAME…]", "print variables of the environment", "")
