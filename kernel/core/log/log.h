/*
 * The log: lines of `[seconds.micros] area: text`, kept in a ring in memory and given to the sinks
 * (COM1, screen) as they come. Callable from everywhere, interrupt handlers included.
 */
#pragma once

#include <stddef.h>
#include <stdarg.h>

#include "lib/compiler.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_write(enum log_level level, const char *area, const char *format, ...) format_like(3, 4);
void log_write_args(enum log_level level, const char *area, const char *format, va_list args)
    format_like(3, 0);

#define log_error(area, ...) log_write(LOG_ERROR, area, __VA_ARGS__)
#define log_warn(area, ...)  log_write(LOG_WARN, area, __VA_ARGS__)
#define log_info(area, ...)  log_write(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...) log_write(LOG_DEBUG, area, __VA_ARGS__)

/* A sink gets whole lines with their '\n'. A new one first gets what the ring still holds. */
typedef void log_sink(const char *text, size_t size);
void log_add_sink(log_sink *sink);

/* Lines above this level are dropped (command line log=error|warn|info|debug). */
void log_set_level(enum log_level level);
int log_level_from_name(const char *name, enum log_level *level) must_check; /* -EINVAL */

/* Copy bytes of the ring, `skip` after its oldest; returns how many. The oldest line may be cut. */
size_t log_peek(size_t skip, char *to, size_t size);
size_t log_size(void); /* bytes in the ring */
