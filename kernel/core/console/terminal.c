/*
 * The terminal: screen and COM1 together. Long output waits for COM1 in small pieces with
 * interrupts on, so that neither ticks nor typed bytes are lost while a file is printed at 115200
 * baud.
 */
#include <stdarg.h>

#include "kernel/arch/arch.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/console.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/time/time.h"
#include "lib/printf.h"
#include "lib/span.h"

#define PIECE_BYTES     256
#define ROOM_WAIT_US    250000 /* a line that moves makes room for a piece in 45 ms */

/* In a panic or an interrupt handler nothing is waited for here: com1_print does it. */
static void wait_for_room(size_t bytes)
{
    uint64_t start_us = time_now_us();

    while (com1_room() < bytes && cpu_interrupts_enabled()
           && time_now_us() - start_us < ROOM_WAIT_US)
        irq_rest();
}

static void write_serial(const char *text, size_t size)
{
    struct text left = text_of(text, size);

    while (left.size > 0) {
        size_t piece = left.size < PIECE_BYTES ? left.size : PIECE_BYTES;

        wait_for_room(2 * piece); /* each may be a newline, which becomes two bytes */
        com1_print(left.chars, piece);
        left = text_from(left, piece);
    }
}

void terminal_write(const char *text, size_t size)
{
    write_serial(text, size);
    console_write(text, size);
}

void terminal_print(const char *format, ...)
{
    char text[TERMINAL_PRINT_MAX + 1];
    va_list args;

    va_start(args, format);
    int length = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (length > TERMINAL_PRINT_MAX)
        length = TERMINAL_PRINT_MAX;
    if (length > 0)
        terminal_write(text, (size_t)length);
}
