/* Keyboard layouts from text: keyboard_layout.h. The text is a user's; each line is read by itself. */
#include "lib/keyboard_layout.h"

#include <stdbool.h>

#include "lib/errno.h"
#include "lib/keyboard_keys.h"
#include "lib/utf8.h"

/* ---- words ----------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The word at or behind *at of the line, which moves behind it. Empty: no more. */
static struct text next_word(struct text line, size_t *at)
{
    size_t start;

    while (*at < line.size && is_blank(text_at(line, *at)))
        ++*at;
    start = *at;
    while (*at < line.size && !is_blank(text_at(line, *at)))
        ++*at;
    return text_part(line, start, *at - start);
}

/* The line at *at of the text, which moves behind its end. */
static struct text next_line(struct text text, size_t *at)
{
    size_t start = *at, end = start;

    while (end < text.size && text_at(text, end) != '\n')
        end++;
    *at = end < text.size ? end + 1 : end;
    return text_part(text, start, end - start);
}

static bool is(struct text word, const char *name)
{
    return word.size == strlen(name) && memcmp(word.chars, name, word.size) == 0;
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* A hexadecimal number of at most six digits behind two characters, "0x" or "U+". */
static bool read_number(struct text word, uint32_t *number)
{
    *number = 0;
    if (word.size < 3 || word.size > 8)
        return false;
    for (size_t i = 2; i < word.size; i++) {
        int digit = digit_of(text_at(word, i));

        if (digit < 0)
            return false;
        *number = *number * 16 + (uint32_t)digit;
    }
    return true;
}

/* ---- keys ------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    uint8_t code;
} keys[] = {
#define KEY(name, code) {name, code},
    KEYBOARD_KEYS(KEY)
#undef KEY
};

static bool begins(struct text word, char first, char second)
{
    return word.size > 2 && text_at(word, 0) == first && text_at(word, 1) == second;
}

/* Enter, Shift, F1 and their like are the same in each layout. */
static bool has_a_meaning(uint32_t code)
{
    switch (code) {
    case 0x00:
    case 0x01: /* Esc */
    case 0x0e: /* Backspace */
    case 0x0f: /* Tab */
    case 0x1c: /* Enter */
    case 0x1d: /* Ctrl */
    case 0x2a: /* Shift */
    case 0x57: /* F11 */
    case 0x58:
        return true;
    default:
        return code >= 0x36 && code <= 0x52 && code != 0x39;
    }
}

static const char *read_key(struct text word, unsigned *code)
{
    uint32_t number;

    for (size_t i = 0; i < array_length(keys); i++) {
        if (is(word, keys[i].name)) {
            *code = keys[i].code;
            return NULL;
        }
    }
    if (!begins(word, '0', 'x') || !read_number(word, &number))
        return "no key has this name";
    if (number >= LAYOUT_KEYS || has_a_meaning(number))
        return "no key with this scan code types characters";
    *code = number;
    return NULL;
}

/* ---- what they type -------------------------------------------------------------------------- */

static bool read_dead(struct text name, uint16_t *value)
{
    static const char *const names[DEAD_KINDS] = {
        [DEAD_GRAVE] = "grave",         [DEAD_ACUTE] = "acute",
        [DEAD_CIRCUMFLEX] = "circumflex", [DEAD_TILDE] = "tilde",
        [DEAD_DIAERESIS] = "diaeresis", [DEAD_RING] = "ring",
        [DEAD_CEDILLA] = "cedilla",     [DEAD_CARON] = "caron",
        [DEAD_BREVE] = "breve",         [DEAD_MACRON] = "macron",
        [DEAD_OGONEK] = "ogonek",       [DEAD_DOUBLEACUTE] = "doubleacute",
        [DEAD_DOT] = "dot",             [DEAD_STROKE] = "stroke",
    };

    for (unsigned i = 0; i < DEAD_KINDS; i++) {
        if (is(name, names[i])) {
            *value = (uint16_t)(DEAD_FIRST + i);
            return true;
        }
    }
    return false;
}

static const char *take_character(uint32_t c, uint16_t *value)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return "a control character";
    if (c > 0xffff || (c >= 0xd800 && c < 0xe000))
        return "no character of U+0020 to U+FFFF";
    *value = (uint16_t)c;
    return NULL;
}

/* All bytes of the word are one character. */
static bool is_one_character(struct text word, uint32_t *character)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];

    for (size_t i = 0; i < word.size; i++) {
        unsigned count = utf8_decode(&decoder, (uint8_t)text_at(word, i), characters);

        if (count > 0) {
            *character = characters[0];
            return count == 1 && i == word.size - 1 && *character != UTF8_REPLACEMENT;
        }
    }
    return false;
}

static const char *read_value(struct text word, uint16_t *value)
{
    uint32_t c;

    if (is_one_character(word, &c))
        return take_character(c, value);
    if (is(word, "none"))
        return NULL;
    if (is(word, "space"))
        return take_character(' ', value);
    if (word.size > 5 && is(text_part(word, 0, 5), "dead:"))
        return read_dead(text_from(word, 5), value) ? NULL : "no accent has this name";
    if (begins(word, 'U', '+') && read_number(word, &c))
        return take_character(c, value);
    return "neither a character, U+NUMBER, space, dead:ACCENT nor none";
}

/* ---- lines ----------------------------------------------------------------------------------- */

struct seen {
    bool keys[LAYOUT_KEYS];
};

static const char *read_levels(struct text line, size_t at, struct abi_layout *layout, unsigned code)
{
    const char *why = NULL;
    unsigned level = 0;
    struct text word;

    while (!why && (word = next_word(line, &at)).size > 0) {
        if (level == LAYOUT_LEVELS)
            return "more than four levels";
        why = read_value(word, &layout->characters[code][level++]);
    }
    return !why && level == 0 ? "a key, and nothing that it types" : why;
}

static const char *read_line(struct text line, struct abi_layout *layout, struct seen *seen)
{
    size_t at = 0;
    struct text word = next_word(line, &at);
    const char *why;
    unsigned code;

    if (word.size == 0 || text_at(word, 0) == '#')
        return NULL;
    why = read_key(word, &code);
    if (why)
        return why;
    if (seen->keys[code])
        return "this key has a line already";
    seen->keys[code] = true;
    return read_levels(line, at, layout, code);
}

int layout_parse(struct text text, struct abi_layout *layout, struct layout_fault *fault)
{
    struct seen seen = {0};
    size_t at = 0;

    memset(layout, 0, sizeof(*layout));
    *fault = (struct layout_fault){0};
    while (at < text.size && !fault->why) {
        fault->line++;
        fault->why = read_line(next_line(text, &at), layout, &seen);
    }
    if (!fault->why)
        return 0;
    memset(layout, 0, sizeof(*layout));
    return -EINVAL;
}
