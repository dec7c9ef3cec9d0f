/* links: user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "user/apps/hardware/qr.h"

static struct text lines(unsigned count, const char *end)
{
    struct text text = {0};

    for (unsigned i = 0; i < count; i++)
        text_print(&text, "line %u of a report, with ñ and — in it%s", i, end);
    return text;
}

/* The pages' bodies put together. */
static struct text joined(const struct qr_pages *pages)
{
    struct text all = {0};

    for (unsigned i = 0; i < pages->count; i++) {
        char head[64];
        int size = snprintf(head, sizeof(head), "FastOS report %u/%u\n", i + 1, pages->count);

        assert_true(pages->at[i].size <= QR_PAGE_BYTES);
        assert_memory_equal(pages->at[i].at, head, size);
        text_add(&all, pages->at[i].at + size, pages->at[i].size - (size_t)size);
    }
    return all;
}

static void splits_at_lines(void **state)
{
    struct text text = lines(100, "\n");
    struct qr_pages pages = {0};

    (void)state;
    assert_int_equal(qr_split(text_piece(&text), &pages), 0);
    assert_true(pages.count > 4);
    for (unsigned i = 0; i < pages.count; i++)
        assert_int_equal(pages.at[i].at[pages.at[i].size - 1], '\n');
    struct text all = joined(&pages);

    assert_string_equal(all.at, text.at);
    text_free(&all);
    text_free(&text);
    qr_pages_free(&pages);
}

static void splits_between_characters(void **state)
{
    struct text text = {0};
    struct qr_pages pages = {0};

    (void)state;
    for (unsigned i = 0; i < 1000; i++)
        text_print(&text, "ñ—");
    assert_int_equal(qr_split(text_piece(&text), &pages), 0);
    for (unsigned i = 1; i < pages.count; i++) {
        const char *body = strchr(pages.at[i].at, '\n') + 1;

        assert_int_not_equal((unsigned char)*body & 0xc0, 0x80);
    }
    struct text all = joined(&pages);

    assert_string_equal(all.at, text.at);
    text_free(&all);
    text_free(&text);
    qr_pages_free(&pages);
}

static void bears_extremes(void **state)
{
    struct text text = {0};
    struct qr_pages pages = {0};

    (void)state;
    assert_int_equal(qr_split(text_piece(&text), &pages), 0);
    assert_int_equal(pages.count, 0);
    for (unsigned i = 0; i < 60000; i++)
        text_add(&text, "\x80", 1); /* no character begins anywhere */
    assert_int_equal(qr_split(text_piece(&text), &pages), -EFBIG);
    assert_int_equal(pages.count, QR_PAGES_MOST);
    text_free(&text);
    qr_pages_free(&pages);
}

static int digit_of(char c)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    const char *found = strchr(digits, c);

    assert_non_null(found);
    return (int)(found - digits);
}

/* What tools/hardware-report does, too. */
static size_t unpack(const struct text *packed, char *to, size_t room)
{
    uint8_t bytes[4096];
    size_t size = 0;
    uLongf length = room;

    assert_memory_equal(packed->at, "FOS1:", 5);
    for (size_t i = 5; i < packed->size;) {
        bool three = packed->size - i >= 3;
        int value = digit_of(packed->at[i]) + 45 * digit_of(packed->at[i + 1]);

        value += three ? 45 * 45 * digit_of(packed->at[i + 2]) : 0;
        if (three)
            bytes[size++] = (uint8_t)(value >> 8);
        bytes[size++] = (uint8_t)value;
        i += three ? 3 : 2;
    }
    assert_int_equal(uncompress((Bytef *)to, &length, bytes, size), Z_OK);
    return length;
}

static void packs(void **state)
{
    struct text packed = {0};
    char *back = malloc(65536);

    (void)state;
    for (unsigned count = 0; count < 60; count++) {
        struct text text = lines(count, "\n");

        assert_int_equal(qr_pack(text_piece(&text), &packed), 0);
        assert_int_equal(unpack(&packed, back, 65536), text.size);
        assert_true(text.size == 0 || memcmp(back, text.at, text.size) == 0);
        text_free(&text);
    }
    struct text noise = {0};

    for (unsigned i = 0, random = 1; i < 4000; i++, random = random * 1664525 + 1013904223)
        text_add(&noise, &(char){(char)(random >> 24)}, 1);
    assert_int_equal(qr_pack(text_piece(&noise), &packed), -EFBIG);
    text_free(&noise);
    text_free(&packed);
    free(back);
}

/* A finder: a square of 7 dark modules, a light ring, 3 × 3 dark. */
static void assert_finder(const struct qr_code *code, int x, int y)
{
    for (int j = 0; j < 7; j++)
        for (int i = 0; i < 7; i++) {
            int ring = abs(i - 3) > abs(j - 3) ? abs(i - 3) : abs(j - 3);

            assert_int_equal(qr_is_dark(code, x + i, y + j), ring != 2);
        }
}

static void encodes(void **state)
{
    struct qr_code code;
    struct text text = lines(100, "\n"), most = {0};
    struct qr_pages pages = {0};

    (void)state;
    assert_int_equal(qr_split(text_piece(&text), &pages), 0);
    for (unsigned i = 0; i < pages.count; i++) {
        assert_int_equal(qr_encode(pages.at[i].at, &code), 0);
        assert_true(code.size <= 4 * 20 + 17);
        assert_finder(&code, 0, 0);
        assert_finder(&code, code.size - 7, 0);
        assert_finder(&code, 0, code.size - 7);
        assert_false(qr_is_dark(&code, -1, 0) || qr_is_dark(&code, code.size, 0));
    }
    for (unsigned i = 0; i < QR_PACKED_MOST; i++)
        text_add(&most, "A", 1);
    assert_int_equal(qr_encode(most.at, &code), 0);
    assert_int_equal(code.size, 177);
    text_add(&most, "A", 1);
    assert_int_equal(qr_encode(most.at, &code), -EFBIG);
    assert_false(qr_is_dark(&code, 0, 0));
    qr_pages_free(&pages);
    text_free(&most);
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_at_lines), cmocka_unit_test(splits_between_characters),
        cmocka_unit_test(bears_extremes),  cmocka_unit_test(packs),
        cmocka_unit_test(encodes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
