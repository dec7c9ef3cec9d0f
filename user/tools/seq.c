#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

static double need_double(const char *text)
{
    char *end;
    double value = strtod(text, &end);

    if (end == text || *end || !isfinite(value))
        wrong_use("%s is no number", text);
    return value;
}

static int digits_of(const char *text)
{
    const char *point = strchr(text, '.');

    return point ? (int)strlen(point + 1) : 0;
}

/* Without digits behind the point, as whole numbers: many times faster, the same as far as these reach. */
static void print_number(double value, int width, int digits)
{
    if (digits == 0 && fabs(value) < 9e15)
        printf("%0*lld", width, llrint(value));
    else
        printf("%0*.*f", width, digits, value);
}

static int seq(struct words *words)
{
    const char *separator = "\n";
    double first = 1, step = 1, last;
    bool same_width = false;
    int digits = 0, width = 0;

    for (int c; (c = option(words, "ws:"));) {
        same_width |= c == 'w';
        if (c == 's')
            separator = option_value;
    }
    need_operands(words, 1, 3);
    last = need_double(words->at[words->count - 1]);
    if (words->count > 1)
        first = need_double(words->at[0]);
    if (words->count > 2)
        step = need_double(words->at[1]);
    if (step == 0)
        wrong_use("a step of 0 comes to no end");
    for (int i = 0; i < words->count - (words->count > 1); i++)
        digits = digits_of(words->at[i]) > digits ? digits_of(words->at[i]) : digits;
    if (same_width) {
        int one = snprintf(NULL, 0, "%.*f", digits, first), other = snprintf(NULL, 0, "%.*f", digits, last);

        width = one > other ? one : other;
    }
    double steps = floor((last - first) / step + 1e-10);

    for (double i = 0; i <= steps; i++) {
        if (i > 0)
            fputs_unlocked(separator, stdout);
        print_number(first + i * step, width, digits);
    }
    if (steps >= 0)
        putchar_unlocked('\n');
    return finish_output();
}

TOOL(seq, "seq", "[-w] [-s TEXT] [FIRST [STEP]] LAST", "print numbers",
     "  -w  all of one width; -s what stands between them\n")
