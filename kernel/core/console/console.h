/*
 * The screen as a terminal, for the log, the monitor, panics and programs: vt.h says what it
 * understands. What it shows is drawn by the screen's driver, soon after a write ended
 * (kernel/core/driver/display.h): no per-character work on the device, and nobody waits for it.
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
/* What a program prints: \n moves down alone, as its terminal's modes made \r \n of it where they
   should; and the keyboard follows what it asks of it. From threads, one at a time. */
void console_write_terminal(const char *text, size_t size);
/* For log_add_sink: log lines, the stamp dimmed, the area in colour. Same rules. */
void console_log_sink(const char *text, size_t size);
/* A program has the screen (a terminal in kernel/fs/tty is open), or no more: while it has, only
   the log's errors are shown there, in a line of their own. The log and COM1 have the rest. */
void console_hold(bool held);
/* A program draws on the screen itself (/dev/fb0), or no more: meanwhile what is written changes
   cells that nobody sees, and afterwards all of them are drawn anew. May sleep. */
void console_pause(bool paused);
/* Another mode: set(next, its columns and rows) with nobody drawing, then the cells fit it; what stood around
   the cursor stands there still. -ENOMEM, -EINVAL and set's errors: nothing changed. May sleep; one at a
   time. */
int console_change_mode(const struct boot_framebuffer *next,
                        int (*set)(const struct boot_framebuffer *next, unsigned columns, unsigned rows))
    must_check;
/* What the terminal answered to what was written (CSI 6 n, …), for whoever types to it; returns how
   many bytes, and forgets them. With the same lock as the writes that ask. */
size_t console_take_reply(char *to, size_t size);
/* A bell came (\a) since the last call. With the same lock. */
bool console_take_bell(void);
/* From panic, in any state, before step 8 too: whatever was under way is given up, sequences and
   colours are reset, the next write begins a line of bright text and draws everything. */
void console_panic(void);
/* Before the machine is left, interrupts off: all is drawn, and what is written from now on at once. */
void console_finish(void);
void console_size(unsigned *columns, unsigned *rows); /* 0 × 0 without a screen */
/* The cell's character, for tests and the hardware report; 0 outside. */
unsigned console_cell(unsigned column, unsigned row);

/* ---- for who draws --------------------------------------------------------------------------- */
struct driver_draw;
/* What the screen does not show yet, as much of it as there is room for: it counts as shown. False: nothing
   is to be drawn. From display_changed, or … */
bool console_collect(struct driver_draw *draw);
bool console_take_changes(struct driver_draw *draw); /* … from a thread */
void console_redraw(void); /* nobody knows what it shows */

/* Screen and COM1 together: what the monitor prints. */
void terminal_write(const char *text, size_t size);
/* At most TERMINAL_PRINT_MAX bytes at a time; the rest is cut. */
#define TERMINAL_PRINT_MAX 1023
void terminal_print(const char *format, ...) format_like(1, 2);
