/*
 * The screen's picture, enlarged: a part of it, the view, is written as large as the screen. Pixels in
 * between are mixed of their neighbours. Off until it is set.
 *
 *     magnify_set(200, width, height) → magnify_follow(x, y), magnify_show(box)     true: write all anew
 *                                     → magnify_write(&picture, &pointer, x, y, changed) …
 */
#pragma once

#include <stdbool.h>

#include "user/draw/draw.h"

#define MAGNIFY_LEAST 150 /* percent */
#define MAGNIFY_MOST  800
#define MAGNIFY_STEPS {0, 150, 200, 300, 400, 600, 800} /* what keys and Settings offer */

/* The screen's size in pixels. 0: off, and the memory given back. -ENOMEM: it is off. */
int magnify_set(int percent, int width, int height);
int magnify_percent(void); /* 0: off */
struct rect magnify_view(void);
/* The pointer is there: the view lies so that it is at the same place of the screen, enlarged or not. */
bool magnify_follow(int x, int y);
/* The view moves as little as it can to have the box, or of a large one its top left. */
bool magnify_show(struct rect box);
/* What `changed` of the picture is in the view, with the pointer's picture (NULL: none) at (x, y), is
   written to the screen. */
void magnify_write(const struct canvas *picture, const struct canvas *pointer, int x, int y,
                   struct rect changed);
