#include <ctype.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

struct counts {
    unsigned long long lines, words, characters, bytes;
};

static struct counts sum;
static bool show_lines, show_words, show_characters, show_bytes;
static int width = 1;

static void put(const struct counts *counts, const char *name)
{
    const char *gap = "";

    const struct {
        bool show;
        unsigned long long value;
    } columns[] = {{show_lines, counts->lines},
                   {show_words, counts->words},
                   {show_characters, counts->characters},
                   {show_bytes, counts->bytes}};

    for (size_t i = 0; i < countof(columns); i++) {
        if (columns[i].show) {
            printf("%s%*llu", gap, width, columns[i].value);
            gap = " ";
        }
    }
    printf("%s%s\n", strcmp(name, "-") == 0 ? "" : " ", strcmp(name, "-") == 0 ? "" : name);
}

static void count_file(FILE *file, const char *path)
{
    struct counts counts = {0};
    bool in_word = false;
    int c;

    while ((c = getc(file)) != EOF) {
        counts.bytes++;
        counts.lines += c == '\n';
        counts.characters += (c & 0xc0) != 0x80;
        counts.words += !isspace(c) && !in_word;
        in_word = !isspace(c);
    }
    sum.lines += counts.lines;
    sum.words += counts.words;
    sum.characters += counts.characters;
    sum.bytes += counts.bytes;
    put(&counts, path);
}

/* Wide enough for the sizes of all files together, as coreutils do. */
static void choose_width(int count, char **words)
{
    unsigned long long all = 0;
    struct stat about;
    bool special = optind == count;

    for (int i = optind; i < count; i++) {
        if (strcmp(words[i], "-") == 0 || stat(words[i], &about))
            continue;
        if (S_ISREG(about.st_mode))
            all += (unsigned long long)about.st_size;
        else
            special = true;
    }
    width = snprintf(NULL, 0, "%llu", all);
    if (special)
        width = 7;
    if (show_lines + show_words + show_characters + show_bytes == 1 && count - optind < 2)
        width = 1;
}

TOOL(wc, "[-lwmc] [FILE …]",
     "Count lines (-l), words (-w), characters (-m), bytes (-c); without an option: lines, words, "
     "bytes.\n")
{
    int letter;

    while ((letter = option(count, words, "lwmc")) != -1) {
        show_lines |= letter == 'l';
        show_words |= letter == 'w';
        show_characters |= letter == 'm';
        show_bytes |= letter == 'c';
    }
    if (!show_lines && !show_words && !show_characters && !show_bytes)
        show_lines = show_words = show_bytes = true;
    choose_width(count, words);
    each_file(count, words, optind, count_file);
    if (count - optind > 1)
        put(&sum, "total");
    return 0;
}
