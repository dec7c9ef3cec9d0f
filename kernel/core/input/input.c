/*
 * Input: from keys to the bytes a terminal sends.
 *
 * Use: drivers call input_key and input_byte from their interrupt handlers; terminals take a
 * source by input_route; one reader of the rest calls input_get, and waits by input_wait. Locks:
 * none for the queue. Handlers run with interrupts off, so there is one writer at a time; only the
 * writer moves `head`, only the reader moves `tail`.
 *
 * The sequences are those of "XTerm Control Sequences" (T. Dickey), section PC-Style Function Keys.
 */
#include "kernel/core/input/input.h"

#include "drivers/ddi.h"
#include "lib/accents.h"
#include "kernel/core/input/layout.h"
#include "kernel/core/sync/wait.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"
#include "lib/utf8.h"

/* ---- the queue ------------------------------------------------------------------------------- */

#define QUEUE_BYTES 8192 /* a pasted page; one byte of it stays free, to tell full from empty */

static struct {
    uint8_t bytes[QUEUE_BYTES];
    uint32_t head; /* where the next byte goes; the writer's */
    uint32_t tail; /* the oldest byte; the reader's */
    uint64_t lost;
} queue;

static struct wait_queue readers = WAIT_QUEUE("input");
static const struct input_receiver *routes[INPUT_SOURCES];

void input_route(enum input_source source, const struct input_receiver *receiver)
{
    __atomic_store_n(&routes[source], receiver, __ATOMIC_RELEASE);
}

/* All of it or nothing: half an escape sequence would type its rest as text. */
static void enqueue(struct span bytes)
{
    uint32_t size = (uint32_t)bytes.size;
    uint32_t head = queue.head;
    uint32_t tail = __atomic_load_n(&queue.tail, __ATOMIC_ACQUIRE);
    uint32_t used = (head + QUEUE_BYTES - tail) % QUEUE_BYTES;
    if (size > QUEUE_BYTES - 1 - used) {
        queue.lost += size;
        return;
    }
    for (uint32_t i = 0; i < size; i++) {
        queue.bytes[head] = span_at(bytes, i);
        head = (head + 1) % QUEUE_BYTES;
    }
    __atomic_store_n(&queue.head, head, __ATOMIC_RELEASE);
    wait_broadcast(&readers);
}

static void put_from(enum input_source source, struct span bytes)
{
    const struct input_receiver *receiver = __atomic_load_n(&routes[source], __ATOMIC_ACQUIRE);

    if (receiver)
        receiver->receive(receiver->context, bytes);
    else
        enqueue(bytes);
}

static bool muted;

void input_mute(bool on)
{
    __atomic_store_n(&muted, on, __ATOMIC_RELAXED);
}

/* What was typed on the keyboard. */
static void put_typed(struct span bytes)
{
    if (!__atomic_load_n(&muted, __ATOMIC_RELAXED))
        put_from(INPUT_KEYBOARD, bytes);
}

void input_byte(enum input_source source, uint8_t byte)
{
    put_from(source, span_of(&byte, 1));
}

bool input_pending(void)
{
    return queue.tail != __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE);
}

void input_wait(void)
{
    uint64_t saved = wait_lock(&readers);

    while (!input_pending())
        (void)!wait_locked(&readers, &saved, WAIT_FOREVER);
    wait_unlock(&readers, saved);
}

bool input_get(uint8_t *byte)
{
    uint32_t tail = queue.tail;
    if (tail == __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE))
        return false;
    *byte = queue.bytes[tail];
    __atomic_store_n(&queue.tail, (tail + 1) % QUEUE_BYTES, __ATOMIC_RELEASE);
    return true;
}

bool input_waiting(uint8_t byte)
{
    uint32_t head = __atomic_load_n(&queue.head, __ATOMIC_ACQUIRE);
    for (uint32_t at = queue.tail; at != head; at = (at + 1) % QUEUE_BYTES) {
        if (queue.bytes[at] == byte)
            return true;
    }
    return false;
}

uint64_t input_lost(void)
{
    return __atomic_load_n(&queue.lost, __ATOMIC_RELAXED);
}

/* ---- modifiers and locks --------------------------------------------------------------------- */

#define ESC       0x1b
#define BACKSPACE 0x7f /* what xterm sends; Ctrl-Backspace is 08h */

/* Keys, by set-1 code; E0 those after a prefix E0. */
#define E0              0x80
#define KEY_ESC         0x01
#define KEY_BACKSPACE   0x0e
#define KEY_TAB         0x0f
#define KEY_ENTER       0x1c
#define KEY_CTRL        0x1d
#define KEY_LEFT_SHIFT  0x2a
#define KEY_RIGHT_SHIFT 0x36
#define KEY_STAR        0x37 /* keypad */
#define KEY_ALT         0x38
#define KEY_CAPS        0x3a
#define KEY_F1          0x3b
#define KEY_F10         0x44
#define KEY_NUM         0x45
#define KEY_SCROLL      0x46
#define KEY_PAD_7       0x47
#define KEY_PAD_DOT     0x53
#define KEY_F11         0x57
#define KEY_F12         0x58

static struct {
    bool left_shift, right_shift, left_ctrl, right_ctrl, left_alt, right_alt;
    uint8_t lights;     /* DDI_LIGHT_…: the locks that are on */
    uint8_t locks_held; /* a held lock key repeats, and must toggle once */
    uint16_t dead;      /* the accent that waits for its letter (lib/abi/keyboard.h), or 0 */
} keys = {.lights = DDI_LIGHT_NUM};

static bool shift_held(void)
{
    return keys.left_shift || keys.right_shift;
}

static bool ctrl_held(void)
{
    return keys.left_ctrl || keys.right_ctrl;
}

static bool altgr_held(void)
{
    return keys.right_alt && layout_has_altgr();
}

static bool alt_held(void)
{
    return keys.left_alt || (keys.right_alt && !layout_has_altgr());
}

static bool *modifier(uint8_t code)
{
    switch (code) {
    case KEY_LEFT_SHIFT:
        return &keys.left_shift;
    case KEY_RIGHT_SHIFT:
        return &keys.right_shift;
    case KEY_CTRL:
        return &keys.left_ctrl;
    case E0 + KEY_CTRL:
        return &keys.right_ctrl;
    case KEY_ALT:
        return &keys.left_alt;
    case E0 + KEY_ALT:
        return &keys.right_alt;
    default:
        return NULL;
    }
}

static uint8_t lock_light(uint8_t code)
{
    switch (code) {
    case KEY_CAPS:
        return DDI_LIGHT_CAPS;
    case KEY_NUM:
        return DDI_LIGHT_NUM;
    case KEY_SCROLL:
        return DDI_LIGHT_SCROLL;
    default:
        return 0;
    }
}

static void lock_key(uint8_t light, bool pressed)
{
    if (pressed && !(keys.locks_held & light))
        keys.lights ^= light;
    keys.locks_held = pressed ? keys.locks_held | light : keys.locks_held & (uint8_t)~light;
}

/* ---- dead keys ------------------------------------------------------------------------------- */

static bool is_dead(uint32_t c)
{
    return c >= DEAD_FIRST && c < DEAD_FIRST + DEAD_KINDS;
}

static enum layout_dead accent_of(uint32_t dead)
{
    return (enum layout_dead)(dead - DEAD_FIRST);
}

/* What waited has waited in vain, and is a character by itself. */
static void end_dead(void)
{
    uint32_t dead = keys.dead;
    char bytes[4];
    keys.dead = 0;
    if (dead)
        put_typed(span_of(bytes, utf8_encode(accent_alone(accent_of(dead)), bytes)));
}

static void put(struct span bytes)
{
    end_dead();
    put_typed(bytes);
}

/* ---- characters ------------------------------------------------------------------------------ */

static void type_character(uint32_t c)
{
    char bytes[5] = {ESC};
    uint32_t size = utf8_encode(c, &bytes[1]);
    if (alt_held())
        put(span_of(bytes, size + 1));
    else
        put(span_of(&bytes[1], size));
}

static uint32_t control_of(uint32_t c)
{
    if ((c >= '@' && c <= '_') || (c >= 'a' && c <= 'z'))
        return c & 0x1f;
    if (c == ' ')
        return 0;
    if (c == '/')
        return 0x1f;
    return c;
}

static bool is_small_letter(uint32_t c)
{
    return c >= 'a' && c <= 'z';
}

/* Where a layout has other letters than Latin ones, Ctrl takes those of a US keyboard. */
static uint32_t latin(uint8_t code, uint32_t c)
{
    uint32_t us = layout_us.characters[code][LAYOUT_PLAIN];
    return c >= 0x370 && letter_in_other_case(c) != c && is_small_letter(us) ? us : c;
}

/* Twice the same one: the accent itself. */
static void dead_key(uint32_t dead)
{
    bool twice = keys.dead == dead;
    end_dead();
    if (!twice)
        keys.dead = (uint16_t)dead;
}

/* A letter takes the accent that waits, a space leaves it as it is, others come behind it. */
static void accented_key(uint32_t c)
{
    uint32_t together = accent_on(accent_of(keys.dead), c);
    if (together != 0)
        keys.dead = 0;
    if (c == ' ')
        end_dead();
    else
        type_character(together != 0 ? together : c);
}

static uint32_t character_of(uint8_t code)
{
    unsigned level = (altgr_held() ? LAYOUT_ALTGR : LAYOUT_PLAIN) + shift_held();
    uint32_t c = layout_character(code, (enum layout_level)level);
    return keys.lights & DDI_LIGHT_CAPS ? letter_in_other_case(c) : c;
}

static void layout_key(uint8_t code)
{
    uint32_t c = character_of(code);
    if (c == 0)
        return;
    if (is_dead(c) && (ctrl_held() || alt_held()))
        c = accent_alone(accent_of(c));
    if (is_dead(c))
        dead_key(c);
    else if (ctrl_held())
        type_character(control_of(latin(code, c)));
    else if (keys.dead)
        accented_key(c);
    else
        type_character(c);
}

/* ---- keys that are no characters ------------------------------------------------------------- */

/* ESC [ 1 ; m A: the modifiers as xterm counts them. */
static unsigned modifier_parameter(void)
{
    return 1u + shift_held() + 2u * alt_held() + 4u * ctrl_held();
}

static void type_sequence(const char *text)
{
    put(span_of(text, strlen(text)));
}

static bool application_keys;

void input_application_keys(bool on)
{
    __atomic_store_n(&application_keys, on, __ATOMIC_RELAXED);
}

/* Cursor keys, Home, End and F1–F4 end in a letter; F1–F4 plain begin with ESC O. */
static void letter_key(char letter)
{
    char text[16];
    unsigned modifiers = modifier_parameter();
    if (modifiers > 1)
        snprintf(text, sizeof(text), "\x1b[1;%u%c", modifiers, letter);
    else
        snprintf(text, sizeof(text), "\x1b%c%c", letter >= 'P' || application_keys ? 'O' : '[',
                 letter);
    type_sequence(text);
}

static void number_key(unsigned number)
{
    char text[16];
    unsigned modifiers = modifier_parameter();
    if (modifiers > 1)
        snprintf(text, sizeof(text), "\x1b[%u;%u~", number, modifiers);
    else
        snprintf(text, sizeof(text), "\x1b[%u~", number);
    type_sequence(text);
}

static void function_key(unsigned number)
{
    static const uint8_t numbers[] = {15, 17, 18, 19, 20, 21, 23, 24}; /* F5–F12 */
    if (number <= 4)
        letter_key((char)('P' + number - 1));
    else
        number_key(numbers[number - 5]);
}

/* The keypad without num lock, and the same keys' twins after E0. */
static void navigation_key(uint8_t pad_code)
{
    static const char letters[] = {'H', 'A', 0, 0, 'D', 'E', 'C', 0, 'F', 'B'}; /* 47h–50h */
    if (pad_code - KEY_PAD_7 < (int)sizeof(letters) && letters[pad_code - KEY_PAD_7])
        letter_key(letters[pad_code - KEY_PAD_7]);
    else if (pad_code == 0x49)
        number_key(5); /* page up */
    else if (pad_code == 0x51)
        number_key(6); /* page down */
    else if (pad_code == 0x52)
        number_key(2); /* insert */
    else if (pad_code == 0x53)
        number_key(3); /* delete */
}

static void keypad_key(uint8_t code)
{
    static const char digits[] = "789-456+1230.";
    char digit = digits[code - KEY_PAD_7];
    uint16_t own = layout_character(code, LAYOUT_PLAIN); /* a comma in place of the point */
    bool numbers = !!(keys.lights & DDI_LIGHT_NUM) != shift_held();
    if (numbers || digit == '-' || digit == '+')
        type_character(own && !is_dead(own) ? own : (uint8_t)digit);
    else
        navigation_key(code);
}

static void prefixed_key(uint8_t code)
{
    if (code == KEY_ENTER)
        type_character('\r');
    else if (code == 0x35)
        type_character('/');
    else if (code >= KEY_PAD_7 && code <= KEY_PAD_DOT)
        navigation_key(code);
}

/* An accent that waits is not on the screen yet: it goes, and nothing else. */
static void backspace_key(void)
{
    if (keys.dead)
        keys.dead = 0;
    else
        type_character(ctrl_held() ? '\b' : BACKSPACE);
}

static void plain_key(uint8_t code)
{
    if (code >= KEY_F1 && code <= KEY_F10)
        function_key(code - KEY_F1 + 1u);
    else if (code == KEY_F11 || code == KEY_F12)
        function_key(code - KEY_F11 + 11u);
    else if (code >= KEY_PAD_7 && code <= KEY_PAD_DOT)
        keypad_key(code);
    else if (code == KEY_ESC)
        type_character(ESC);
    else if (code == KEY_BACKSPACE)
        backspace_key();
    else if (code == KEY_ENTER)
        type_character('\r');
    else if (code == KEY_STAR)
        type_character('*');
    else if (code == KEY_TAB && shift_held())
        type_sequence("\x1b[Z");
    else if (code == KEY_TAB)
        type_character('\t');
    else if (code < LAYOUT_KEYS)
        layout_key(code);
}

uint8_t input_key(uint8_t code, bool pressed)
{
    bool *held = modifier(code);
    uint8_t light = lock_light(code);
    if (held)
        *held = pressed;
    else if (light)
        lock_key(light, pressed);
    else if (pressed && code >= E0)
        prefixed_key(code - E0);
    else if (pressed)
        plain_key(code);
    return keys.lights;
}
