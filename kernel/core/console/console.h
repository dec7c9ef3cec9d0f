/*
 * The screen as a terminal: text with \n \r \b \t, UTF-8, and the ANSI sequences that the log, the
 * panic screen and the monitor use (SGR colours, cursor left/right/up/down/home, erase
 * line/screen). Draws through the framebuffer driver, else VGA text, else nowhere. No per-character
 * work on the device: changed cells are drawn when a write ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

/* Where the screen will be: from here on console_panic can show something. The structure must live
   on. */
void console_announce(const struct boot_framebuffer *framebuffer);
void console_init(const struct boot_framebuffer *framebuffer); /* step 8, needs the heap */
/* From anywhere. A write that interrupts another (an interrupt handler's) is queued as plain text
   without sequences and shown when that one ends; what the queue has no room for is in the log and
   on COM1 alone. */
void console_write(const char *text, size_t size);
/* For log_add_sink: log lines, the stamp dimmed, the area in colour. Same rules. */
void console_log_sink(const char *text, size_t size);
/* From panic, in any state, before step 8 too: whatever was under way is given up, sequences and
   colours are reset, the next write begins a line of bright text and draws everything. */
void console_panic(void);
void console_size(unsigned *columns, unsigned *rows); /* 0 × 0 without a screen */
/* The cell's character, for tests and the hardware report; 0 outside. */
unsigned console_cell(unsigned column, unsigned row);

/* Screen and COM1 together: what the monitor prints. */
void terminal_write(const char *text, size_t size);
/* At most TERMINAL_PRINT_MAX bytes at a time; the rest is cut. */
#define TERMINAL_PRINT_MAX 1023
void terminal_print(const char *format, ...) format_like(1, 2);
