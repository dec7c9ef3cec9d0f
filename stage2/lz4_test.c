/* LZ4 blocks by hand, and blocks of the lz4 program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "stage2/lz4.h"

#define GUARD 64

/* In memory of exactly the sizes, so that a byte too far is seen; what lies behind `to` is looked at,
   because a sanitizer does not see what assembler code writes. */
static int unpack(const void *block, size_t size, void *to, size_t to_size)
{
    uint8_t *from = malloc(size + !size), *out = malloc(to_size + GUARD);

    memcpy(from, block, size);
    memset(out, 0xa5, to_size + GUARD);
    int error = lz4_unpack(from, size, out, to_size);

    for (size_t i = 0; i < GUARD; i++)
        assert_int_equal(out[to_size + i], 0xa5);
    memcpy(to, out, to_size);
    free(from);
    free(out);
    return error;
}

static void check(const void *block, size_t size, const char *wanted)
{
    char text[400] = "";

    assert_int_equal(unpack(block, size, text, strlen(wanted)), 0);
    assert_string_equal(text, wanted);
}

static void literals_alone(void **state)
{
    check("\x50hello", 6, "hello");
    check("\xf0\x00" "0123456789abcde", 17, "0123456789abcde");
    check("\xf0\x02" "0123456789abcdefg", 19, "0123456789abcdefg");
    check("\x00", 1, "");
}

static void matches(void **state)
{
    check("\x1f" "a\x01\x00\x01\x10" "b", 7, "aaaaaaaaaaaaaaaaaaaaab");
    check("\x41" "abcd\x04\x00\x10" "e", 9, "abcdabcdae");
    check("\x80" "abcdefgh\x08\x00\x10" "i", 13, "abcdefghabcdi");
    check("\x9c" "abcdefghi\x09\x00\x10" "j", 14, "abcdefghiabcdefghiabcdefgj");
}

static void long_lengths(void **state)
{
    char wanted[1 + 4 + 15 + 255 + 3 + 1];

    memset(wanted, 'a', sizeof(wanted));
    wanted[sizeof(wanted) - 1] = 0;
    check("\x1f" "a\x01\x00\xff\x03\x00", 7, wanted);
}

static void damaged(void **state)
{
    static const struct {
        const char *block;
        size_t size, to_size;
    } bad[] = {
        {"", 0, 0},                          /* no sequence at all */
        {"\x50hell", 5, 5},                  /* literals beyond the block */
        {"\x50hello", 6, 4},                 /* or beyond the target */
        {"\x50hello", 6, 6},                 /* too few */
        {"\xf0", 1, 20},                     /* a length without its end */
        {"\xf0\xff\xff\xff\xff", 5, 20},     /* or one that is too much */
        {"\x10" "a\x01", 3, 20},             /* half a distance */
        {"\x10" "a\x00\x00\x10" "b", 6, 6},  /* a distance of 0 */
        {"\x10" "a\x02\x00\x10" "b", 6, 6},  /* or from before the start */
        {"\x1f" "a\x01\x00\x20\x00", 6, 20}, /* a match beyond the target */
        {"\x10" "a\x01\x00", 4, 5},          /* no last literals */
    };
    uint8_t to[64];

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_int_equal(unpack(bad[i].block, bad[i].size, to, bad[i].to_size), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(literals_alone),
        cmocka_unit_test(matches),
        cmocka_unit_test(long_lengths),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
