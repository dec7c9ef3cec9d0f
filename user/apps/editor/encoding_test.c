/* Encodings and line ends: what is found, and that every file comes back byte for byte. */
#include "user/apps/editor/encoding.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BYTES(text) text, sizeof(text) - 1

static void expect(const char *bytes, size_t size, enum encoding encoding, const char *text, size_t text_size)
{
    char *decoded, *again;
    size_t decoded_size, again_size;
    assert_int_equal(encoding_detect(bytes, size), encoding);
    assert_int_equal(encoding_decode(encoding, bytes, size, &decoded, &decoded_size), 0);
    assert_int_equal(decoded_size, text_size);
    assert_memory_equal(decoded, text, text_size);
    assert_int_equal(encoding_encode(encoding, decoded, decoded_size, &again, &again_size), 0);
    assert_int_equal(again_size, size);
    assert_memory_equal(again, bytes, size);
    free(decoded);
    free(again);
}

static void test_each_encoding(void **state)
{
    expect(BYTES(""), ENCODING_UTF8, BYTES(""));
    expect(BYTES("a\xc3\xb1o\n"), ENCODING_UTF8, BYTES("a\xc3\xb1o\n"));
    expect(BYTES("\xef\xbb\xbfhola"), ENCODING_UTF8_BOM, BYTES("hola"));
    expect(BYTES("\xff\xfe\xf1\0\x3d\xd8\0\xde"), ENCODING_UTF16LE, BYTES("\xc3\xb1\xf0\x9f\x98\x80"));
    expect(BYTES("\xfe\xff\0\xf1\xd8\x3d\xde\0"), ENCODING_UTF16BE, BYTES("\xc3\xb1\xf0\x9f\x98\x80"));
    expect(BYTES("a\xf1o\n"), ENCODING_LATIN1, BYTES("a\xc3\xb1o\n"));
}

static void test_invalid_bytes_are_kept(void **state)
{
    expect(BYTES("\0\x80\xff binary"), ENCODING_UTF8, BYTES("\0\x80\xff binary"));
    expect(BYTES("\xef\xbb\xbf\xff"), ENCODING_UTF8_BOM, BYTES("\xff"));
    expect(BYTES("\xff\xfe\x00\xd8\x41\x00"), ENCODING_UTF16LE, BYTES("\xed\xa0\x80\x41"));
    expect(BYTES("\xff\xfe\x41"), ENCODING_LATIN1, BYTES("\xc3\xbf\xc3\xbe\x41"));
}

static void test_what_cannot_be_said_is_refused(void **state)
{
    char *bytes;
    size_t size;
    assert_int_equal(encoding_encode(ENCODING_LATIN1, BYTES("\xe2\x82\xac"), &bytes, &size), -EILSEQ);
    assert_int_equal(encoding_encode(ENCODING_UTF16LE, BYTES("a\xff"), &bytes, &size), -EILSEQ);
    assert_int_equal(encoding_encode(ENCODING_UTF16BE, BYTES("a\xe2\x82"), &bytes, &size), -EILSEQ);
}

static void test_random_files_come_back(void **state)
{
    uint32_t seed = 1;
    for (int round = 0; round < 20000; round++) {
        char bytes[24], *text, *again;
        size_t size = (size_t)round % sizeof(bytes), text_size, again_size;
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)((seed = seed * 1664525 + 1013904223) >> 24);
        if (size >= 2 && round % 3 != 0)
            memcpy(bytes, round % 3 == 1 ? "\xff\xfe" : "\xfe\xff", 2);
        enum encoding encoding = encoding_detect(bytes, size);
        assert_int_equal(encoding_decode(encoding, bytes, size, &text, &text_size), 0);
        assert_int_equal(encoding_encode(encoding, text, text_size, &again, &again_size), 0);
        assert_int_equal(again_size, size);
        assert_memory_equal(again, bytes, size);
        free(text);
        free(again);
    }
}

static void test_line_ends(void **state)
{
    assert_int_equal(line_ends_detect(BYTES("")), LINE_ENDS_LF);
    assert_int_equal(line_ends_detect(BYTES("\na\n")), LINE_ENDS_LF);
    assert_int_equal(line_ends_detect(BYTES("a\r\nb\r\n")), LINE_ENDS_CRLF);
    assert_int_equal(line_ends_detect(BYTES("a\r\nb\n")), LINE_ENDS_MIXED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_encoding),
        cmocka_unit_test(test_invalid_bytes_are_kept),
        cmocka_unit_test(test_what_cannot_be_said_is_refused),
        cmocka_unit_test(test_random_files_come_back),
        cmocka_unit_test(test_line_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
