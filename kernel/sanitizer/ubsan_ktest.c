/* Undefined behaviour on purpose: file, kind and values are said. */
#include <stdbool.h>

#include "kernel/sanitizer/report.h"
#include "kernel/test/ktest.h"
#include "lib/string.h"

static const char *report;

static bool says(const char *words)
{
    for (const char *at = report; *at; at++)
        if (strncmp(at, words, strlen(words)) == 0)
            return true;
    return false;
}

static bool caught(void (*function)(volatile int *), int value, const char *words)
{
    volatile int argument = value;

    sanitizer_watch();
    function(&argument);
    return sanitizer_watched(&report) == 1 && says("kernel/sanitizer/ubsan_ktest.c:")
           && says(words);
}

static void add(volatile int *value)
{
    *value = *value + 5;
}

static void subtract(volatile int *value)
{
    *value = *value - 7;
}

static void multiply(volatile int *value)
{
    *value = *value * *value;
}

static void negate(volatile int *value)
{
    *value = -*value;
}

static void shift(volatile int *value)
{
    *value = 3 << *value;
}

/* Reads only: what lies behind the table stays as it is. */
static void look_up(volatile int *value)
{
    static const volatile int table[4] = {1, 2, 3, 4};

    *value = table[*value & 4];
}

static void load_a_bool(volatile int *value)
{
    *value = *(volatile bool *)value ? 1 : 2;
}

KTEST(ubsan_says_what_and_where)
{
    EXPECT(caught(add, INT32_MAX, "signed overflow: 2147483647 + 5 does not fit 'int'"));
    EXPECT(caught(subtract, INT32_MIN, "signed overflow: -2147483648 - 7 does not fit 'int'"));
    EXPECT(caught(multiply, 65536, "signed overflow: 65536 * 65536 does not fit 'int'"));
    EXPECT(caught(negate, INT32_MIN, "signed overflow: 0 - -2147483648 does not fit 'int'"));
    EXPECT(caught(shift, 32, "shift out of bounds: 3 ('int') by 32"));
    EXPECT(caught(shift, -1, "shift out of bounds: 3 ('int') by -1"));
    EXPECT(caught(load_a_bool, 7, "0x7 is no value of"));
}

KTEST(ubsan_sees_an_index_beyond_its_array)
{
    volatile int index = 4;

    sanitizer_watch();
    look_up(&index);
    EXPECT(sanitizer_watched(&report) > 0); /* KASAN sees the access itself, too */
}
