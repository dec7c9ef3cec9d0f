/*
 * The keyboard layout in use: which character a key means. It is `us`, which is built in, until a program
 * gives another (/dev/input). From any context.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/keyboard.h"
#include "lib/compiler.h"

extern const struct abi_layout layout_us;

/* Unicode, a dead key, or 0. A key without AltGr levels has the others instead. Code below LAYOUT_KEYS. */
uint16_t layout_character(uint8_t code, enum layout_level level);
bool layout_has_altgr(void); /* else the right Alt key is an Alt key */
int layout_set(const struct abi_layout *layout) must_check; /* -EINVAL: it is none; nothing changed */
void layout_get(struct abi_layout *layout);
