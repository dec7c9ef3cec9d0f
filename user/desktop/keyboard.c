/* See keyboard.h. Keys' numbers are lib/abi/keys.h's, of which the layouts' scan codes are a part. */
#include "user/desktop/keyboard.h"

#include <string.h>

#include "lib/abi/keys.h"
#include "lib/accents.h"
#include "lib/utf8.h"
#include "user/desktop/protocol.h"

#define array_count(a) (sizeof(a) / sizeof((a)[0]))

static bool key_has_altgr(const struct abi_layout *layout, unsigned code)
{
    return layout->characters[code][LAYOUT_ALTGR] || layout->characters[code][LAYOUT_ALTGR_SHIFT];
}

void keyboard_set_layout(struct keyboard *keyboard, const struct abi_layout *layout)
{
    keyboard->layout = *layout;
    keyboard->layout.name[LAYOUT_NAME_BYTES - 1] = '\0';
    keyboard->altgr = false;
    for (unsigned code = 0; code < LAYOUT_KEYS; code++)
        keyboard->altgr = keyboard->altgr || key_has_altgr(layout, code);
    keyboard->dead = 0;
    keyboard->compose = 0;
}

/* ---- what is held ------------------------------------------------------------------------------ */

bool keyboard_is_held(const struct keyboard *keyboard, unsigned code)
{
    return code < INPUT_CODES && keyboard->held[code / 8] >> code % 8 & 1;
}

static void set_held(struct keyboard *keyboard, unsigned code, bool held)
{
    uint8_t bit = (uint8_t)(1u << code % 8);

    keyboard->held[code / 8] =
        held ? keyboard->held[code / 8] | bit : keyboard->held[code / 8] & (uint8_t)~bit;
}

void keyboard_set_held(struct keyboard *keyboard, const struct abi_input_keys *keys)
{
    memcpy(keyboard->held, keys->held, sizeof(keyboard->held));
}

static const struct {
    uint16_t code, modifier;
} modifier_keys[] = {
    {KEY_LEFTSHIFT, MODIFIER_SHIFT}, {KEY_RIGHTSHIFT, MODIFIER_SHIFT}, {KEY_LEFTCTRL, MODIFIER_CTRL},
    {KEY_RIGHTCTRL, MODIFIER_CTRL},  {KEY_LEFTALT, MODIFIER_ALT},      {KEY_RIGHTALT, MODIFIER_ALT},
    {KEY_LEFTMETA, MODIFIER_SUPER},  {KEY_RIGHTMETA, MODIFIER_SUPER},
};

static unsigned modifier_of(const struct keyboard *keyboard, unsigned code)
{
    if (code == KEY_RIGHTALT && keyboard->altgr)
        return MODIFIER_ALTGR;
    for (unsigned i = 0; i < array_count(modifier_keys); i++) {
        if (modifier_keys[i].code == code)
            return modifier_keys[i].modifier;
    }
    return 0;
}

bool keyboard_is_modifier(unsigned code)
{
    static const struct keyboard plain;

    return modifier_of(&plain, code) || code == KEY_CAPSLOCK || code == KEY_NUMLOCK;
}

unsigned keyboard_modifiers(const struct keyboard *keyboard)
{
    unsigned modifiers =
        keyboard->latched | (keyboard->caps ? MODIFIER_CAPS : 0) | (keyboard->num ? MODIFIER_NUM : 0);

    for (unsigned i = 0; i < array_count(modifier_keys); i++) {
        if (keyboard_is_held(keyboard, modifier_keys[i].code))
            modifiers |= modifier_of(keyboard, modifier_keys[i].code);
    }
    return modifiers;
}

/* ---- from a key to a character ----------------------------------------------------------------- */

/* Those whose set-1 scan code is another number (drivers/keyboard/codes.c). */
static unsigned scan_code(unsigned code)
{
    switch (code) {
    case KEY_RO:
        return 0x73;
    case KEY_YEN:
        return 0x7d;
    case KEY_KPCOMMA:
        return 0x7e;
    default:
        return code <= KEY_KPDOT || code == KEY_102ND ? code : LAYOUT_KEYS;
    }
}

static uint32_t by_layout(const struct keyboard *keyboard, unsigned code, unsigned modifiers)
{
    unsigned scan = scan_code(code), level = modifiers & MODIFIER_SHIFT ? LAYOUT_SHIFT : LAYOUT_PLAIN;
    uint32_t c;

    if (scan >= LAYOUT_KEYS)
        return 0;
    if (modifiers & MODIFIER_ALTGR && key_has_altgr(&keyboard->layout, scan))
        level += LAYOUT_ALTGR;
    c = keyboard->layout.characters[scan][level];
    return modifiers & MODIFIER_CAPS && (c < DEAD_FIRST || c >= 0xe000) ? letter_in_other_case(c) : c;
}

/* The keypad's digits, with Num Lock; its dot and comma are the layout's. */
static uint32_t by_keypad(const struct keyboard *keyboard, unsigned code)
{
    static const char digits[] = "789-456+1230";

    if (code == KEY_KPASTERISK)
        return '*';
    if (code == KEY_KPSLASH)
        return '/';
    if (code < KEY_KP7 || code > KEY_KP0)
        return 0;
    return keyboard->num || code == KEY_KPMINUS || code == KEY_KPPLUS ? (uint32_t)digits[code - KEY_KP7] : 0;
}

static uint32_t character_of(const struct keyboard *keyboard, unsigned code, unsigned modifiers)
{
    uint32_t c = by_keypad(keyboard, code);

    if (c || (code >= KEY_KP7 && code <= KEY_KP0) || (code == KEY_KPDOT && !keyboard->num))
        return c;
    c = by_layout(keyboard, code, modifiers);
    if (c == 0 && (code == KEY_SPACE || code == KEY_KPDOT))
        return code == KEY_SPACE ? ' ' : '.';
    return c;
}

/* ---- dead keys and Compose --------------------------------------------------------------------- */

static const struct {
    char first, second;
    uint16_t character;
} pairs[] = {
    {'s', 's', 0xdf},   {'a', 'e', 0xe6},   {'A', 'E', 0xc6},   {'o', 'e', 0x153},  {'O', 'E', 0x152},
    {'c', 'o', 0xa9},   {'o', 'c', 0xa9},   {'o', 'r', 0xae},   {'t', 'm', 0x2122}, {'=', 'c', 0x20ac},
    {'=', 'e', 0x20ac}, {'c', '=', 0x20ac}, {'-', 'l', 0xa3},   {'=', 'y', 0xa5},   {'<', '<', 0xab},
    {'>', '>', 0xbb},   {'?', '?', 0xbf},   {'!', '!', 0xa1},   {'1', '2', 0xbd},   {'1', '4', 0xbc},
    {'3', '4', 0xbe},   {'+', '-', 0xb1},   {'x', 'x', 0xd7},   {':', '-', 0xf7},   {'o', 'o', 0xb0},
    {'m', 'u', 0xb5},   {'s', 'o', 0xa7},   {'.', '.', 0x2026}, {'-', '-', 0x2013}, {'-', '>', 0x2192},
    {'<', '-', 0x2190}, {'^', '2', 0xb2},   {'^', '3', 0xb3},   {'a', '_', 0xaa},   {'o', '_', 0xba},
};

static const struct {
    char sign;
    uint8_t accent;
} signs[] = {
    {'`', DEAD_GRAVE}, {'\'', DEAD_ACUTE}, {'^', DEAD_CIRCUMFLEX}, {'~', DEAD_TILDE}, {'"', DEAD_DIAERESIS},
    {'*', DEAD_RING},  {',', DEAD_CEDILLA}, {'v', DEAD_CARON},     {'u', DEAD_BREVE}, {'_', DEAD_MACRON},
    {';', DEAD_OGONEK}, {'=', DEAD_DOUBLEACUTE}, {'.', DEAD_DOT},  {'/', DEAD_STROKE},
};

static uint32_t composed(uint32_t first, uint32_t second)
{
    uint32_t c = 0;

    for (unsigned i = 0; i < array_count(pairs); i++) {
        if ((uint32_t)pairs[i].first == first && (uint32_t)pairs[i].second == second)
            return pairs[i].character;
    }
    for (unsigned i = 0; i < array_count(signs) && !c; i++) {
        if ((uint32_t)signs[i].sign == first)
            c = accent_on(signs[i].accent, second);
    }
    return c;
}

static void append(char text[KEYBOARD_TEXT], uint32_t c)
{
    size_t at = strlen(text);
    unsigned length;

    if (c == 0 || at + 5 > KEYBOARD_TEXT)
        return;
    length = utf8_encode(c, text + at);
    text[at + length] = '\0';
}

static bool is_dead(uint32_t c)
{
    return c >= DEAD_FIRST && c < DEAD_FIRST + DEAD_KINDS;
}

/* An accent waits: the two become one character, or come one after the other; twice the same is it once. */
static void type_accented(struct keyboard *keyboard, uint32_t c, char text[KEYBOARD_TEXT])
{
    enum layout_dead accent = keyboard->dead - DEAD_FIRST;
    uint32_t both = c == keyboard->dead ? accent_alone(accent) : is_dead(c) ? 0 : accent_on(accent, c);

    keyboard->dead = 0;
    if (both) {
        append(text, both);
        return;
    }
    append(text, accent_alone(accent));
    if (c != ' ')
        append(text, is_dead(c) ? accent_alone(c - DEAD_FIRST) : c);
}

static void type_composed(struct keyboard *keyboard, uint32_t c, char text[KEYBOARD_TEXT])
{
    uint32_t other;

    c = is_dead(c) ? accent_alone(c - DEAD_FIRST) : c;
    if (--keyboard->compose) {
        keyboard->first = c;
        return;
    }
    other = composed(keyboard->first, c);
    append(text, other ? other : composed(c, keyboard->first));
}

static void type(struct keyboard *keyboard, uint32_t c, char text[KEYBOARD_TEXT])
{
    if (c == 0)
        return;
    if (keyboard->compose)
        type_composed(keyboard, c, text);
    else if (keyboard->dead)
        type_accented(keyboard, c, text);
    else if (is_dead(c))
        keyboard->dead = (uint16_t)c;
    else
        append(text, c);
}

/* ---- keys -------------------------------------------------------------------------------------- */

static void press_lock(struct keyboard *keyboard, unsigned code)
{
    if (code == KEY_CAPSLOCK)
        keyboard->caps = !keyboard->caps;
    else
        keyboard->num = !keyboard->num;
}

/* Sticky keys: pressed and released alone it stays for one key; twice: no more. */
static void modifier(struct keyboard *keyboard, unsigned which, int value)
{
    if (value == INPUT_PRESSED)
        keyboard->alone = true;
    else if (value == INPUT_RELEASED && keyboard->sticky && keyboard->alone)
        keyboard->latched ^= which;
}

static void press(struct keyboard *keyboard, unsigned code, char text[KEYBOARD_TEXT])
{
    unsigned modifiers = keyboard_modifiers(keyboard);

    if (code == KEY_COMPOSE) {
        keyboard->compose = 2;
        keyboard->dead = 0;
        return;
    }
    if (modifiers & (MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER)) {
        uint32_t c = character_of(keyboard, code, modifiers & ~MODIFIER_CAPS);

        append(text, is_dead(c) ? accent_alone(c - DEAD_FIRST) : c);
        return;
    }
    type(keyboard, character_of(keyboard, code, modifiers), text);
}

/* A key that is none of the modifiers was pressed. */
static void press_other(struct keyboard *keyboard, unsigned code, int value, char text[KEYBOARD_TEXT])
{
    keyboard->alone = false;
    if (code != KEY_CAPSLOCK && code != KEY_NUMLOCK)
        press(keyboard, code, text);
    else if (value == INPUT_PRESSED)
        press_lock(keyboard, code);
}

unsigned keyboard_key(struct keyboard *keyboard, unsigned code, int value, char text[KEYBOARD_TEXT])
{
    unsigned which = modifier_of(keyboard, code), modifiers;

    text[0] = '\0';
    if (code == 0 || code >= INPUT_CODES)
        return keyboard_modifiers(keyboard);
    set_held(keyboard, code, value != INPUT_RELEASED);
    if (which)
        modifier(keyboard, which, value);
    else if (value != INPUT_RELEASED)
        press_other(keyboard, code, value, text);
    modifiers = keyboard_modifiers(keyboard);
    if (!which && value != INPUT_RELEASED)
        keyboard->latched = 0;
    return modifiers;
}
