/*
 * The screen as a terminal: text with \n \r \b \t, UTF-8, and the ANSI sequences that the log, the
 * panic screen and the monitor use (SGR colours, cursor left/right/up/down/home, erase line/screen).
 * Draws through the framebuffer driver, else VGA text, else nowhere. No per-character work on the
 * device: changed cells are drawn when a write ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/abi/boot_info.h"

void console_init(const struct boot_framebuffer *framebuffer); /* step 8 */
void console_write(const char *text, size_t size);
void console_size(unsigned *columns, unsigned *rows); /* 0 × 0 without a screen */
/* The cell's character, for tests and the hardware report; 0 outside. */
unsigned console_cell(unsigned column, unsigned row);

/* Screen and COM1 together: what the monitor prints. */
void terminal_write(const char *text, size_t size);
void terminal_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
