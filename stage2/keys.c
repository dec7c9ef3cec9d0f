/*
 * Input while stage 2 asks somebody something. The keyboard goes through INT 16h, so a USB keyboard
 * that the BIOS emulates works too; COM1 is read directly and its escape sequences become keys.
 * Manuals: RBIL INT 16h; ECMA-48 for the sequences.
 */
#include "stage2/keys.h"

#include "lib/string.h"
#include "stage2/bios.h"
#include "stage2/console.h"

#define BDA_SHIFTS     0x17 /* bits 0, 1: shift; 2: ctrl; 3: alt */
#define BDA_KEY_HEAD   0x1a
#define BDA_KEY_TAIL   0x1c
#define BDA_TICKS      0x6c
#define EFLAGS_ZERO    (1u << 6)
#define SEQUENCE_TICKS 3  /* an escape sequence's bytes come at once */
#define SHOWN          56 /* columns of the edited line that are visible */

extern volatile uint8_t bios_data[256]; /* 400h: stage2.ld */
void real_idle(void);                   /* thunk.asm: until the next interrupt */

static uint32_t ticks_now(void)
{
    return bios_data[BDA_TICKS] | (uint32_t)bios_data[BDA_TICKS + 1] << 8;
}

bool keys_held(void)
{
    return (bios_data[BDA_SHIFTS] & 0x0f) || bios_data[BDA_KEY_HEAD] != bios_data[BDA_KEY_TAIL];
}

/* ---- the keyboard ---------------------------------------------------------------------------- */

static int key_of_scancode(uint8_t scancode)
{
    switch (scancode) {
    case 0x47:
        return KEY_HOME;
    case 0x48:
        return KEY_UP;
    case 0x4b:
        return KEY_LEFT;
    case 0x4d:
        return KEY_RIGHT;
    case 0x4f:
        return KEY_END;
    case 0x50:
        return KEY_DOWN;
    case 0x53:
        return KEY_DELETE;
    default:
        return KEY_NONE;
    }
}

static int keyboard_key(void)
{
    struct bios_regs r = {.eax = 0x0100};

    bios_call(0x16, &r);
    if (r.eflags & EFLAGS_ZERO)
        return KEY_NONE;
    r = (struct bios_regs){.eax = 0x0000};
    bios_call(0x16, &r);
    uint8_t character = (uint8_t)r.eax;
    if (character == 0 || character == 0xe0)
        return key_of_scancode(bios_ah(&r));
    return character;
}

/* ---- COM1 ------------------------------------------------------------------------------------ */

static int serial_byte_soon(void)
{
    uint32_t start = ticks_now();
    int byte;

    while ((byte = console_serial_byte()) < 0 && ((ticks_now() - start) & 0xffff) < SEQUENCE_TICKS)
        real_mode(real_idle);
    return byte;
}

/* ESC [ A … D, H, F, 3 ~ or ESC alone. */
static int serial_sequence(void)
{
    int byte = serial_byte_soon();

    if (byte != '[' && byte != 'O')
        return KEY_ESCAPE;
    switch (serial_byte_soon()) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return KEY_RIGHT;
    case 'D':
        return KEY_LEFT;
    case 'H':
        return KEY_HOME;
    case 'F':
        return KEY_END;
    case '3':
        return serial_byte_soon() == '~' ? KEY_DELETE : KEY_NONE;
    default:
        return KEY_NONE;
    }
}

static int serial_key(void)
{
    int byte = console_serial_byte();

    switch (byte) {
    case 0x1b:
        return serial_sequence();
    case 0x7f:
        return KEY_BACKSPACE;
    case '\n':
        return KEY_ENTER;
    default:
        return byte;
    }
}

int keys_get(uint32_t ticks)
{
    uint32_t start = ticks_now();

    for (;;) {
        int key = serial_key();
        if (key == KEY_NONE)
            key = keyboard_key();
        if (key != KEY_NONE)
            return key;
        if (ticks && ((ticks_now() - start) & 0xffff) >= ticks)
            return KEY_NONE;
        real_mode(real_idle);
    }
}

/* ---- one line -------------------------------------------------------------------------------- */

/* The part of the text round the cursor, then the cursor moved back to its place. */
static void show(const char *prompt, const char *text, size_t length, size_t cursor)
{
    char line[SHOWN + 1], back[SHOWN + 1];
    size_t first = cursor >= SHOWN ? cursor - SHOWN + 1 : 0;
    size_t shown = length - first < SHOWN ? length - first : SHOWN;

    memset(line, ' ', SHOWN);
    memcpy(line, text + first, shown);
    line[SHOWN] = 0;
    memset(back, '\b', sizeof(back));
    back[SHOWN - (cursor - first)] = 0;
    console_write("\r");
    console_write(prompt);
    console_write(": ");
    console_write(line);
    console_write(back);
}

static void insert(char *text, size_t size, size_t *length, size_t *cursor, char c)
{
    if (*length + 1 >= size)
        return;
    memmove(text + *cursor + 1, text + *cursor, *length - *cursor + 1);
    text[(*cursor)++] = c;
    (*length)++;
}

static void delete_at(char *text, size_t *length, size_t at)
{
    if (at >= *length)
        return;
    memmove(text + at, text + at + 1, *length - at);
    (*length)--;
}

bool keys_edit(const char *prompt, char *text, size_t size)
{
    static char line[512];
    size_t length = strlcpy(line, text, sizeof(line));
    size_t cursor = length;

    if (size > sizeof(line))
        size = sizeof(line);
    for (;;) {
        show(prompt, line, length, cursor);
        int key = keys_get(0);
        if (key == KEY_ENTER || key == KEY_ESCAPE) {
            console_write("\n");
            if (key == KEY_ENTER)
                strlcpy(text, line, size);
            return key == KEY_ENTER;
        }
        if (key == KEY_LEFT && cursor > 0)
            cursor--;
        else if (key == KEY_RIGHT && cursor < length)
            cursor++;
        else if (key == KEY_HOME)
            cursor = 0;
        else if (key == KEY_END)
            cursor = length;
        else if (key == KEY_DELETE)
            delete_at(line, &length, cursor);
        else if (key == KEY_BACKSPACE && cursor > 0)
            delete_at(line, &length, --cursor);
        else if (key == 0x15) /* Ctrl-U: all */
            length = cursor = 0, line[0] = 0;
        else if (key >= ' ' && key < 0x7f)
            insert(line, size, &length, &cursor, (char)key);
    }
}
