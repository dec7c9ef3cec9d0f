/*
 * What stage 2 says. Steps are single words on the screen and port E9h; lines go to the screen,
 * COM1 and port E9h. The screen is VGA text memory, written directly: a BIOS call for each letter
 * would cost more than the rest of the boot.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* First of all: takes over where the real-mode part (text.asm) left cursor and ports. */
void console_init(void);
void step(const char *name);
/* A line "stage2: …", on COM1 and E9 stamped as the kernel's log is. No newline in the format. */
void say(const char *format, ...) format_like(1, 2);
/* The line, then "halted" and a stop for ever. */
_Noreturn void fail(const char *format, ...) format_like(1, 2);

/* Raw text for menu and progress bar: screen and COM1 alike, newline included if wanted. */
void console_write(const char *text);
void console_printf(const char *format, ...) format_like(1, 2);
/* Wait until COM1 has sent everything (bounded). */
void console_drain(void);
/* False once a graphics mode is set: then only COM1 and E9 speak. */
void console_use_screen(bool on);
/* A byte that came in on COM1, or -1. */
int console_serial_byte(void);
