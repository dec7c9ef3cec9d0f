/* Use: output_print … → output_flush at the command's end. Locks: none; only the monitor prints. */
#include "kernel/monitor/output.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/console/console.h"
#include "kernel/core/time/time.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define PATIENCE_US 100000 /* a slow command shall be seen to work */

static struct {
    char text[8192];
    size_t size;
    uint64_t last_flush_us;
} output;

void output_flush(void)
{
    if (output.size > 0)
        terminal_write(output.text, output.size);
    output.size = 0;
    output.last_flush_us = time_now_us();
}

static void flush_when_due(void)
{
    if (time_now_us() - output.last_flush_us >= PATIENCE_US)
        output_flush();
}

void output_write(const char *text, size_t size)
{
    struct text left = text_of(text, size);

    while (left.size > 0) {
        if (output.size == sizeof(output.text))
            output_flush();
        size_t room = sizeof(output.text) - output.size;
        size_t part = left.size < room ? left.size : room;
        memcpy(&output.text[output.size], left.chars, part);
        output.size += part;
        left = text_from(left, part);
    }
    flush_when_due();
}

void output_print(const char *format, ...)
{
    static char line[4096]; /* not on the stack: the monitor's callers are deep in a file system */
    va_list args;
    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (size > 0)
        output_write(line, (size_t)size < sizeof(line) ? (size_t)size : sizeof(line) - 1);
}

static bool is_harmless(char c)
{
    return ((uint8_t)c >= ' ' && c != 0x7f) || c == '\n' || c == '\t';
}

static size_t harmless(struct text text)
{
    size_t count = 0;
    while (count < text.size && is_harmless(text_at(text, count)))
        count++;
    return count;
}

void output_foreign(const char *text, size_t size)
{
    struct text left = text_of(text, size);

    while (left.size > 0) {
        size_t count = harmless(left);
        output_write(left.chars, count);
        if (count == left.size)
            return;
        char shown[2] = {'^', (char)(text_at(left, count) ^ 0x40)};
        output_write(shown, sizeof(shown));
        left = text_from(left, count + 1);
    }
}
