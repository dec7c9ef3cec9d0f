/*
 * Keyboard layouts, as /dev/input takes and gives them: what each key types at four levels. The text of
 * which one is made is lib/keyboard_layout.h's.
 */
#pragma once

#include <stdint.h>

#define LAYOUT_KEYS       128u /* by set-1 scan code */
#define LAYOUT_NAME_BYTES 16u

enum layout_level { LAYOUT_PLAIN, LAYOUT_SHIFT, LAYOUT_ALTGR, LAYOUT_ALTGR_SHIFT, LAYOUT_LEVELS };

/* Dead keys: accents that wait for the next key. In `characters` a number from DEAD_FIRST on, where
   Unicode has no characters (surrogates). */
#define DEAD_FIRST 0xd800u
enum layout_dead {
    DEAD_GRAVE,
    DEAD_ACUTE,
    DEAD_CIRCUMFLEX,
    DEAD_TILDE,
    DEAD_DIAERESIS,
    DEAD_RING,
    DEAD_CEDILLA,
    DEAD_CARON,
    DEAD_BREVE,
    DEAD_MACRON,
    DEAD_OGONEK,
    DEAD_DOUBLEACUTE,
    DEAD_DOT,
    DEAD_STROKE,
    DEAD_KINDS
};

struct abi_layout {
    char name[LAYOUT_NAME_BYTES]; /* "es", terminated */
    /* Unicode, no control character; 0: types nothing; or a dead key. */
    uint16_t characters[LAYOUT_KEYS][LAYOUT_LEVELS];
};

/* ioctls of /dev/input, struct abi_layout. INPUT_SET_LAYOUT: -EINVAL: it is none. */
#define INPUT_SET_LAYOUT 0x44104591u
#define INPUT_GET_LAYOUT 0x84104592u
