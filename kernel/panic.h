/* The end: reason, registers, symbolised backtrace and log tail on the screen and on COM1. */
#pragma once

#include <stdnoreturn.h>

#include "lib/compiler.h"

struct interrupt_frame;

noreturn void panic(const char *format, ...) format_like(1, 2);
noreturn void panic_frame(const struct interrupt_frame *frame, const char *format, ...)
    format_like(2, 3);

/* For our own mistakes; what a disk, a device or a user can cause returns an error instead. */
#define assert(condition) \
    ((condition) ? (void)0 : panic("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition))
