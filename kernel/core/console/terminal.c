/* The terminal: screen and COM1 together. */
#include <stdarg.h>

#include "drivers/serial/serial.h"
#include "kernel/core/console/console.h"
#include "lib/printf.h"

void terminal_write(const char *text, size_t size)
{
    serial_write(text, size);
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
