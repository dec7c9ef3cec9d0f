/* tail: a ring of the last lines or bytes; with -f what comes afterwards, too. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

static uint64_t count = 10;
static bool of_bytes, from_start, follow, quiet, with_names;
static const char *last_named;

/* All of the input that may still be needed. */
struct kept {
    char *bytes;
    size_t size, room;
};

static void name_it(const char *name)
{
    if (with_names && last_named != name)
        printf("%s==> %s <==\n", last_named ? "\n" : "", strcmp(name, "-") ? name : "standard input");
    last_named = name;
}

static size_t start_of_last(const struct kept *kept)
{
    uint64_t left = count;
    size_t at = kept->size;

    if (of_bytes)
        return at > count ? at - (size_t)count : 0;
    if (left == 0)
        return at;
    /* The end of the last line is its own. */
    for (at -= at > 0 && kept->bytes[at - 1] == '\n'; at > 0; at--)
        if (kept->bytes[at - 1] == '\n' && --left == 0)
            break;
    return at;
}

/* Drops what can no longer be among the last. */
static void forget_early(struct kept *kept)
{
    size_t start = start_of_last(kept);

    memmove(kept->bytes, kept->bytes + start, kept->size - start);
    kept->size -= start;
}

static int print_last(FILE *file)
{
    struct kept kept = {.bytes = take(CHUNK), .room = CHUNK};
    size_t got;

    while ((got = fread(kept.bytes + kept.size, 1, kept.room - kept.size, file)) > 0) {
        kept.size += got;
        if (kept.size == kept.room) {
            forget_early(&kept);
            if (kept.size > kept.room / 2)
                kept.bytes = take_more(kept.bytes, kept.room *= 2);
        }
    }
    size_t start = start_of_last(&kept);

    fwrite(kept.bytes + start, 1, kept.size - start, stdout);
    free(kept.bytes);
    return 0;
}

static int print_from(FILE *file)
{
    uint64_t skip = count ? count - 1 : 0;

    for (int c; (c = getc_unlocked(file)) != EOF;) {
        if (skip == 0)
            putchar_unlocked(c);
        else
            skip -= of_bytes || c == '\n';
    }
    return 0;
}

/* Where a file can be moved in, not all of it is read: the last MiB will do, mostly. */
static void skip_front(FILE *file)
{
    struct stat about;
    off_t enough = of_bytes && count < 1u << 30 ? (off_t)count : 1 << 20;

    if (from_start || (!of_bytes && count > 1000) || fstat(fileno(file), &about)
        || !S_ISREG(about.st_mode) || about.st_size <= enough)
        return;
    if (fseeko(file, about.st_size - enough, SEEK_SET))
        rewind(file);
}

static int tail_of(FILE *file, const char *name)
{
    name_it(name);
    skip_front(file);
    return from_start ? print_from(file) : print_last(file);
}

/* ---- -f -------------------------------------------------------------------------------------- */

static void print_new(FILE *file, const char *name)
{
    struct stat about;
    int c;

    if (fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode) && about.st_size < ftello(file)) {
        fprintf(stderr, "tail: %s: was cut\n", name);
        rewind(file);
    }
    clearerr(file);
    while ((c = getc_unlocked(file)) != EOF) {
        name_it(name);
        putchar_unlocked(c);
    }
}

static int follow_all(struct words *words)
{
    FILE **files = take((size_t)words->count * sizeof(*files));
    int status = 0, open_files = 0;

    for (int i = 0; i < words->count; i++) {
        files[i] = strcmp(words->at[i], "-") ? fopen(words->at[i], "r") : stdin;
        if (!files[i]) {
            status |= failed("%s", words->at[i]);
            continue;
        }
        open_files++;
        status |= tail_of(files[i], words->at[i]);
    }
    while (open_files > 0 && finish_output() == 0) {
        struct timespec pause = {0, 200000000};

        nanosleep(&pause, NULL);
        for (int i = 0; i < words->count; i++)
            if (files[i])
                print_new(files[i], words->at[i]);
    }
    free(files);
    return status;
}

static void read_count(const char *text, bool bytes)
{
    from_start = text[0] == '+';
    of_bytes = bytes;
    count = need_number(text + (text[0] == '+' || text[0] == '-'), "the count");
}

static int tail(struct words *words)
{
    static char standard[] = "-";
    char *standard_alone[] = {standard, NULL};

    for (int c; (c = option(words, "n:c:fFqv#"));) {
        if (c == 'n' || c == 'c' || c == '#')
            read_count(option_value, c == 'c');
        follow |= c == 'f' || c == 'F';
        quiet |= c == 'q';
        with_names |= c == 'v';
    }
    with_names |= words->count > 1 && !quiet;
    if (!follow)
        return each_input(words, tail_of);
    if (words->count == 0)
        *words = (struct words){1, standard_alone};
    return follow_all(words);
}

TOOL(tail, "tail", "[-n LINES | -c BYTES] [-fqv] [FILE…]", "print the last ten lines of files",
     "  -n  so many lines (or -5), -n +3 from the third on; -c bytes\n"
     "  -f  go on, as the files grow\n"
     "  -q  without the files' names; -v always with them\n")
