/* Options, complaints, numbers, memory. */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

const struct tool *tool;
int tool_status;

void usage(void)
{
    fflush(stdout);
    fprintf(stderr, "use: %s %s\n", tool->name, tool->usage);
    exit(2);
}

int option(int count, char **words, const char *letters)
{
    int letter = getopt(count, words, letters);

    if (letter == '?')
        usage();
    return letter;
}

static void say(const char *format, va_list words)
{
    fflush(stdout);
    fprintf(stderr, "%s: ", tool->name);
    vfprintf(stderr, format, words);
    fputc('\n', stderr);
    tool_status = 1;
}

void complain(const char *format, ...)
{
    va_list words;

    va_start(words, format);
    say(format, words);
    va_end(words);
}

void complain_of(const char *name)
{
    complain("%s: %s", name, strerror(errno));
}

void die(const char *format, ...)
{
    va_list words;

    va_start(words, format);
    say(format, words);
    va_end(words);
    exit(1);
}

static int shift_of(char letter)
{
    switch (letter) {
    case 'c':
        return 0;
    case 'b':
        return 9;
    case 'k':
    case 'K':
        return 10;
    case 'm':
    case 'M':
        return 20;
    case 'g':
    case 'G':
        return 30;
    default:
        return -1;
    }
}

long long number_of(const char *word, long long least, long long most)
{
    char *end;
    long long value, scale = 1;
    bool good;

    errno = 0;
    value = strtoll(word, &end, 10);
    good = end != word && errno == 0;
    if (good && *end) {
        good = shift_of(*end) >= 0 && !end[1];
        scale = good ? 1LL << shift_of(*end) : 1;
    }
    if (!good || value > most / scale || value < least / scale || value * scale < least)
        die("%s: not a number from %lld to %lld", word, least, most);
    return value * scale;
}

bool ask(const char *format, ...)
{
    va_list words;
    int first, c;

    fflush(stdout);
    fprintf(stderr, "%s: ", tool->name);
    va_start(words, format);
    vfprintf(stderr, format, words);
    va_end(words);
    first = c = getchar();
    while (c != '\n' && c != EOF)
        c = getchar();
    return first == 'y' || first == 'Y';
}

/* ---- memory ---------------------------------------------------------------------------------- */

void *enlarge(void *at, size_t size)
{
    void *new = realloc(at, size ? size : 1);

    if (!new)
        die("not enough memory for %zu bytes", size);
    return new;
}

void *allocate(size_t size)
{
    return memset(enlarge(NULL, size), 0, size);
}

char *copy_of(const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(enlarge(NULL, size), text, size);
}

char *text_made(const char *format, ...)
{
    va_list words;
    char *text;
    int size;

    va_start(words, format);
    size = vsnprintf(NULL, 0, format, words);
    va_end(words);
    if (size < 0)
        die("a text that cannot be made");
    text = enlarge(NULL, (size_t)size + 1);
    va_start(words, format);
    vsnprintf(text, (size_t)size + 1, format, words);
    va_end(words);
    return text;
}

char *path_in(const char *folder, const char *name)
{
    size_t size = strlen(folder);

    return text_made("%s%s%s", folder, size && folder[size - 1] == '/' ? "" : "/", name);
}

void names_add(struct names *names, char *name)
{
    if (names->count == names->room) {
        names->room = names->room ? names->room * 2 : 16;
        names->at = enlarge(names->at, names->room * sizeof(*names->at));
    }
    names->at[names->count++] = name;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void names_sort(struct names *names)
{
    if (names->count > 1)
        qsort(names->at, names->count, sizeof(*names->at), compare);
}

void names_free(struct names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->at[i]);
    free(names->at);
    *names = (struct names){0};
}
