/*
 * The log. Use: log_write from anywhere; log_add_sink once a device can take lines. The ring and
 * the sinks are guarded by switching interrupts off: one CPU so far.
 */
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/ring.h"
#include "lib/span.h"
#include "lib/string.h"

#define RING_BYTES 32768
#define LINE_BYTES 256
#define SINKS_MAX  4

static uint8_t ring_bytes[RING_BYTES];
static struct ring ring = {.bytes = ring_bytes, .capacity = RING_BYTES};
static log_sink *sinks[SINKS_MAX];
static unsigned sink_count;
static enum log_level threshold = LOG_INFO;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

/* Models, labels and command lines come from outside: nothing in them may act on a terminal. */
static void make_printable(struct room text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((uint8_t)room_at(text, i) < ' ' || room_at(text, i) == 0x7f)
            room_set(text, i, '?');
    }
}

/* Build a whole line; too long a text is cut, and its end says so. */
static size_t make_line(struct room line, enum log_level level, const char *area,
                        const char *format, va_list args)
{
    uint64_t us = time_now_us();
    const char *mark = level == LOG_ERROR ? "error: " : level == LOG_WARN ? "warning: " : "";
    int head =
        snprintf(line.chars, line.size, "[%4llu.%06llu] %s: %s", (unsigned long long)(us / 1000000),
                 (unsigned long long)(us % 1000000), area, mark);
    size_t size = (size_t)head < line.size / 2 ? (size_t)head : line.size / 2;
    struct room rest = room_from(line, size);
    int text = vsnprintf(rest.chars, rest.size, format, args);

    if (text >= 0 && (size_t)text < rest.size - 1) {
        size += (size_t)text;
    } else {
        size = line.size - 4;
        room_put(line, size - 3, text_of("...", 3));
    }
    make_printable(line, size);
    room_set(line, size++, '\n');
    return size;
}

void log_write_args(enum log_level level, const char *area, const char *format, va_list args)
{
    char line[LINE_BYTES];
    size_t size;
    uint64_t saved;

    if (level > threshold)
        return;
    size = make_line(room_of(line, sizeof(line)), level, area, format, args);
    saved = cpu_save_interrupts();
    for (size_t i = 0; i < size; i++)
        ring_put_over(&ring, (uint8_t)line[i]);
    for (unsigned i = 0; i < sink_count; i++)
        sinks[i](line, size);
    cpu_restore_interrupts(saved);
    if (may_sleep())
        deferred_wake(); /* COM1's driver is to look; elsewhere the next interrupt's end does it */
}

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_write_args(level, area, format, args);
    va_end(args);
}

/* How many of the bytes are lines with their end. No line is longer than LINE_BYTES. */
static size_t whole_lines(struct text text)
{
    size_t size = text.size;

    while (size > 0 && text_at(text, size - 1) != '\n')
        size--;
    return size;
}

void log_add_sink(log_sink *sink)
{
    char part[LINE_BYTES];
    size_t at = 0, size;

    if (sink_count == SINKS_MAX)
        return;
    while ((size = whole_lines(text_of(part, log_peek(at, part, sizeof(part))))) > 0) {
        sink(part, size);
        at += size;
    }
    sinks[sink_count++] = sink;
}

void log_set_level(enum log_level level)
{
    threshold = level;
}

int log_level_from_name(const char *name, enum log_level *level)
{
    for (unsigned i = 0; i < array_length(level_names); i++) {
        if (strcmp(name, level_names[i]) == 0) {
            *level = (enum log_level)i;
            return 0;
        }
    }
    return -EINVAL;
}

size_t log_peek(size_t skip, char *to, size_t size)
{
    return ring_peek(&ring, skip, (uint8_t *)to, size);
}

size_t log_size(void)
{
    return ring.count;
}
