/*
 * Data that is dragged from one surface to another, as a file.
 *
 *     drag_start(surface, &data, fd)          while a button is held over it
 *     drag_move(x, y) … → drag_drop(x, y)     or drag_key (Escape), or its source goes
 */
#pragma once

#include <stdbool.h>

#include "user/desktop/protocol.h"

struct surface;

void drag_start(struct surface *surface, const struct message_data *data, int fd);
bool drag_is_on(void);
void drag_move(int x, int y);
void drag_drop(int x, int y);
bool drag_key(unsigned code, int value); /* true: it is used */
void drag_forget(struct surface *surface);
