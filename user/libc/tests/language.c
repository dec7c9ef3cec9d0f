/* What C itself needs of the system: start, variables of a thread, constructors, memory, stdio,
   errno. */
#include <ctype.h>
#include <err.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <wchar.h>

#include "user/libc/tests/test.h"

static int constructed;
static _Thread_local int own = 42;
static _Thread_local char own_zeros[300];
static _Thread_local _Alignas(64) int own_aligned = 7;
int *const relocated_constant = &constructed;

__attribute__((constructor)) static void construct(void)
{
    constructed = 1;
}

static void test_start(int argc, char **argv)
{
    EXPECT_IS(argc, 3);
    EXPECT_TEXT(argv[1], "one");
    EXPECT_TEXT(argv[2], "two");
    EXPECT(!argv[3]);
    EXPECT_IS(constructed, 1);
    EXPECT_IS(own, 42);
    EXPECT_IS(own_aligned, 7);
    EXPECT_IS((uintptr_t)&own_aligned % 64, 0);
    for (size_t i = 0; i < sizeof(own_zeros); i++)
        EXPECT(!own_zeros[i]);
    EXPECT_TEXT(getprogname(), "language");
}

static void write_constant(void)
{
    *(int *volatile *)&relocated_constant = NULL;
}

static void smash_stack(void)
{
    char small[8];
    volatile char *volatile at = small;

    for (int i = 0; i < 40; i++)
        at[i] = 1;
}

static void say_abort(void)
{
    abort();
}

static void fail_assertion(void)
{
    char *nothing = NULL;

    if (!nothing)
        __builtin_trap();
}

static void test_ends(void)
{
    EXPECT_IS(status_of(write_constant), 1000 + SIGSEGV);
    EXPECT_IS(status_of(say_abort), 1000 + SIGABRT);
    EXPECT_IS(status_of(fail_assertion), 1000 + SIGILL);
    EXPECT_IS(status_of(smash_stack), 134);
}

static void test_formats(void)
{
    char text[200];
    long l;
    double d;

    snprintf(text, sizeof(text), "%d %5s|%-5s|%05d %x %#o %c %% %zu %jd %lld", -7, "ab", "cd", 42,
             255, 8, 'z', sizeof(long), (intmax_t)-1, LLONG_MIN);
    EXPECT_TEXT(text, "-7    ab|cd   |00042 ff 010 z % 8 -1 -9223372036854775808");
    snprintf(text, sizeof(text), "%.3f %g %e %.2Lf", 3.14159, 1e-10, 12345.678, 2.5L);
    EXPECT_TEXT(text, "3.142 1e-10 1.234568e+04 2.50");
    snprintf(text, sizeof(text), "%2$s %1$s", "a", "b");
    EXPECT_TEXT(text, "b a");
    EXPECT_IS(snprintf(NULL, 0, "%s", "12345"), 5);
    EXPECT_IS(sscanf("12 3.5 word", "%ld %lf %9s", &l, &d, text), 3);
    EXPECT(l == 12 && d == 3.5);
    EXPECT_TEXT(text, "word");
    EXPECT_IS(strtol("0x7fz", NULL, 0), 127);
    errno = 0;
    EXPECT_IS(strtol("99999999999999999999", NULL, 10), LONG_MAX);
    EXPECT_IS(errno, ERANGE);
    EXPECT(strtod("1e3", NULL) == 1000.0);
}

static void test_numbers(void)
{
    EXPECT(fabs(sin(1.0) - 0.8414709848078965) < 1e-15);
    EXPECT(pow(2, 10) == 1024 && sqrt(2) * sqrt(2) > 1.9999999);
    EXPECT(floor(-1.5) == -2 && ceil(1.2) == 2 && fmod(7, 3) == 1 && lround(2.5) == 3);
    EXPECT(isnan(NAN) && isinf(INFINITY));
    EXPECT(strtold("0.5", NULL) == 0.5L);
}

static void test_text(void)
{
    char text[32] = "b,a;c";
    char *rest = text;

    EXPECT_TEXT(strsep(&rest, ",;"), "b");
    EXPECT_TEXT(rest, "a;c");
    rest = strcpy(text, "x:");
    EXPECT_TEXT(strsep(&rest, ":"), "x");
    EXPECT_TEXT(strsep(&rest, ":"), "");
    EXPECT(!strsep(&rest, ":"));
    EXPECT_TEXT(strerror(ENOENT), "No such file or directory");
    EXPECT_TEXT(strerror(EUCLEAN), "Structure needs cleaning");
    EXPECT(strlcpy(text, "12345", 3) == 5 && strcmp(text, "12") == 0);
    EXPECT(isalpha('a') && !isalpha('1') && toupper('x') == 'X');
    EXPECT(memmem("abcdef", 6, "cd", 2) && strcasestr("ABC", "bc"));
    EXPECT(setlocale(LC_ALL, "C.UTF-8") != NULL);
    wchar_t wide[8];

    EXPECT_IS(mbstowcs(wide, "aä€", 8), 3);
    EXPECT_IS(wide[2], 0x20ac);
    EXPECT(setlocale(LC_ALL, "C") != NULL);
}

#define BLOCKS 500
static void test_memory(void)
{
    static char *blocks[BLOCKS];
    size_t sizes[BLOCKS];
    void *aligned = NULL;

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < BLOCKS; i++) {
            sizes[i] = (size_t)(i * 37 % 5000 + 1);
            blocks[i] = malloc(sizes[i]);
            EXPECT(blocks[i] && (uintptr_t)blocks[i] % 16 == 0);
            memset(blocks[i], i, sizes[i]);
        }
        for (int i = 0; i < BLOCKS; i++) {
            EXPECT((unsigned char)blocks[i][sizes[i] - 1] == (unsigned char)i);
            free(blocks[i]);
        }
    }
    char *large = calloc(1, 20 << 20);

    EXPECT(large && large[(20 << 20) - 1] == 0);
    large = realloc(large, 100);
    EXPECT(large != NULL);
    free(large);
    EXPECT(posix_memalign(&aligned, 4096, 100) == 0 && (uintptr_t)aligned % 4096 == 0);
    free(aligned);
    errno = 0;
    char *volatile too_much = malloc((size_t)1 << 60);

    EXPECT(!too_much && errno == ENOMEM);
}

static int compare(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void test_search(void)
{
    int numbers[] = {5, 3, 9, 1, 7}, wanted = 7;

    qsort(numbers, 5, sizeof(int), compare);
    EXPECT(numbers[0] == 1 && numbers[4] == 9);
    EXPECT(bsearch(&wanted, numbers, 5, sizeof(int), compare) == &numbers[3]);
}

static void test_jump(void)
{
    jmp_buf at;
    volatile int count = 0;
    int value = setjmp(at);

    if (++count == 1)
        longjmp(at, 5);
    EXPECT(count == 2 && value == 5);
}

static void test_environment(void)
{
    EXPECT(setenv("NAME", "value", 1) == 0 && setenv("NAME", "other", 0) == 0);
    EXPECT_TEXT(getenv("NAME"), "value");
    EXPECT(unsetenv("NAME") == 0 && !getenv("NAME"));
    EXPECT(putenv("A=b") == 0);
    EXPECT_TEXT(getenv("A"), "b");
}

int main(int argc, char **argv)
{
    test_start(argc, argv);
    test_formats();
    test_numbers();
    test_text();
    test_memory();
    test_search();
    test_jump();
    test_environment();
    test_ends();
    return done("language");
}
