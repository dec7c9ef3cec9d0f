#include <ctype.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static bool canonical;
static unsigned long long at, limit = ~0ull, to_skip;
static unsigned char row[16], last[16];
static size_t filled;
static bool have_last, starred;

static void put_row(size_t size)
{
    if (have_last && size == 16 && memcmp(row, last, 16) == 0) {
        if (!starred)
            puts("*");
        starred = true;
        return;
    }
    starred = false;
    have_last = size == 16;
    memcpy(last, row, 16);
    printf(canonical ? "%08llx " : "%07llx", at);
    if (!canonical) {
        for (size_t i = 0; i < size; i += 2)
            printf(" %02x%02x", i + 1 < size ? row[i + 1] : 0, row[i]);
        putchar('\n');
        return;
    }
    for (size_t i = 0; i < 16; i++) {
        if (i == 8)
            putchar(' ');
        if (i < size)
            printf(" %02x", row[i]);
        else
            fputs("   ", stdout);
    }
    fputs("  |", stdout);
    for (size_t i = 0; i < size; i++)
        putchar(row[i] >= 32 && row[i] < 127 ? row[i] : '.');
    puts("|");
}

static void dump(FILE *file, const char *path unused)
{
    int c;

    while (limit > 0 && (c = getc(file)) != EOF) {
        if (to_skip > 0) {
            to_skip--;
            at++;
            continue;
        }
        limit--;
        row[filled++] = (unsigned char)c;
        if (filled == 16) {
            put_row(16);
            at += 16;
            filled = 0;
        }
    }
}

TOOL(hexdump, "[-C] [-n BYTES] [-s SKIP] [FILE …]",
     "Show files byte by byte.\n"
     "  -C  bytes and characters (without: words of 16 bits)   -n  so many   -s  not the first "
     "SKIP\n")
{
    int letter;

    while ((letter = option(count, words, "Cn:s:")) != -1) {
        canonical |= letter == 'C';
        if (letter == 'n')
            limit = (unsigned long long)number_of(optarg, 0, 1LL << 60);
        if (letter == 's')
            to_skip = (unsigned long long)number_of(optarg, 0, 1LL << 60);
    }
    each_file(count, words, optind, dump);
    if (filled)
        put_row(filled);
    at += filled;
    if (at)
        printf(canonical ? "%08llx\n" : "%07llx\n", at);
    return 0;
}
