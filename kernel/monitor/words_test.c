/* The monitor's parser: quotes, limits, and no byte outside of its buffers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/monitor/words.h"
#include "lib/errno.h"

static struct words words;

/* The line's words, each followed by '|', from buffers of exactly the promised size. */
static void splits(const char *line, const char *expected)
{
    char *storage = malloc(2 * strlen(line) + 2);
    char joined[256] = "";
    int count = words_split(line, storage, &words);
    assert_true(count >= 0);
    assert_null(words.at[count]);
    for (int i = 0; i < count; i++) {
        strcat(joined, words.at[i]);
        strcat(joined, "|");
    }
    assert_string_equal(joined, expected);
    free(storage);
}

static int refused(const char *line)
{
    char *storage = malloc(2 * strlen(line) + 2);
    int result = words_split(line, storage, &words);
    free(storage);
    return result;
}

static void test_words(void **state)
{
    (void)state;
    splits("", "");
    splits("    ", "");
    splits("ls", "ls|");
    splits("  ls   -l  /a ", "ls|-l|/a|");
    splits("cat 'a b' \"c d\"", "cat|a b|c d|");
    splits("a'b'\"c\"d", "abcd|");
    splits("'' \"\"", "||");
    splits("a\\ b \\'c \\\\", "a b|'c|\\|");
    splits("'a\\b' \"a\\\"b\"", "a\\b|a\"b|");
    splits("'\"' \"'\"", "\"|'|");
    splits("end\\", "end\\|");
    splits("a;b", "a;b|");
}

static void test_refused(void **state)
{
    (void)state;
    assert_int_equal(refused("echo 'open"), -EINVAL);
    assert_int_equal(refused("echo \"open\\\""), -EINVAL);
    char line[2 * WORDS_MAX + 3] = "";
    for (unsigned i = 0; i < WORDS_MAX; i++)
        strcat(line, "x ");
    assert_int_equal(refused(line), WORDS_MAX);
    strcat(line, "y");
    assert_int_equal(refused(line), -E2BIG);
}

static void test_random_lines_stay_inside(void **state)
{
    (void)state;
    static const char bytes[] = " '\"\\ab";
    srand(1);
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = (size_t)(rand() % 40);
        char *line = malloc(size + 1);
        for (size_t i = 0; i < size; i++)
            line[i] = bytes[rand() % 6];
        line[size] = '\0';
        int result = refused(line);
        assert_true(result >= -EINVAL && result <= (int)size);
        free(line);
    }
}

static void test_open_word(void **state)
{
    (void)state;
    const char *line = "cat \"/a b/c";
    char word[32], quote;
    size_t at = 0;
    assert_int_equal(word_next(line, strlen(line), &at, word, &quote), 1);
    assert_int_equal(word_next(line, strlen(line), &at, word, &quote), -EINVAL);
    assert_string_equal(word, "/a b/c");
    assert_int_equal(quote, '"');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_random_lines_stay_inside),
        cmocka_unit_test(test_open_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
