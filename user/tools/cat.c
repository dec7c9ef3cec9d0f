#include <string.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static int line_number;

static void put_numbered(FILE *file, const char *path unused)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    bool ended;

    while ((size = line_of(file, &line, &room, &ended)) >= 0) {
        printf("%6d\t", ++line_number);
        fwrite(line, 1, (size_t)size, stdout);
        if (ended)
            putchar('\n');
    }
    free(line);
}

/* What is there is shown at once: a terminal's and a pipe's bytes do not wait for more. */
static void put_plain(const char *path)
{
    static char piece[64 * 1024];
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY);
    ssize_t now;

    if (fd < 0) {
        complain_of(path);
        return;
    }
    while ((now = read(fd, piece, sizeof(piece))) > 0 || (now < 0 && errno == EINTR))
        if (now > 0 && !write_all(STDOUT_FILENO, piece, (size_t)now))
            die("standard output: %s", strerror(errno));
    if (now < 0)
        complain_of(path);
    if (fd != STDIN_FILENO)
        close(fd);
}

TOOL(cat, "[-n] [FILE …]",
     "Write files to the output, one after the other.\n  -n  with numbers of lines\n")
{
    bool numbers = false;

    while (option(count, words, "nu") != -1)
        numbers = true;
    if (numbers)
        each_file(count, words, optind, put_numbered);
    else if (optind == count)
        put_plain("-");
    for (int i = optind; !numbers && i < count; i++)
        put_plain(words[i]);
    return 0;
}
