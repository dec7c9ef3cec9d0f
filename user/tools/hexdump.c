#include <ctype.h>
#include <string.h>

#include "user/tools/tool.h"

#define ROW 16u

static uint64_t skip, most = UINT64_MAX, at;
static bool all;

static void print_row(const unsigned char *row, size_t size)
{
    printf("%08llx ", (unsigned long long)at);
    for (size_t i = 0; i < ROW; i++) {
        if (i % 8 == 0)
            putchar_unlocked(' ');
        if (i < size)
            printf("%02x ", row[i]);
        else
            fputs("   ", stdout);
    }
    fputs(" |", stdout);
    for (size_t i = 0; i < size; i++)
        putchar_unlocked(row[i] < 0x80 && isprint(row[i]) ? row[i] : '.');
    puts("|");
}

static int dump(FILE *file, const char *name)
{
    unsigned char row[ROW], before[ROW];
    bool has_before = false, starred = false;

    (void)name;
    if (skip && fseeko(file, (off_t)skip, SEEK_SET))
        for (uint64_t i = 0; i < skip && getc_unlocked(file) != EOF;)
            i++;
    at += skip;
    for (size_t size; (size = fread(row, 1, most < ROW ? (size_t)most : ROW, file)) > 0; at += size) {
        most -= size;
        if (!all && has_before && size == ROW && memcmp(row, before, ROW) == 0) {
            if (!starred)
                puts("*");
            starred = true;
            continue;
        }
        print_row(row, size);
        memcpy(before, row, size);
        has_before = size == ROW;
        starred = false;
    }
    if (at > skip)
        printf("%08llx\n", (unsigned long long)at);
    return 0;
}

static int hexdump(struct words *words)
{
    for (int c; (c = option(words, "Cvs:n:"));) {
        all |= c == 'v';
        if (c == 's')
            skip = need_number(option_value, "-s");
        else if (c == 'n')
            most = need_number(option_value, "-n");
    }
    return each_input(words, dump);
}

TOOL(hexdump, "hexdump", "[-v] [-s BYTES] [-n BYTES] [FILE…]", "print files as hexadecimal numbers",
     "  -s  from there on; -n so many bytes\n"
     "  -v  every row; else rows that repeat the one before are a *\n")
