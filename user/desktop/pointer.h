/*
 * The pointer: where it is, what it is over, what its buttons do. Moving and resizing windows, too, which
 * keys can do as well.
 *
 *     pointer_event(&event, modifiers) …      of /dev/input
 *     pointer_settle()                        once a turn: what lies under it may be another
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/input.h"
#include "user/draw/icon.h"

struct surface;

void pointer_start(void);
void pointer_resize(void); /* the screen is another */
void pointer_event(const struct abi_input_event *event, unsigned modifiers);
void pointer_look(void);   /* something moved */
void pointer_settle(void);
void pointer_forget(struct surface *surface);
void pointer_place(int *x, int *y);

/* Moving or resizing the window by the arrow keys until Enter or Escape. */
void pointer_move_by_keys(struct surface *surface, bool resize);
/* The key is used then. */
bool pointer_key(unsigned code, int value);
/* One of the user's drags is going on: a window's, a button's, data's. */
bool pointer_is_held(void);
bool pointer_is_held_by(const struct surface *surface); /* a button, over its content */
bool pointer_has_ctrl(void);
/* The user draws a rectangle, `done` gets it; empty when it was given up. */
void pointer_pick_area(void (*done)(struct rect area));
