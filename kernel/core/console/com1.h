/*
 * COM1 as a terminal's way out: what it takes leaves by interrupt, and nobody waits for the line.
 * The log, the monitor and panics write to the same line (serial_write), from the same queue in
 * the driver; a terminal may fill only a part of it, so that a log line finds room at once and
 * what a program printed can still be thrown away (Ctrl-C) or stopped (Ctrl-S).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/compiler.h"
#include "lib/span.h"

bool com1_is_there(void);
/* As they are; how many were taken: as many as the terminal's share of the queue has room for. */
size_t com1_write(struct span bytes) must_check;
size_t com1_queued(void); /* bytes that have not left yet, whoever wrote them */
/* Called from the interrupt handler when half of the share is free again, and when all is. */
void com1_on_sent(void (*sent)(void));
/* For log_add_sink. A line begins at the left, also where a program's prompt stands. */
void com1_log_sink(const char *text, size_t size);

void com1_sent(void); /* of the driver, by ddi_serial_sent */
