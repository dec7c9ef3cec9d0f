/*
 * The menu of a window: what its frame can do, for who has no mouse, or no aim. Alt+Space and a right click
 * on its title open it.
 */
#pragma once

#include <stdbool.h>

#include "user/desktop/input.h"

struct surface;

/* Its top left at (x, y) of the screen, where it fits. */
void window_menu_open(struct surface *surface, int x, int y);
bool window_menu_key(const struct key *key); /* while it is open all keys are its, but those that hold */
void window_menu_forget(const struct surface *surface);
