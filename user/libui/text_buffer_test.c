/* The text buffer against a plain string, by chance; undo; finding; ten megabytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/libui/text_buffer.h"

#define PLAIN 4096

struct plain {
    char bytes[PLAIN];
    size_t size;
};

static uint32_t chance = 1;

static unsigned next(unsigned below)
{
    chance = chance * 1664525u + 1013904223u;
    return (chance >> 8) % below;
}

static char *all_of(const struct text_buffer *buffer)
{
    const size_t size = text_buffer_size(buffer);
    char *text = malloc(size + 1);

    assert_non_null(text);
    assert_int_equal(text_buffer_copy(buffer, 0, size, text), size);
    text[size] = '\0';
    return text;
}

static void is(const struct text_buffer *buffer, const char *wanted)
{
    char *text = all_of(buffer);

    assert_string_equal(text, wanted);
    free(text);
}

static void same_lines(struct text_buffer *buffer, const struct plain *plain)
{
    size_t line = 0, start = 0, size;

    for (size_t i = 0; i <= plain->size; i++) {
        if (i < plain->size && plain->bytes[i] != '\n')
            continue;
        assert_int_equal(text_buffer_line_start(buffer, line), start);
        assert_int_equal(text_buffer_line_size(buffer, line), i - start);
        assert_int_equal(text_buffer_line_of(buffer, i), line);
        const char *text = text_buffer_line(buffer, line, &size);

        assert_int_equal(size, i - start);
        assert_memory_equal(text, plain->bytes + start, size);
        start = i + 1;
        line++;
    }
    assert_int_equal(text_buffer_lines(buffer), line);
}

static void change(struct text_buffer *buffer, struct plain *plain)
{
    static const char letters[] = "ab\n c\xC3\xA9\n";
    const size_t at = next((unsigned)plain->size + 1), size = next(9);

    if (next(2) && plain->size + size < PLAIN) {
        assert_int_equal(text_buffer_insert(buffer, at, letters, size), 0);
        memmove(plain->bytes + at + size, plain->bytes + at, plain->size - at);
        memcpy(plain->bytes + at, letters, size);
        plain->size += size;
    } else {
        const size_t cut = size > plain->size - at ? plain->size - at : size;

        assert_int_equal(text_buffer_remove(buffer, at, size), 0);
        memmove(plain->bytes + at, plain->bytes + at + cut, plain->size - at - cut);
        plain->size -= cut;
    }
}

static void equals_a_string(void **state)
{
    struct text_buffer *buffer = text_buffer_new();
    struct plain plain = {.size = 0};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        change(buffer, &plain);
        assert_int_equal(text_buffer_size(buffer), plain.size);
        if (i % 10 == 0)
            same_lines(buffer, &plain);
    }
    while (text_buffer_undo(buffer, NULL))
        ;
    assert_int_equal(text_buffer_size(buffer), 0);
    while (text_buffer_redo(buffer, NULL))
        ;
    same_lines(buffer, &plain);
    for (size_t i = 0; i < plain.size; i++)
        assert_int_equal(text_buffer_byte(buffer, i), (unsigned char)plain.bytes[i]);
    assert_int_equal(text_buffer_byte(buffer, plain.size), -1);
    text_buffer_end(buffer);
}

static void undoes_steps(void **state)
{
    struct text_buffer *buffer = text_buffer_new();
    size_t at = 77;

    (void)state;
    assert_false(text_buffer_can_undo(buffer));
    assert_false(text_buffer_undo(buffer, &at));
    text_buffer_load(buffer, "one\n", 4);
    assert_false(text_buffer_modified(buffer));
    for (int i = 0; i < 3; i++)
        text_buffer_insert(buffer, 4 + (size_t)i, &"abc"[i], 1); /* typed: one step */
    text_buffer_new_step(buffer);
    text_buffer_insert(buffer, 7, "d", 1);
    is(buffer, "one\nabcd");
    assert_true(text_buffer_undo(buffer, &at));
    is(buffer, "one\nabc");
    assert_int_equal(at, 7);
    assert_true(text_buffer_undo(buffer, &at));
    is(buffer, "one\n");
    assert_false(text_buffer_modified(buffer));
    assert_true(text_buffer_can_redo(buffer));
    assert_true(text_buffer_redo(buffer, &at));
    is(buffer, "one\nabc");
    text_buffer_saved(buffer);
    assert_false(text_buffer_modified(buffer));
    text_buffer_undo(buffer, NULL);
    assert_true(text_buffer_modified(buffer));
    text_buffer_insert(buffer, 0, "x", 1); /* what was saved can never come back */
    text_buffer_undo(buffer, NULL);
    assert_true(text_buffer_modified(buffer));
    assert_true(text_buffer_can_redo(buffer));
    text_buffer_end(buffer);
}

static void groups_are_one_step(void **state)
{
    struct text_buffer *buffer = text_buffer_new();

    (void)state;
    text_buffer_load(buffer, "a b c", 5);
    text_buffer_group_start(buffer);
    text_buffer_remove(buffer, 0, 1);
    text_buffer_group_start(buffer);
    text_buffer_insert(buffer, 0, "xyz", 3);
    text_buffer_group_end(buffer);
    text_buffer_remove(buffer, 6, 1);
    text_buffer_group_end(buffer);
    is(buffer, "xyz b ");
    text_buffer_undo(buffer, NULL);
    is(buffer, "a b c");
    text_buffer_redo(buffer, NULL);
    is(buffer, "xyz b ");
    text_buffer_end(buffer);
}

static size_t heard[4];

static void hear(struct text_buffer *buffer, size_t at, size_t removed, size_t added, void *context)
{
    (void)buffer;
    heard[0] = at;
    heard[1] = removed;
    heard[2] = added;
    heard[3]++;
    (void)context;
}

static void listeners_hear(void **state)
{
    struct text_buffer *buffer = text_buffer_new();

    (void)state;
    assert_int_equal(text_buffer_listen(buffer, hear, NULL), 0);
    text_buffer_insert(buffer, 0, "hello", 5);
    assert_int_equal(heard[2], 5);
    text_buffer_remove(buffer, 1, 100);
    assert_int_equal(heard[0], 1);
    assert_int_equal(heard[1], 4);
    text_buffer_unlisten(buffer, hear, NULL);
    text_buffer_insert(buffer, 0, "x", 1);
    assert_int_equal(heard[3], 2);
    for (unsigned i = 0; i < TEXT_BUFFER_LISTENERS; i++)
        assert_int_equal(text_buffer_listen(buffer, hear, &heard[i % 4]), 0);
    assert_true(text_buffer_listen(buffer, hear, NULL) < 0);
    text_buffer_end(buffer);
}

static void steps_by_letters_and_words(void **state)
{
    static const char text[] = "d\xC3\xB3nde (a_1)\n\xFF\xE2\x82x";
    struct text_buffer *buffer = text_buffer_new();
    size_t at = 0;

    (void)state;
    text_buffer_load(buffer, text, sizeof(text) - 1);
    text_buffer_insert(buffer, 2, "", 0);
    assert_int_equal(text_buffer_next(buffer, 1), 3);
    assert_int_equal(text_buffer_previous(buffer, 3), 1);
    assert_int_equal(text_buffer_next_word(buffer, 0), 6);
    assert_int_equal(text_buffer_next_word(buffer, 6), 8);
    assert_int_equal(text_buffer_previous_word(buffer, 11), 8);
    while (at < sizeof(text) - 1) { /* also over what is no UTF-8 */
        const size_t to = text_buffer_next(buffer, at);

        assert_true(to > at && to <= sizeof(text) - 1);
        at = to;
    }
    while (at > 0) {
        const size_t to = text_buffer_previous(buffer, at);

        assert_true(to < at);
        at = to;
    }
    text_buffer_end(buffer);
}

static void line_ends_are_one_step(void **state)
{
    struct text_buffer *buffer = text_buffer_new();

    (void)state;
    assert_non_null(buffer);
    text_buffer_load(buffer, "a\r\nb\r", 5);
    assert_int_equal(text_buffer_next(buffer, 1), 3);
    assert_int_equal(text_buffer_previous(buffer, 3), 1);
    assert_int_equal(text_buffer_next_word(buffer, 0), 1);
    assert_int_equal(text_buffer_next_word(buffer, 1), 3);
    assert_int_equal(text_buffer_previous_word(buffer, 3), 1);
    assert_int_equal(text_buffer_next(buffer, 4), 5); /* alone it is a letter */
    assert_int_equal(text_buffer_previous(buffer, 5), 4);
    text_buffer_end(buffer);
}

static void finds(void **state)
{
    struct text_buffer *buffer = text_buffer_new();

    (void)state;
    text_buffer_load(buffer, "The theme, the THE", 18);
    text_buffer_insert(buffer, 9, "", 0);
    text_buffer_remove(buffer, 18, 0);
    assert_int_equal(text_buffer_find(buffer, 0, "the", 3, 0), 4);
    assert_int_equal(text_buffer_find(buffer, 5, "the", 3, 0), 11);
    assert_int_equal(text_buffer_find(buffer, 12, "the", 3, 0), TEXT_NOT_FOUND);
    assert_int_equal(text_buffer_find(buffer, 12, "the", 3, TEXT_FIND_NO_CASE), 15);
    assert_int_equal(text_buffer_find(buffer, 1, "the", 3, TEXT_FIND_WORD), 11);
    assert_int_equal(text_buffer_find(buffer, 11, "the", 3, TEXT_FIND_BACKWARDS), 4);
    assert_int_equal(text_buffer_find(buffer, 4, "the", 3, TEXT_FIND_BACKWARDS | TEXT_FIND_NO_CASE), 0);
    assert_int_equal(text_buffer_find(buffer, 0, "the", 3, TEXT_FIND_BACKWARDS), TEXT_NOT_FOUND);
    assert_int_equal(text_buffer_find(buffer, 0, "", 0, 0), TEXT_NOT_FOUND);
    assert_int_equal(text_buffer_find(buffer, 99, "T", 1, 0), TEXT_NOT_FOUND);
    text_buffer_end(buffer);
}

/* An edit in the middle of 10 MB is not to move all of it, nor all of its index, again and again. */
static void bears_ten_megabytes(void **state)
{
    const size_t size = 10u << 20;
    struct text_buffer *buffer = text_buffer_new();
    char *bytes = malloc(size);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = i % 32 == 31 ? '\n' : 'a';
    assert_int_equal(text_buffer_load(buffer, bytes, size), 0);
    free(bytes);
    assert_int_equal(text_buffer_lines(buffer), size / 32 + 1);
    for (unsigned i = 0; i < 20000; i++)
        assert_int_equal(text_buffer_insert(buffer, size / 2 + i, i % 40 == 0 ? "\n" : "b", 1), 0);
    assert_int_equal(text_buffer_lines(buffer), size / 32 + 1 + 500);
    assert_int_equal(text_buffer_find(buffer, 0, "b", 1, 0), size / 2 + 1);
    while (text_buffer_undo(buffer, NULL))
        ;
    assert_int_equal(text_buffer_size(buffer), size);
    assert_int_equal(text_buffer_line_start(buffer, 200000), 200000u * 32);
    text_buffer_end(buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equals_a_string), cmocka_unit_test(undoes_steps),
        cmocka_unit_test(groups_are_one_step), cmocka_unit_test(listeners_hear),
        cmocka_unit_test(steps_by_letters_and_words), cmocka_unit_test(finds),
        cmocka_unit_test(line_ends_are_one_step),
        cmocka_unit_test(bears_ten_megabytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
