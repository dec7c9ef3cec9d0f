/*
 * Prints what has one right answer, without judging: tests/system/test_c_library.py runs it in the
 * guest and, compiled for the machine that it runs on, there, and compares. Nothing in it may
 * depend on where it runs.
 */
#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <regex.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const double numbers[] = {0,    -0.0, 1,       -1,         0.1,  1.5,
                                 2.5,  1e10, 1e-5,    9.9999999,  1e35, 3.14159265358979,
                                 1e-9, 100,  1.5e-10, 123456.789, 1e22, 0.000123456};
static const char *const float_formats[] = {"%f",  "%.0f",    "%.3f",     "%e",    "%.10e",
                                            "%g",  "%G",      "%#g",      "%a",    "%+.2f",
                                            "% f", "%015.4f", "%-12.1f|", "%.15g", "%.17g"};
static const long long integers[] = {0, 1, -1, 42, -1000, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN};
static const char *const integer_formats[] = {"%lld",     "%llu",   "%llx",     "%#llX",
                                              "%#llo",    "%+lld",  "% lld",    "%010lld",
                                              "%-10lld|", "%.5lld", "%12.4lld", "%'lld"};

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-truncation"
#endif

static void print_numbers(void)
{
    for (size_t i = 0; i < COUNT(numbers); i++)
        for (size_t f = 0; f < COUNT(float_formats); f++) {
            printf("%s %zu: ", float_formats[f], i);
            printf(float_formats[f], numbers[i]);
            putchar('\n');
        }
    for (size_t i = 0; i < COUNT(integers); i++)
        for (size_t f = 0; f < COUNT(integer_formats); f++) {
            printf("%s %zu: ", integer_formats[f], i);
            printf(integer_formats[f], integers[i]);
            putchar('\n');
        }
    printf("%f %f %f %5.1f|\n", INFINITY, -INFINITY, fabs((double)NAN), INFINITY);
    printf("%hhd %hd %jd %td %zd %hhu\n", (char)-3, (short)-300, (intmax_t)-3, (ptrdiff_t)-3,
           (size_t)3, (unsigned char)255);
}

static void print_texts(void)
{
    char small[8];

    printf("[%s] [%10s] [%-10s] [%.2s] [%c] [%%]\n", "text", "right", "left", "cut", 'c');
    printf("[%*d] [%-*d] [%.*f] [%*.*s]\n", 6, 42, 6, 42, 2, 3.14159, 8, 3, "abcdef");
    printf("[%2$s %1$s] [%3$*4$d]\n", "a", "b", 7, 5);
    printf("%d %s\n", snprintf(small, sizeof(small), "%s", "much too long"), small);
    printf("[%ls] [%lc]\n", L"wide", (wint_t)L'w');
}

static void print_parsed(void)
{
    static const char *const texts[] = {"0",
                                        "12",
                                        "-12x",
                                        "  +7",
                                        "0x1F",
                                        "077",
                                        "",
                                        "z",
                                        "99999999999999999999",
                                        "-99999999999999999999",
                                        "0b1", "1e5", "+-1"};
    static const char *const floats[] = {"1.5",     "-2e3",
                                         ".5",      "5.",
                                         "1e400",   "1e-400",
                                         "inf",     "-INFINITY",
                                         "0x1.8p3", "1e",
                                         "x",       "123456789012345678901234567890",
                                         "1e+5z",   "2.2250738585072011e-308",
                                         "0.1e-6",  "-.0"};
    char *end;

    for (size_t i = 0; i < COUNT(texts); i++)
        for (int base = 0; base <= 16; base += 8) {
            errno = 0;
            long value = strtol(texts[i], &end, base);

            printf("strtol '%s' %d: %ld '%s' %d", texts[i], base, value, end, errno == ERANGE);
            printf(" %lu\n", strtoul(texts[i], &end, base));
        }
    for (size_t i = 0; i < COUNT(floats); i++) {
        double value = strtod(floats[i], &end);

        printf("strtod '%s': %.17g '%s'\n", floats[i], value, end);
    }
}

static void print_scanned(void)
{
    int a = -1, b = -1, used = -1;
    unsigned x = 0;
    char word[16] = "", set[16] = "", c = 0;
    float f = 0;

    printf("%d",
           sscanf("12,34 abc [xyz] 5", "%d,%d %15s [%15[a-z]] %c%n", &a, &b, word, set, &c, &used));
    printf(" %d %d %s %s %c %d\n", a, b, word, set, c, used);
    printf("%d", sscanf("0x1f 1.25e2", "%x %f", &x, &f));
    printf(" %u %g\n", x, (double)f);
    printf("%d %d\n", sscanf("abc", "%d", &a), sscanf("", "%d", &a));
    printf("%d", sscanf("1234567", "%3d%*2d%n%d", &a, &used, &b));
    printf(" %d %d %d\n", a, b, used);
}

static void print_strings(void)
{
    char text[32], *rest;

    strcpy(text, "a,,b;c,");
    for (char *part = strtok_r(text, ",;", &rest); part; part = strtok_r(NULL, ",;", &rest))
        printf("<%s>", part);
    strcpy(text, "a,,b;c,");
    rest = text;
    for (char *part; (part = strsep(&rest, ",;"));)
        printf("{%s}", part);
    printf(" %zu %zu %d %d\n", strspn("aabc", "ab"), strcspn("hello", "lo"), strcmp("a", "b") < 0,
           strncasecmp("HELLO", "help", 3));
    printf("%s %s %s %s\n", strstr("haystack", "st"), strrchr("a/b/c", '/'), strpbrk("hello", "xl"),
           (char *)memchr("abc", 'b', 3));
    printf("%d %d %d\n", strstr("abc", "") != NULL, strchr("abc", 0) != NULL,
           strstr("aab", "ab") != NULL);
    for (int c = 0; c < 128; c++)
        printf("%x", (isalpha(c) != 0) | (isspace(c) != 0) << 1 | (ispunct(c) != 0) << 2
                         | (isprint(c) != 0) << 3);
    putchar('\n');
    for (int e = 1; e < 35; e++)
        printf("%c", *strerror(e) ? '.' : '!');
    putchar('\n');
}

static void print_math(void)
{
    for (double x = 0.125; x < 50; x *= 1.7)
        printf("%.12g %.12g %.12g %.12g %.12g %.12g %.12g %.12g %.12g %.12g\n", sin(x), cos(x),
               tan(x / 50), exp(x / 5), log(x), sqrt(x), pow(x, 1.5), atan2(x, 3), cbrt(x),
               tgamma(x / 5));
    for (double x = -3.5; x < 4; x += 0.5)
        printf("%g %g %g %g %ld %g %g\n", floor(x), ceil(x), trunc(x), round(x), lrint(x),
               fmod(x, 1.25), copysign(1, x));
    printf("%.15Lg %.15Lg %.15Lg %.15Lg\n", sinl(1.0L), expl(2.5L), powl(1.1L, 100.0L),
           logl(10.0L));
    printf("%.15Lg %.15Lg %.15Lg %.15Lg\n", floorl(-2.5L), fmodl(7.5L, 2.0L), atanl(2.0L),
           sinhl(1.0L));
    int exponent;
    double part = frexp(48.0, &exponent);

    printf("%g %d %g %d %d\n", part, exponent, ldexp(0.75, 6), ilogb(100.0),
           fpclassify(5e-324) == FP_SUBNORMAL);
}

static void print_times(void)
{
    static const time_t moments[] = {0,          86399,      951782400, 1078012800,
                                     1700000000, 4102444800, -86400};
    char text[100];

    for (size_t i = 0; i < COUNT(moments); i++) {
        struct tm parts = {0};

        gmtime_r(&moments[i], &parts);
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %j %a %b %U %W %V %G %u %I%p %y %e %D %T",
                 &parts);
        printf("%s %ld\n", text, (long)timegm(&parts));
    }
    struct tm parts = {.tm_year = 124, .tm_mon = 13, .tm_mday = -5, .tm_hour = 30};

    printf("%ld", (long)mktime(&parts));
    printf(" %d %d %d\n", parts.tm_mon, parts.tm_mday, parts.tm_yday);
    parts = (struct tm){0};
    printf("%d", strptime("3 Feb 2001 04:05:06", "%d %b %Y %H:%M:%S", &parts) != NULL);
    printf(" %d %d %d %d\n", parts.tm_mday, parts.tm_mon, parts.tm_year, parts.tm_sec);
}

static void print_matches(void)
{
    static const char *const patterns[] = {"*",   "a*c",    "[a-c]?", "[!a]*",
                                           "\\*", "*.[ch]", "a/*",    "**b"};
    static const char *const names[] = {"abc", "a", "ax", "bx", "*", "x.c", "a/b", ".x", ""};
    static const char *const expressions[] = {"^a+b*$", "(a|b)+c",      "[0-9]{2,3}",
                                              "x?y",    "[[:alpha:]]+", "a.c"};

    for (size_t p = 0; p < COUNT(patterns); p++)
        for (size_t n = 0; n < COUNT(names); n++)
            printf("%d%d", fnmatch(patterns[p], names[n], 0) == 0,
                   fnmatch(patterns[p], names[n], FNM_PATHNAME | FNM_PERIOD) == 0);
    putchar('\n');
    for (size_t e = 0; e < COUNT(expressions); e++) {
        static const char *const texts[] = {"aab", "ababc", "x12345", "y", "abc", "--"};
        regex_t expression;
        regmatch_t match;

        if (regcomp(&expression, expressions[e], REG_EXTENDED))
            continue;
        for (size_t t = 0; t < COUNT(texts); t++)
            if (regexec(&expression, texts[t], 1, &match, 0) == 0)
                printf("%s in %s: %d-%d\n", expressions[e], texts[t], (int)match.rm_so,
                       (int)match.rm_eo);
        regfree(&expression);
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(void)
{
    const char *words[] = {"pear", "apple", "fig", "banana", "cherry", "date"};

    print_numbers();
    print_texts();
    print_parsed();
    print_scanned();
    print_strings();
    print_math();
    print_times();
    print_matches();
    qsort(words, COUNT(words), sizeof(*words), compare);
    for (size_t i = 0; i < COUNT(words); i++)
        printf("%s ", words[i]);
    printf("\nsame: done\n");
    return 0;
}
