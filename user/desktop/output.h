/*
 * The screen: pictures are turned into its pixels and written, 64 bits at a time. It is never read.
 *
 *     output_start(&info, pixels) → output_write(&picture, at, x, y) …
 */
#pragma once

#include <stdint.h>

#include "lib/abi/screen.h"
#include "user/draw/draw.h"

/* -EINVAL: pixels of a kind that no screen of ours has. */
int output_start(const struct abi_screen *info, uint8_t *pixels);
struct rect output_box(void);
/* What `picture` has in `at` (within it) goes to (x, y), clipped to the screen. */
void output_write(const struct canvas *picture, struct rect at, int x, int y);
uint64_t output_pixels_written(void);
