/*
 * The text of a keyboard layout, a line a key:
 *
 *     # a line that begins with # is a comment
 *     e           e E €
 *     leftbrace   dead:acute dead:diaeresis [
 *     0x73        / ?
 *
 * A key by its name (lib/keyboard_keys.h) or its set-1 scan code, then one to four words: what it types
 * alone, with Shift, with AltGr, with both. A word is a character, U+ and its number in hexadecimal,
 * `space`, `dead:` and the accent's name, or `none`.
 */
#pragma once

#include "lib/abi/keyboard.h"
#include "lib/compiler.h"
#include "lib/span.h"

struct layout_fault {
    unsigned line; /* from 1 */
    const char *why;
};

/* 0, and the layout without a name; -EINVAL: *fault says why, and the layout is empty. */
int layout_parse(struct text text, struct abi_layout *layout, struct layout_fault *fault) must_check;
