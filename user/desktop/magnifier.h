/*
 * The magnifier: its keys, its setting, what it follows beside the pointer. Enlarging is compose.h's.
 *
 *     magnifier_use(percent)                 the setting
 *     magnifier_key(&key)                    Super with +, - and 0; true: it is used
 *     magnifier_typed(now_ns)                a key was pressed (0: none yet): now it follows what changes
 *     magnifier_show(box)                    … there: the focus, a menu, the letters that were typed
 */
#pragma once

#include <stdbool.h>

#include "user/desktop/input.h"
#include "user/draw/rect.h"

void magnifier_use(int percent); /* 0: off */
bool magnifier_key(const struct key *key);
/* How much of it: 1 the next larger, -1 the next smaller, 0 off. Kept in the settings. */
void magnifier_step(int by);
void magnifier_typed(uint64_t now_ns);
void magnifier_show(struct rect box);
