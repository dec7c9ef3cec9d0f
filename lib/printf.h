/* snprintf of our own: %d %i %u %x %X %o %c %s %p %% with flags "-0+ #", width, precision, '*', and
   lengths hh h l ll z j t. Returns what the whole text would need, terminates when size > 0. */
#pragma once

#include <stdarg.h>
#include <stddef.h>

#include "lib/compiler.h"

int snprintf(char *to, size_t size, const char *format, ...) format_like(3, 4);
int vsnprintf(char *to, size_t size, const char *format, va_list args) format_like(3, 0);
