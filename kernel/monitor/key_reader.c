/*
 * Terminal bytes to keys. Use: key_read for each byte. Locks: none, one reader.
 *
 * Follows ECMA-48 §5.4 (what a control sequence looks like) and "XTerm Control Sequences" (T.
 * Dickey), PC-Style Function Keys; Home and End also as ESC [ 1 ~ and ESC [ 4 ~ (Linux, VT220).
 */
#include "kernel/monitor/key_reader.h"

#define ESC 0x1b
#define DEL 0x7f

static struct key key_of(enum key_kind kind)
{
    return (struct key){.kind = kind};
}

static struct key control_key(struct key_reader *reader, uint8_t byte)
{
    bool after_cr = reader->after_cr;
    reader->after_cr = byte == '\r';
    switch (byte) {
    case '\r':
        return key_of(KEY_ENTER);
    case '\n':
        return key_of(after_cr ? KEY_NONE : KEY_ENTER);
    case '\t':
        return key_of(KEY_TAB);
    case '\b':
    case DEL:
        return key_of(KEY_BACKSPACE);
    case ESC:
        reader->state = READ_ESCAPE;
        return key_of(KEY_NONE);
    case 0:
        return key_of(KEY_NONE);
    default:
        return (struct key){.kind = KEY_CONTROL, .character = byte + 0x40u};
    }
}

/* U+0080–009F are controls to a terminal that would get them back as our echo. */
static bool is_printable(uint32_t c)
{
    return c >= 0xa0 && c != UTF8_REPLACEMENT;
}

static struct key text_key(struct key_reader *reader, uint8_t byte)
{
    uint32_t characters[2];
    unsigned count = utf8_decode(&reader->utf8, byte, characters);
    if (byte < 0x20 || byte == DEL)
        return control_key(reader, byte);
    reader->after_cr = false;
    if (byte < 0x80)
        return (struct key){.kind = KEY_CHARACTER, .character = byte};
    if (count == 1 && is_printable(characters[0]))
        return (struct key){.kind = KEY_CHARACTER, .character = characters[0]};
    return key_of(KEY_NONE);
}

static struct key escape_key(struct key_reader *reader, uint8_t byte)
{
    reader->state = READ_TEXT;
    switch (byte) {
    case '[':
        reader->state = READ_CSI;
        reader->parameter = reader->modifier = 0;
        reader->second = false;
        return key_of(KEY_NONE);
    case 'O':
        reader->state = READ_SS3;
        return key_of(KEY_NONE);
    case 'b':
        return key_of(KEY_WORD_LEFT);
    case 'f':
        return key_of(KEY_WORD_RIGHT);
    default:
        return byte < 0x20 ? text_key(reader, byte) : key_of(KEY_NONE);
    }
}

/* A modifier other than Shift makes a step a word. */
static struct key arrow_key(const struct key_reader *reader, enum key_kind step, enum key_kind word)
{
    return key_of(reader->modifier > 2 ? word : step);
}

static struct key numbered_key(uint32_t number)
{
    switch (number) {
    case 1:
    case 7:
        return key_of(KEY_HOME);
    case 4:
    case 8:
        return key_of(KEY_END);
    case 3:
        return key_of(KEY_DELETE);
    default:
        return key_of(KEY_NONE);
    }
}

static struct key final_key(const struct key_reader *reader, uint8_t byte)
{
    switch (byte) {
    case 'A':
        return key_of(KEY_UP);
    case 'B':
        return key_of(KEY_DOWN);
    case 'C':
        return arrow_key(reader, KEY_RIGHT, KEY_WORD_RIGHT);
    case 'D':
        return arrow_key(reader, KEY_LEFT, KEY_WORD_LEFT);
    case 'H':
        return key_of(KEY_HOME);
    case 'F':
        return key_of(KEY_END);
    case '~':
        return numbered_key(reader->parameter);
    default:
        return key_of(KEY_NONE);
    }
}

static void sequence_number(struct key_reader *reader, uint8_t byte)
{
    uint32_t *number = reader->second ? &reader->modifier : &reader->parameter;
    if (byte == ';')
        reader->second = true;
    else if (byte >= '0' && byte <= '9' && *number < 1000)
        *number = *number * 10 + (byte - '0');
}

static struct key csi_key(struct key_reader *reader, uint8_t byte)
{
    if (byte >= 0x20 && byte <= 0x3f) {
        sequence_number(reader, byte);
        return key_of(KEY_NONE);
    }
    reader->state = READ_TEXT;
    if (byte >= 0x40 && byte <= 0x7e)
        return final_key(reader, byte);
    return text_key(reader, byte); /* cut short: what came instead counts */
}

static struct key ss3_key(struct key_reader *reader, uint8_t byte)
{
    reader->state = READ_TEXT;
    reader->modifier = 0;
    if (byte >= 0x40 && byte <= 0x7e)
        return final_key(reader, byte);
    return text_key(reader, byte);
}

struct key key_read(struct key_reader *reader, uint8_t byte)
{
    switch (reader->state) {
    case READ_ESCAPE:
        return escape_key(reader, byte);
    case READ_CSI:
        return csi_key(reader, byte);
    case READ_SS3:
        return ss3_key(reader, byte);
    default:
        return text_key(reader, byte);
    }
}
