/* Strings: ours against the host's, at every small size, alignment and overlap. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static void *(*const libc_memcpy)(void *, const void *, size_t) = memcpy;
static void *(*const libc_memmove)(void *, const void *, size_t) = memmove;
static void *(*const libc_memset)(void *, int, size_t) = memset;
static int (*const libc_memcmp)(const void *, const void *, size_t) = memcmp;
static size_t (*const libc_strlen)(const char *) = strlen;
static int (*const libc_strncmp)(const char *, const char *, size_t) = strncmp;

/* From here on the plain names are ours. */
#include "tests/host/rename.h"
#include "lib/string.h"

#define SIZE 200

static uint8_t pattern[SIZE];

static void make_pattern(void)
{
    for (size_t i = 0; i < SIZE; i++)
        pattern[i] = (uint8_t)(i * 37 + 11);
}

/* A block of exactly `size` bytes, so that the sanitizer sees the first byte too many. */
static uint8_t *exact(const void *from, size_t size)
{
    uint8_t *block = malloc(size + (size == 0));
    assert_non_null(block);
    libc_memcpy(block, from, size);
    return block;
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void memcpy_copies_every_size_and_alignment(void **state)
{
    make_pattern();
    for (size_t size = 0; size <= 130; size++) {
        for (size_t offset = 0; offset < 9; offset++) {
            uint8_t *from = exact(pattern, offset + size), *to = exact(pattern, 3 + size);
            assert_ptr_equal(memcpy(to + 3, from + offset, size), to + 3);
            assert_memory_equal(to, pattern, 3);
            assert_memory_equal(to + 3, pattern + offset, size);
            free(from);
            free(to);
        }
    }
}

static void memmove_survives_every_overlap(void **state)
{
    uint8_t ours[SIZE], theirs[SIZE];

    make_pattern();
    for (size_t size = 0; size <= 80; size++) {
        for (size_t from = 0; from <= 50; from++) {
            for (size_t to = 0; to <= 50; to++) {
                libc_memcpy(ours, pattern, SIZE);
                libc_memcpy(theirs, pattern, SIZE);
                assert_ptr_equal(memmove(ours + to, ours + from, size), ours + to);
                libc_memmove(theirs + to, theirs + from, size);
                assert_int_equal(libc_memcmp(ours, theirs, SIZE), 0);
            }
        }
    }
}

static void memmove_stays_in_its_blocks(void **state)
{
    make_pattern();
    for (size_t size = 1; size <= 100; size++) {
        for (size_t shift = 0; shift <= size; shift++) {
            uint8_t *block = exact(pattern, size + shift);
            memmove(block + shift, block, size);
            assert_memory_equal(block + shift, pattern, size);
            memmove(block, block + shift, size);
            assert_memory_equal(block, pattern, size);
            free(block);
        }
    }
}

static void memset_fills_exactly(void **state)
{
    uint8_t expected[SIZE];

    make_pattern();
    for (size_t size = 0; size <= 130; size++) {
        for (size_t offset = 0; offset < 9; offset++) {
            uint8_t *at = exact(pattern, offset + size + 1);
            libc_memcpy(expected, pattern, SIZE);
            libc_memset(expected + offset, 0x1a5, size); /* only the low byte counts */
            assert_ptr_equal(memset(at + offset, 0x1a5, size), at + offset);
            assert_memory_equal(at, expected, offset + size + 1);
            free(at);
        }
    }
}

static void memcmp_orders_by_the_first_difference(void **state)
{
    make_pattern();
    for (size_t size = 0; size <= 70; size++) {
        uint8_t *a = exact(pattern, size), *b = exact(pattern, size);
        assert_int_equal(memcmp(a, b, size), 0);
        for (size_t at = 0; at < size; at++) {
            b[at] = (uint8_t)(a[at] ^ 0x80);
            b[size - 1] = (uint8_t)(at == size - 1 ? b[at] : ~a[size - 1]);
            assert_int_equal(sign(memcmp(a, b, size)), sign(libc_memcmp(a, b, size)));
            assert_int_equal(memcmp(a, b, at), 0);
            libc_memcpy(b, a, size);
        }
        free(a);
        free(b);
    }
    assert_true(memcmp("\x80", "\x7f", 1) > 0); /* bytes are unsigned */
}

static void lengths_stop_at_terminator_or_limit(void **state)
{
    char *text = (char *)exact("kernel", 7), *open = (char *)exact("kernel", 6);

    assert_int_equal(strlen(text), 6);
    assert_int_equal(strlen(""), 0);
    assert_int_equal(strnlen(text, 100), 6);
    assert_int_equal(strnlen(open, 6), 6); /* never reads the seventh byte */
    assert_int_equal(strnlen(open, 0), 0);
    free(text);
    free(open);
}

static void comparisons_agree_with_libc(void **state)
{
    static const char *const texts[] = {"", "a", "b", "aa", "ab", "kernel", "kerne", "kernel ",
                                        "\x7f", "\x80", "a\xff", "A"};
    const size_t count = sizeof(texts) / sizeof(texts[0]);

    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < count; k++) {
            char *a = (char *)exact(texts[i], libc_strlen(texts[i]) + 1);
            char *b = (char *)exact(texts[k], libc_strlen(texts[k]) + 1);
            assert_int_equal(sign(strcmp(a, b)), sign(libc_strncmp(a, b, 99)));
            for (size_t max = 0; max < 9; max++)
                assert_int_equal(sign(strncmp(a, b, max)), sign(libc_strncmp(a, b, max)));
            free(a);
            free(b);
        }
    }
}

static void strchr_finds_the_first_and_the_end(void **state)
{
    const char *text = "a/b/c";

    assert_ptr_equal(strchr(text, '/'), text + 1);
    assert_ptr_equal(strchr(text, 'c'), text + 4);
    assert_ptr_equal(strchr(text, '\0'), text + 5);
    assert_null(strchr(text, 'x'));
    assert_ptr_equal(strchr("\xe9", 0xe9)[0] == '\xe9' ? text : NULL, text);
}

static void strlcpy_truncates_and_tells(void **state)
{
    char to[8];

    for (size_t size = 0; size <= sizeof(to); size++) {
        libc_memset(to, '#', sizeof(to));
        assert_int_equal(strlcpy(to, "monitor", size), 7);
        if (size > 0) {
            assert_int_equal(libc_strlen(to), size - 1);
            assert_memory_equal(to, "monitor", size - 1);
        }
        for (size_t i = size; i < sizeof(to); i++)
            assert_int_equal(to[i], '#');
    }
}

static void strlcat_truncates_and_tells(void **state)
{
    char to[10];

    for (size_t size = 0; size <= sizeof(to); size++) {
        libc_memcpy(to, "boot\0####", 10);
        size_t whole = strlcat(to, "disk", size);
        assert_int_equal(whole, size < 4 ? size + 4 : 8);
        assert_memory_equal(to, "bootdisk", size <= 5 ? 4 : size < 9 ? size - 1 : 8);
        if (size >= 5)
            assert_int_equal(to[size < 9 ? size - 1 : 8], '\0');
        if (size < 9)
            assert_int_equal(to[size < 5 ? 5 : size], '#');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memcpy_copies_every_size_and_alignment),
        cmocka_unit_test(memmove_survives_every_overlap),
        cmocka_unit_test(memmove_stays_in_its_blocks),
        cmocka_unit_test(memset_fills_exactly),
        cmocka_unit_test(memcmp_orders_by_the_first_difference),
        cmocka_unit_test(lengths_stop_at_terminator_or_limit),
        cmocka_unit_test(comparisons_agree_with_libc),
        cmocka_unit_test(strchr_finds_the_first_and_the_end),
        cmocka_unit_test(strlcpy_truncates_and_tells),
        cmocka_unit_test(strlcat_truncates_and_tells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
