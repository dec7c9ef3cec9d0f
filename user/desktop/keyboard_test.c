/* From keys to text, with the layouts that the image has. */
/* links: lib/accents.c lib/keyboard_layout.c lib/utf8.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "lib/abi/keys.h"
#include "lib/keyboard_layout.h"
#include "user/desktop/keyboard.h"
#include "user/desktop/protocol.h"

static struct keyboard keyboard;
static char typed[64];

static void use(const char *name)
{
    static char text[65536];
    char path[64];
    struct abi_layout layout;
    struct layout_fault fault;
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), "tools/root/usr/share/keyboard/%s.map", name);
    file = fopen(path, "r");
    assert_non_null(file);
    size = fread(text, 1, sizeof(text), file);
    fclose(file);
    assert_int_equal(layout_parse(text_of(text, size), &layout, &fault), 0);
    memset(&keyboard, 0, sizeof(keyboard));
    keyboard_set_layout(&keyboard, &layout);
    typed[0] = '\0';
}

static unsigned key(unsigned code, int value)
{
    char text[KEYBOARD_TEXT];
    unsigned modifiers = keyboard_key(&keyboard, code, value, text);

    strcat(typed, text);
    return modifiers;
}

static void press(unsigned code)
{
    key(code, INPUT_PRESSED);
    key(code, INPUT_RELEASED);
}

static void with(unsigned modifier, unsigned code)
{
    key(modifier, INPUT_PRESSED);
    press(code);
    key(modifier, INPUT_RELEASED);
}

static void test_plain_and_shift(void **state)
{
    (void)state;
    use("us");
    press(KEY_H);
    with(KEY_LEFTSHIFT, KEY_I);
    with(KEY_RIGHTSHIFT, KEY_1);
    press(KEY_SPACE);
    key(KEY_A, INPUT_PRESSED);
    key(KEY_A, INPUT_REPEATED);
    key(KEY_A, INPUT_RELEASED);
    assert_string_equal(typed, "hI! aa");
    press(KEY_ENTER);
    press(KEY_F1);
    press(KEY_LEFT);
    assert_string_equal(typed, "hI! aa");
}

static void test_caps_lock_is_for_letters(void **state)
{
    (void)state;
    use("es");
    press(KEY_CAPSLOCK);
    press(KEY_SEMICOLON);
    press(KEY_1);
    with(KEY_LEFTSHIFT, KEY_A);
    press(KEY_CAPSLOCK);
    press(KEY_SEMICOLON);
    assert_string_equal(typed, "Ñ1añ");
}

static void test_dead_keys(void **state)
{
    (void)state;
    use("es");
    press(KEY_APOSTROPHE); /* ´ */
    press(KEY_A);
    press(KEY_APOSTROPHE);
    press(KEY_SPACE);
    press(KEY_APOSTROPHE);
    press(KEY_X);
    press(KEY_APOSTROPHE);
    press(KEY_APOSTROPHE);
    with(KEY_LEFTSHIFT, KEY_APOSTROPHE); /* ¨ */
    press(KEY_U);
    press(KEY_APOSTROPHE);
    with(KEY_LEFTSHIFT, KEY_E);
    assert_string_equal(typed, "á´´x´üÉ"); /* twice the same is it once, as in the text terminals */
}

static void test_altgr(void **state)
{
    unsigned modifiers;

    (void)state;
    use("es");
    key(KEY_RIGHTALT, INPUT_PRESSED);
    modifiers = key(KEY_E, INPUT_PRESSED);
    key(KEY_E, INPUT_RELEASED);
    press(KEY_2);
    key(KEY_RIGHTALT, INPUT_RELEASED);
    assert_string_equal(typed, "€@");
    assert_int_equal(modifiers, MODIFIER_ALTGR);
    use("us"); /* there it is an Alt key */
    key(KEY_RIGHTALT, INPUT_PRESSED);
    assert_int_equal(keyboard_modifiers(&keyboard), MODIFIER_ALT);
    key(KEY_RIGHTALT, INPUT_RELEASED);
}

static void test_ctrl_tells_the_letter(void **state)
{
    unsigned modifiers;

    (void)state;
    use("fr");
    key(KEY_LEFTCTRL, INPUT_PRESSED);
    modifiers = key(KEY_Q, INPUT_PRESSED);
    assert_string_equal(typed, "a");
    assert_int_equal(modifiers, MODIFIER_CTRL);
}

static void test_compose(void **state)
{
    (void)state;
    use("us");
    press(KEY_COMPOSE);
    press(KEY_APOSTROPHE);
    press(KEY_E);
    press(KEY_COMPOSE);
    press(KEY_S);
    press(KEY_S);
    press(KEY_COMPOSE);
    press(KEY_N);
    with(KEY_LEFTSHIFT, KEY_GRAVE); /* ~ behind its letter */
    press(KEY_COMPOSE);
    press(KEY_X);
    press(KEY_Q); /* nothing */
    press(KEY_Z);
    assert_string_equal(typed, "éßñz");
}

static void test_the_keypad(void **state)
{
    (void)state;
    use("us");
    press(KEY_KP7);
    press(KEY_KPDOT);
    press(KEY_KPPLUS);
    press(KEY_KPSLASH);
    press(KEY_KPASTERISK);
    press(KEY_NUMLOCK);
    press(KEY_KP7);
    press(KEY_KP0);
    press(KEY_KPDOT);
    assert_string_equal(typed, "+/*70.");
}

static void test_sticky_keys(void **state)
{
    (void)state;
    use("us");
    keyboard.sticky = true;
    press(KEY_LEFTSHIFT);
    press(KEY_A);
    press(KEY_A);
    press(KEY_LEFTSHIFT);
    press(KEY_LEFTSHIFT);
    press(KEY_B);
    assert_string_equal(typed, "Aab");
    press(KEY_LEFTCTRL);
    assert_int_equal(key(KEY_C, INPUT_PRESSED), MODIFIER_CTRL);
    assert_int_equal(keyboard_modifiers(&keyboard), 0);
}

static void test_whatever_comes(void **state)
{
    char text[KEYBOARD_TEXT];

    (void)state;
    use("es");
    for (unsigned i = 0; i < 200000; i++) {
        unsigned value = i * 2654435761u;

        keyboard_key(&keyboard, value >> 20, (int)(value % 4), text);
        assert_true(strlen(text) < sizeof(text));
    }
    keyboard_key(&keyboard, 70000, INPUT_PRESSED, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_and_shift),       cmocka_unit_test(test_caps_lock_is_for_letters),
        cmocka_unit_test(test_dead_keys),             cmocka_unit_test(test_altgr),
        cmocka_unit_test(test_ctrl_tells_the_letter), cmocka_unit_test(test_compose),
        cmocka_unit_test(test_the_keypad),            cmocka_unit_test(test_sticky_keys),
        cmocka_unit_test(test_whatever_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
