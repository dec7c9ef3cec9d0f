#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "user/tools/lib/tool.h"

TOOL(tee, "[-a] [FILE …]",
     "Write the input to the output and to files.\n  -a  behind what is in them\n")
{
    int *files, flags = O_TRUNC;
    char piece[4096];
    ssize_t now;

    while (option(count, words, "a") != -1)
        flags = O_APPEND;
    files = allocate((size_t)count * sizeof(*files));
    for (int i = optind; i < count; i++) {
        files[i] = open(words[i], O_WRONLY | O_CREAT | flags, 0666);
        if (files[i] < 0)
            complain_of(words[i]);
    }
    while ((now = read(STDIN_FILENO, piece, sizeof(piece))) > 0 || (now < 0 && errno == EINTR)) {
        if (now > 0 && !write_all(STDOUT_FILENO, piece, (size_t)now))
            tool_status = 1;
        for (int i = optind; now > 0 && i < count; i++) {
            if (files[i] >= 0 && !write_all(files[i], piece, (size_t)now)) {
                complain_of(words[i]);
                files[i] = -1;
            }
        }
    }
    free(files);
    return 0;
}
