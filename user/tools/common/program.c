/* Becoming another program. */
#include <errno.h>
#include <unistd.h>

#include "user/tools/tool.h"

int run_program(char **words)
{
    fflush(stdout);
    execvp(words[0], words);
    int status = errno == ENOENT ? 127 : 126;

    failed("%s", words[0]);
    return status;
}
