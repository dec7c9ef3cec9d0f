/*
 * What a check of the debug kernel found: a line that says all of it, then the panic screen. A test
 * that provokes one has it kept instead, and what was found goes on:
 *
 *     sanitizer_watch();   … the mistake …   EXPECT(sanitizer_watched(&text) == 1);
 *
 * Only what the watching thread does itself is kept.
 */
#pragma once

#include <stdbool.h>

#include "lib/compiler.h"

void sanitizer_watch(void);
/* Ends it. Returns how many reports there were; *text is the last one, "" when there was none. */
unsigned sanitizer_watched(const char **text);

/* From the checks. Returns when somebody watches. */
void sanitizer_report(const char *format, ...) format_like(1, 2);
/* A report is under way: nothing is checked any more, so that it cannot come to another. */
extern bool sanitizer_reporting;
