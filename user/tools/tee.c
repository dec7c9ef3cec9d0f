#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int tee_(struct words *words)
{
    static char chunk[CHUNK];
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC, status = 0;
    ssize_t got;

    for (int c; (c = option(words, "ai"));) {
        flags |= c == 'a' ? O_APPEND : 0;
        if (c == 'i')
            signal(SIGINT, SIG_IGN);
    }
    flags |= flags & O_APPEND ? 0 : O_TRUNC;
    int *fds = take(((size_t)words->count + 1) * sizeof(*fds));

    fds[words->count] = STDOUT_FILENO;
    for (int i = 0; i < words->count; i++)
        if ((fds[i] = open(words->at[i], flags, 0666)) < 0)
            status |= failed("%s", words->at[i]);
    while ((got = read(STDIN_FILENO, chunk, sizeof(chunk))) > 0)
        for (int i = 0; i <= words->count; i++)
            if (fds[i] >= 0 && write_all(fds[i], chunk, (size_t)got)) {
                status |= failed("%s", i < words->count ? words->at[i] : "standard output");
                fds[i] = -1;
            }
    return got < 0 ? failed("standard input") : status;
}

TOOL(tee_, "tee", "[-ai] [FILE…]", "copy standard input to files and to standard output",
     "  -a  behind what is in them; -i: Ctrl-C does not end it\n")
