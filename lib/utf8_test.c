/* links: lib/utf8.c */
/* UTF-8: every character there is, and the ill-formed sequences of Unicode 15 §3.9. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "lib/utf8.h"

#define BAD UTF8_REPLACEMENT

/* Decode all of `bytes`; what is unfinished at the end does not count. */
static size_t decode(const char *bytes, size_t size, uint32_t *out)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];
    size_t count = 0;

    for (size_t i = 0; i < size; i++) {
        unsigned got = utf8_decode(&decoder, (uint8_t)bytes[i], characters);
        assert_true(got <= 2);
        for (unsigned j = 0; j < got; j++)
            out[count++] = characters[j];
    }
    return count;
}

static size_t encode(uint32_t c, char *out)
{
    if (c < 0x80)
        return out[0] = (char)c, 1;
    if (c < 0x800)
        return out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2;
    if (c < 0x10000)
        return out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)),
               out[2] = (char)(0x80 | (c & 63)), 3;
    return out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)),
           out[2] = (char)(0x80 | (c >> 6 & 63)), out[3] = (char)(0x80 | (c & 63)), 4;
}

static void every_character(void **state)
{
    (void)state;
    for (uint32_t c = 0; c <= 0x10ffff; c++) {
        char bytes[4];
        uint32_t out[8];
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        assert_int_equal(decode(bytes, encode(c, bytes), out), 1);
        assert_int_equal(out[0], c);
    }
}

static void expect(const char *bytes, const uint32_t *wanted, size_t count)
{
    uint32_t out[64];

    assert_int_equal(decode(bytes, strlen(bytes), out), count);
    assert_memory_equal(out, wanted, count * sizeof(*out));
}
#define EXPECT(bytes, ...)                                        \
    do {                                                          \
        const uint32_t wanted[] = {__VA_ARGS__};                  \
        expect(bytes, wanted, sizeof(wanted) / sizeof(*wanted));  \
    } while (0)

static void ill_formed(void **state)
{
    (void)state;
    EXPECT("\x80x", BAD, 'x');
    EXPECT("\xbf\xbfx", BAD, BAD, 'x');
    EXPECT("\xc3x", BAD, 'x');                   /* cut short */
    EXPECT("\xc3\xc3\xa9", BAD, 0xe9);           /* the byte that cuts begins the next */
    EXPECT("\xe2\x82x", BAD, 'x');               /* one for the maximal part */
    EXPECT("\xf0\x9f\x98x", BAD, 'x');
    EXPECT("\xc0\xafx", BAD, BAD, 'x');          /* overlong */
    EXPECT("\xe0\x80\xafx", BAD, BAD, BAD, 'x');
    EXPECT("\xf0\x80\x80\xafx", BAD, BAD, BAD, BAD, 'x');
    EXPECT("\xed\xa0\x80x", BAD, BAD, BAD, 'x'); /* surrogate */
    EXPECT("\xf4\x90\x80\x80x", BAD, BAD, BAD, BAD, 'x'); /* beyond U+10FFFF */
    EXPECT("\xf5\xfe\xffx", BAD, BAD, BAD, 'x');
    EXPECT("\xc3\nx", BAD, '\n', 'x');
    /* Unicode 15, table 3-11. */
    EXPECT("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64", 'a', BAD, BAD, BAD, 'b', BAD,
           'c', BAD, BAD, 'd');
}

static void encoded_is_decoded(void **state)
{
    for (uint32_t wanted = 0; wanted <= 0x10ffff; wanted++) {
        if (wanted >= 0xd800 && wanted <= 0xdfff)
            continue;
        struct utf8_decoder decoder = {0};
        uint32_t characters[2] = {0};
        char bytes[4];
        unsigned size = utf8_encode(wanted, bytes), completed = 0;
        for (unsigned i = 0; i < size; i++)
            completed += utf8_decode(&decoder, (uint8_t)bytes[i], characters);
        assert_int_equal(completed, 1);
        assert_int_equal(characters[0], wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character),
        cmocka_unit_test(ill_formed),
        cmocka_unit_test(encoded_is_decoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
