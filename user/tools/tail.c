/* tail: the last lines are kept in a ring while the file is read: a pipe cannot be read backwards.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

static long long lines = 10, bytes = -1;
static bool from_start, titles;
static int files_shown;

static void put_rest(FILE *file)
{
    int c;

    while ((c = getc(file)) != EOF)
        putchar(c);
}

static void skip(FILE *file)
{
    long long left = (bytes >= 0 ? bytes : lines) - 1;
    int c;

    while (left > 0 && (c = getc(file)) != EOF)
        left -= bytes >= 0 || c == '\n';
    put_rest(file);
}

static void put_bytes(FILE *file)
{
    char *ring;
    size_t size = (size_t)bytes, at = 0, now = 0;
    int c;

    if (fseeko(file, -(off_t)bytes, SEEK_END) == 0) {
        put_rest(file);
        return;
    }
    rewind(file);
    ring = allocate(size + 1);
    while ((c = getc(file)) != EOF) {
        if (size == 0)
            continue;
        ring[at] = (char)c;
        at = (at + 1) % size;
        now += now < size;
    }
    for (size_t i = 0; i < now; i++)
        putchar(ring[(at + size - now + i) % size]);
    free(ring);
}

struct line {
    char *text;
    size_t room;
    ssize_t size;
    bool ended;
};

static void put_lines(FILE *file)
{
    size_t count = (size_t)lines, at = 0, now = 0;
    struct line *ring = allocate((count + 1) * sizeof(*ring)), *line = &ring[count];

    while ((line->size = line_of(file, &line->text, &line->room, &line->ended)) >= 0) {
        if (count == 0)
            continue;
        struct line other = ring[at];

        ring[at] = *line;
        *line = other;
        at = (at + 1) % count;
        now += now < count;
    }
    for (size_t i = 0; i < now; i++) {
        struct line *one = &ring[(at + count - now + i) % count];

        fwrite(one->text, 1, (size_t)one->size, stdout);
        if (one->ended)
            putchar('\n');
    }
    for (size_t i = 0; i <= count; i++)
        free(ring[i].text);
    free(ring);
}

static void put(FILE *file, const char *path)
{
    if (titles)
        printf("%s==> %s <==\n", files_shown++ ? "\n" : "",
               strcmp(path, "-") == 0 ? "standard input" : path);
    if (from_start)
        skip(file);
    else if (bytes >= 0)
        put_bytes(file);
    else
        put_lines(file);
}

/* What is written to the file from now on; a file that has become shorter is read afresh. */
static void follow(const char *path)
{
    int fd = open(path, O_RDONLY);
    char piece[4096];
    off_t at = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    struct stat about;

    if (at < 0) {
        complain_of(path);
        return;
    }
    for (;;) {
        ssize_t now = read(fd, piece, sizeof(piece));

        if (now > 0) {
            fwrite(piece, 1, (size_t)now, stdout);
            at += now;
            continue;
        }
        if (fflush(stdout))
            exit(1);
        if (fstat(fd, &about) == 0 && about.st_size < at)
            at = lseek(fd, 0, SEEK_SET);
        usleep(250000);
    }
}

static long long amount_of(const char *word)
{
    from_start = *word == '+';
    return number_of(word + (*word == '+' || *word == '-'), 0, 1LL << 30);
}

TOOL(tail, "[-f] [-n [+]LINES | -c [+]BYTES | -LINES] [FILE …]",
     "The ends of files: 10 lines; +: from that line on.\n  -f  and what is added to the last of "
     "them\n")
{
    bool following = false;
    int letter;

    if (count > 1 && words[1][0] == '-' && words[1][1] >= '0' && words[1][1] <= '9') {
        lines = amount_of(words[1]);
        words++, count--;
    }
    while ((letter = option(count, words, "fn:c:q")) != -1) {
        following |= letter == 'f';
        if (letter == 'n')
            lines = amount_of(optarg);
        if (letter == 'c')
            bytes = amount_of(optarg);
    }
    titles = count - optind > 1;
    each_file(count, words, optind, put);
    if (following && optind < count)
        follow(words[count - 1]);
    return 0;
}
