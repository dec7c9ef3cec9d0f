/*
 * What commands print: gathered and given to the terminal in large pieces, because a screen scrolls
 * as fast for forty lines as for one. It appears at the latest when the command ends.
 */
#pragma once

#include <stddef.h>

#include "lib/compiler.h"

void output_print(const char *format, ...) format_like(1, 2); /* up to 4 KiB a call */
void output_write(const char *text, size_t size);
/* Text that a disk brought: control characters other than \n and \t as ^X, so that it cannot play
   with the terminal. */
void output_foreign(const char *text, size_t size);
void output_flush(void);
