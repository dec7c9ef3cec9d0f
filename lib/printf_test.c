/* snprintf: ours against the host's over all conversions, many flags, and random values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int libc_vsnprintf(char *to, size_t size, const char *format, va_list args)
{
    return vsnprintf(to, size, format, args);
}

/* From here on the plain names are ours. */
#include "tests/host/rename.h"
#include "lib/printf.h"
#include "lib/string.h"

#pragma clang diagnostic ignored "-Wformat"

static uint64_t random_state = 88172645463325252ull;

static uint64_t random64(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Few bits as often as many, and the ends of the ranges. */
static uint64_t random_value(void)
{
    static const uint64_t ends[] = {0, 1, 127, 128, 255, 256, 32767, 65535, INT_MAX,
                                    (uint64_t)INT_MAX + 1, UINT32_MAX, INT64_MAX,
                                    (uint64_t)INT64_MAX + 1, UINT64_MAX};
    uint64_t n = random64();

    if (n % 4 == 0)
        return ends[random64() % (sizeof(ends) / sizeof(ends[0]))];
    return random64() >> (n / 4 % 64);
}

/* The same text, result and terminator for the whole text and for each size that cuts it. */
static void same(const char *format, ...)
{
    char ours[512], theirs[512];
    va_list args, again;

    va_start(args, format);
    va_copy(again, args);
    int expected = libc_vsnprintf(theirs, sizeof(theirs), format, again);
    va_end(again);
    assert_in_range(expected, 0, sizeof(theirs) - 1);

    size_t sizes[] = {
        sizeof(ours), (size_t)expected + 1, (size_t)expected, (size_t)expected / 2, 1, 0};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        char *exact = malloc(sizes[i] + 1);
        assert_non_null(exact);
        va_copy(again, args);
        int length = vsnprintf(exact, sizes[i], format, again);
        va_end(again);
        if (length != expected || (sizes[i] == sizeof(ours) && strcmp(exact, theirs) != 0))
            fail_msg("\"%s\": ours %d \"%s\", the host's %d \"%s\"", format, length,
                     sizes[i] > 0 ? exact : "", expected, theirs);
        if (sizes[i] > 0) {
            size_t kept = sizes[i] - 1 < (size_t)expected ? sizes[i] - 1 : (size_t)expected;
            assert_memory_equal(exact, theirs, kept);
            assert_int_equal(exact[kept], '\0');
        }
        free(exact);
    }
    va_end(args);
}

/* A random "%[flags][width][.precision]", without `*`. */
static void random_prefix(char *format, const char *flags)
{
    *format++ = '%';
    for (const char *flag = flags; *flag; flag++)
        if (random64() % 3 == 0)
            *format++ = *flag;
    if (random64() % 2)
        format += sprintf(format, "%u", (unsigned)(random64() % 30 + 1));
    if (random64() % 2)
        format += random64() % 8 == 0 ? sprintf(format, ".")
                                      : sprintf(format, ".%u", (unsigned)(random64() % 30));
    *format = '\0';
}

static void integers_as_libc(void **state)
{
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z", "j", "t"};
    char format[64];

    for (unsigned i = 0; i < 40000; i++) {
        char letter = "diuxXo"[random64() % 6];
        const char *length = lengths[random64() % 8];
        random_prefix(format, letter == 'd' || letter == 'i' ? "-0+ "
                              : letter == 'u'                ? "-0"
                                                             : "-0#");
        sprintf(format + strlen(format), "%s%c", length, letter);
        if (length[0] == '\0' || length[0] == 'h')
            same(format, (int)random_value());
        else
            same(format, random_value());
    }
}

static void strings_and_characters_as_libc(void **state)
{
    static const char *const texts[] = {"", "a", "kernel.elf", "a somewhat longer text to be cut"};
    char format[64];

    for (unsigned i = 0; i < 5000; i++) {
        random_prefix(format, "-");
        strcat(format, "s");
        same(format, texts[random64() % 4]);
        sprintf(format, "%%%s%uc", random64() % 2 ? "-" : "", (unsigned)(random64() % 9 + 1));
        same(format, (int)(random64() % 255 + 1));
    }
    same("%s", (char *)NULL);
    same("%c%c%c", 'a', 0, 'b'); /* a NUL is a character like another */
}

static void precision_bounds_the_reading_of_a_string(void **state)
{
    char *open = malloc(4); /* no terminator behind it */
    char to[16];

    assert_non_null(open);
    memcpy(open, "abcd", 4);
    assert_int_equal(snprintf(to, sizeof(to), "<%.4s>", open), 6);
    assert_string_equal(to, "<abcd>");
    assert_int_equal(snprintf(to, sizeof(to), "<%.*s>", 2, open), 4);
    assert_string_equal(to, "<ab>");
    free(open);
}

static void stars_take_arguments(void **state)
{
    for (int width = -12; width <= 12; width++) {
        for (int precision = -3; precision <= 12; precision++) {
            same("[%*.*d]", width, precision, -4711);
            same("[%0*d]", width, 4711);
            same("[%*.*s]", width, precision, "ext2");
            same("[%-*.*llx]", width, precision, 0xdeadbeefcafell);
        }
    }
}

static void text_around_and_several_arguments(void **state)
{
    same("plain");
    same("");
    same("100%%");
    same("%d%%%s%c", 7, "x", 'y');
    same("%s: ports %#x..%#x outside manifest %#x..%#x", "serial", 0x170, 0x177, 0x1f0, 0x1f7);
    same("%d %d %d %d %d %d %d %d %s %llu", 1, 2, 3, 4, 5, 6, 7, 8, "nine", 10ull);
    same("%016llx %8zu %+jd %td", 0xffff800000000000ull, (size_t)42, (intmax_t)5, (ptrdiff_t)-6);
    same("%hhd %hd %hhu %hu", 300, 70000, 300, 70000);
    same("%.0d|%.0u|%#.0x|%+.0d|%#.0o|%5.0d", 0, 0, 0, 0, 0, 0);
    same("%p", (void *)0xffff800000001000ull);
    same("[%20p] [%-20p]", (void *)0x1000, (void *)0x1000);
}

static void what_we_do_not_know_stays_text(void **state)
{
    char to[32];

    assert_int_equal(snprintf(to, sizeof(to), "a %k b"), 6);
    assert_string_equal(to, "a %k b");
    assert_int_equal(snprintf(to, sizeof(to), "%-5.2lq!"), 8);
    assert_string_equal(to, "%-5.2lq!");
    assert_int_equal(snprintf(to, sizeof(to), "50%"), 3);
    assert_string_equal(to, "50%");
    assert_int_equal(snprintf(to, sizeof(to), "%p", (void *)NULL), 3);
    assert_string_equal(to, "0x0");
}

static void absurd_widths_cost_nothing(void **state)
{
    char to[8];

    assert_int_equal(snprintf(to, sizeof(to), "%2147483647d", 1), INT_MAX);
    assert_string_equal(to, "       ");
    assert_int_equal(snprintf(to, sizeof(to), "%99999999999999999999d%d", 1, 2), INT_MAX);
    assert_int_equal(snprintf(to, sizeof(to), "%.2147483647d", 1), INT_MAX);
    assert_string_equal(to, "0000000");
    assert_int_equal(snprintf(to, sizeof(to), "%-*d", INT_MIN, 1), INT_MAX);
    assert_string_equal(to, "1      ");
    assert_int_equal(snprintf(NULL, 0, "%s", "twelve chars"), 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_as_libc),
        cmocka_unit_test(strings_and_characters_as_libc),
        cmocka_unit_test(precision_bounds_the_reading_of_a_string),
        cmocka_unit_test(stars_take_arguments),
        cmocka_unit_test(text_around_and_several_arguments),
        cmocka_unit_test(what_we_do_not_know_stays_text),
        cmocka_unit_test(absurd_widths_cost_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
