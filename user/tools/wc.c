#include <ctype.h>
#include <string.h>

#include "user/tools/tool.h"

struct counts {
    uint64_t lines, words, characters, bytes, longest;
};

static struct counts all;
static char shown[8];
static int inputs;

static void print(const struct counts *counts, const char *name)
{
    const struct {
        char letter;
        uint64_t value;
    } columns[] = {{'l', counts->lines}, {'w', counts->words}, {'m', counts->characters},
                   {'c', counts->bytes}, {'L', counts->longest}};
    const char *gap = "";

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        if (strchr(shown, columns[i].letter)) {
            printf("%s%*llu", gap, shown[1] || inputs > 1 ? 7 : 0,
                   (unsigned long long)columns[i].value);
            gap = " ";
        }
    printf("%s%s\n", *name ? " " : "", name);
}

static int count(FILE *file, const char *name)
{
    static unsigned char chunk[CHUNK];
    struct counts counts = {0};
    uint64_t column = 0;
    bool in_word = false;

    for (size_t got; (got = fread(chunk, 1, sizeof(chunk), file)) > 0; counts.bytes += got)
        for (size_t i = 0; i < got; i++) {
            unsigned char c = chunk[i];

            counts.characters += (c & 0xc0) != 0x80;
            counts.words += !in_word && !isspace(c);
            in_word = !isspace(c);
            if (c == '\n') {
                counts.lines++;
                column = 0;
            } else if ((c & 0xc0) != 0x80 && ++column > counts.longest) {
                counts.longest = column;
            }
        }
    print(&counts, strcmp(name, "-") ? name : "");
    all.lines += counts.lines;
    all.words += counts.words;
    all.characters += counts.characters;
    all.bytes += counts.bytes;
    all.longest = counts.longest > all.longest ? counts.longest : all.longest;
    return 0;
}

static int wc(struct words *words)
{
    for (int c; (c = option(words, "lwmcL"));)
        if (!strchr(shown, c))
            shown[strlen(shown)] = (char)c;
    if (!*shown)
        strcpy(shown, "lwc");
    inputs = words->count;
    int status = each_input(words, count);

    if (inputs > 1)
        print(&all, "total");
    return status | finish_output();
}

TOOL(wc, "wc", "[-lwmcL] [FILE…]", "count lines, words and bytes",
     "  -l  lines; -w words; -m characters; -c bytes; -L the longest line's columns\n")
