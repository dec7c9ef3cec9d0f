/*
 * From keys to text: layout, Shift, Caps Lock, AltGr, dead keys, the Compose key. No device, no screen.
 *
 *     keyboard_set_layout(&keyboard, &layout)
 *     modifiers = keyboard_key(&keyboard, code, value, text)
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/input.h"
#include "lib/abi/keyboard.h"

#define KEYBOARD_TEXT 16

struct keyboard {
    struct abi_layout layout;
    bool altgr;         /* the layout has it: the right Alt key is that */
    uint8_t held[INPUT_CODES / 8];
    bool caps, num;
    bool sticky;        /* a modifier that was pressed and released alone counts for the next key */
    unsigned latched;   /* such modifiers */
    bool alone;         /* no key since the modifier's press */
    uint16_t dead;      /* an accent waits for its letter; 0: none */
    unsigned compose;   /* keys the Compose key still takes */
    uint32_t first;     /* of them */
};

/* All else than the layout as after the start of the machine. */
void keyboard_set_layout(struct keyboard *keyboard, const struct abi_layout *layout);
/* What it types, UTF-8 with a 0; often nothing. With Ctrl, Alt and Super the key's letter. A release types
   nothing. `value`: INPUT_PRESSED … Returns the modifiers that count for it, MODIFIER_… of protocol.h. */
unsigned keyboard_key(struct keyboard *keyboard, unsigned code, int value, char text[KEYBOARD_TEXT]);
unsigned keyboard_modifiers(const struct keyboard *keyboard);
bool keyboard_is_held(const struct keyboard *keyboard, unsigned code);
/* Events were lost: this is what is held now. */
void keyboard_set_held(struct keyboard *keyboard, const struct abi_input_keys *keys);
bool keyboard_is_modifier(unsigned code);
