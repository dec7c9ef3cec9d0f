/* links: lib/accents.c kernel/core/input/layout.c kernel/core/input/layout_us.c lib/utf8.c */
/* Keys in, terminal bytes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "kernel/core/input/input.h"
#include "kernel/core/input/input_fake.h"

#define SHIFT 0x2a
#define CTRL  0x1d
#define ALT   0x38
#define CAPS  0x3a
#define NUM   0x45
#define A     0x1e

static void press(uint8_t code)
{
    input_key(code, true);
    input_key(code, false);
}

static void press_with(uint8_t modifier, uint8_t code)
{
    input_key(modifier, true);
    press(code);
    input_key(modifier, false);
}

/* What was typed is exactly `bytes`. */
static void typed(const char *bytes, size_t size)
{
    uint8_t byte;
    for (size_t i = 0; i < size; i++) {
        assert_true(input_get(&byte));
        assert_int_equal(byte, (uint8_t)bytes[i]);
    }
    assert_false(input_get(&byte));
}

#define TYPED(text) typed(text, sizeof(text) - 1)

static void test_characters(void **state)
{
    (void)state;
    press(A);
    press(0x02);
    press(0x39);
    press_with(SHIFT, A);
    press_with(0x36, 0x02);
    TYPED("a1 A!");
    press(0x1c);
    press(0x0e);
    press(0x0f);
    press(0x01);
    TYPED("\r\x7f\t\x1b");
}

static void test_every_printable_character_can_be_typed(void **state)
{
    (void)state;
    bool seen[256] = {false};
    for (uint8_t code = 1; code < 0x45; code++) {
        if (code == SHIFT || code == 0x36 || code == CTRL || code == ALT || code == CAPS)
            continue;
        press(code);
        press_with(SHIFT, code);
    }
    uint8_t byte;
    while (input_get(&byte))
        seen[byte] = true;
    for (unsigned c = ' '; c < 0x7f; c++)
        assert_true(seen[c]);
}

static void test_locks(void **state)
{
    (void)state;
    assert_int_equal(input_key(0, false), DDI_LIGHT_NUM);
    input_key(CAPS, true);
    assert_int_equal(input_key(CAPS, true), DDI_LIGHT_NUM | DDI_LIGHT_CAPS); /* held: repeats */
    input_key(CAPS, false);
    press(A);
    press_with(SHIFT, A);
    press(0x02);
    TYPED("Aa1");
    press(CAPS);
    press(A);
    TYPED("a");
    press(0x47);
    press_with(SHIFT, 0x48);
    TYPED("7\x1b[1;2A");
    press(NUM);
    press(0x47);
    press(0x53);
    press(0x4e);
    TYPED("\x1b[H\x1b[3~+");
    press(NUM);
    assert_int_equal(input_key(0, false), DDI_LIGHT_NUM);
}

static void test_control_and_alt(void **state)
{
    (void)state;
    press_with(CTRL, A);
    press_with(0x80 + CTRL, 0x2e);
    press_with(CTRL, 0x1a);
    press_with(CTRL, 0x39);
    press_with(CTRL, 0x0e);
    typed("\x01\x03\x1b\x00\x08", 5);
    press_with(ALT, 0x30);
    press_with(ALT, 0x1c);
    TYPED("\x1b\x62\x1b\r");
}

static void test_keys_without_characters(void **state)
{
    (void)state;
    const struct {
        uint8_t code;
        const char *sequence;
    } keys[] = {
        {0xc8, "\x1b[A"},   {0xd0, "\x1b[B"},   {0xcd, "\x1b[C"},   {0xcb, "\x1b[D"},
        {0xc7, "\x1b[H"},   {0xcf, "\x1b[F"},   {0xc9, "\x1b[5~"},  {0xd1, "\x1b[6~"},
        {0xd2, "\x1b[2~"},  {0xd3, "\x1b[3~"},  {0x3b, "\x1bOP"},   {0x3e, "\x1bOS"},
        {0x3f, "\x1b[15~"}, {0x44, "\x1b[21~"}, {0x57, "\x1b[23~"}, {0x58, "\x1b[24~"},
        {0x9c, "\r"},       {0xb5, "/"},        {0x37, "*"},
    };
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        press(keys[i].code);
        typed(keys[i].sequence, strlen(keys[i].sequence));
    }
    press_with(CTRL, 0xcb);
    TYPED("\x1b[1;5D");
    press_with(SHIFT, 0x0f);
    TYPED("\x1b[Z");
}

/* Whatever a broken keyboard sends: one character or one sequence a key, never more. */
static void one_key(uint8_t code)
{
    uint8_t byte, bytes[64];
    size_t size = 0;
    press(code);
    while (input_get(&byte))
        bytes[size++] = byte;
    assert_true(size <= 8);
    assert_true(size <= 1 || bytes[0] == 0x1b);
}

static void test_every_code_is_harmless(void **state)
{
    (void)state;
    for (unsigned modifiers = 0; modifiers < 8; modifiers++) {
        input_key(SHIFT, modifiers & 1);
        input_key(CTRL, modifiers & 2);
        input_key(ALT, modifiers & 4);
        for (unsigned code = 1; code < 256; code++) {
            if (code != SHIFT && code != CTRL && code != ALT)
                one_key((uint8_t)code);
        }
    }
    input_key(SHIFT, false);
    input_key(CTRL, false);
    input_key(ALT, false);
    assert_int_equal(input_key(0, false), DDI_LIGHT_NUM); /* each lock toggled eight times */
}

static void test_queue_is_bounded_and_whole(void **state)
{
    (void)state;
    uint64_t lost = input_lost();
    for (unsigned i = 0; i < 8190; i++)
        input_byte(INPUT_COM1, (uint8_t)i);
    press(0xc8); /* three bytes, room for one: none of them */
    assert_int_equal(input_lost(), lost + 3);
    input_byte(INPUT_COM1, 0xaa);
    input_byte(INPUT_COM1, 0xbb);
    assert_int_equal(input_lost(), lost + 4);
    uint8_t byte;
    for (unsigned i = 0; i < 8190; i++) {
        assert_true(input_get(&byte));
        assert_int_equal(byte, (uint8_t)i);
    }
    typed("\xaa", 1);
}

static void test_waiting(void **state)
{
    (void)state;
    assert_false(input_waiting(3));
    assert_false(input_pending());
    input_byte(INPUT_COM1, 'x');
    assert_true(input_pending());
    press_with(CTRL, 0x2e);
    input_byte(INPUT_COM1, 'y');
    assert_true(input_waiting(3));
    assert_false(input_waiting(4));
    TYPED("x\x03y");
    assert_false(input_waiting(3));
}

static void test_application_keys(void **state)
{
    (void)state;
    input_application_keys(true);
    press(0x80 + 0x48);
    press_with(SHIFT, 0x80 + 0x48);
    press(0x80 + 0x53);
    TYPED("\x1bOA\x1b[1;2A\x1b[3~");
    input_application_keys(false);
    press(0x80 + 0x47);
    TYPED("\x1b[H");
}

static uint8_t routed[64];
static size_t routed_size, routed_calls;

static void receive(void *context, struct span bytes)
{
    assert_ptr_equal(context, routed);
    assert_true(routed_size + bytes.size <= sizeof(routed));
    memcpy(routed + routed_size, bytes.bytes, bytes.size);
    routed_size += bytes.size;
    routed_calls++;
}

static void test_routes(void **state)
{
    static const struct input_receiver receiver = {receive, routed};

    (void)state;
    input_route(INPUT_KEYBOARD, &receiver);
    input_byte(INPUT_COM1, 'c');
    press(A);
    press(0x80 + 0x48);
    TYPED("c");
    assert_int_equal(routed_size, 4);
    assert_memory_equal(routed, "a\x1b[A", 4);
    assert_int_equal(routed_calls, 2); /* a sequence comes in one piece */
    input_route(INPUT_COM1, &receiver);
    input_byte(INPUT_COM1, 'd');
    assert_int_equal(routed_size, 5);
    input_route(INPUT_KEYBOARD, NULL);
    input_route(INPUT_COM1, NULL);
    press(A);
    input_byte(INPUT_COM1, 'c');
    TYPED("ac");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_characters),
        cmocka_unit_test(test_every_printable_character_can_be_typed),
        cmocka_unit_test(test_locks),
        cmocka_unit_test(test_control_and_alt),
        cmocka_unit_test(test_keys_without_characters),
        cmocka_unit_test(test_every_code_is_harmless),
        cmocka_unit_test(test_queue_is_bounded_and_whole),
        cmocka_unit_test(test_waiting),
        cmocka_unit_test(test_routes),
        cmocka_unit_test(test_application_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
