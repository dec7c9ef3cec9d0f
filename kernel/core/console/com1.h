/*
 * Serial ports for terminals.
 *
 * COM1 as a terminal's way out: what it takes leaves by interrupt, and nobody waits for the line.
 * The log, the monitor and panics write to the same line (serial_write), from the same queue in
 * the driver; a terminal may fill only a part of it, so that a log line finds room at once and
 * what a program printed can still be thrown away (Ctrl-C) or stopped (Ctrl-S).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "drivers/serial/serial.h"
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

/* ---- all of them --------------------------------------------------------------------------------
   Ports as the driver counts them, COM1 is 0. */
int com_set(unsigned port, const struct serial_mode *mode) must_check; /* as serial_set */
void com_hold(unsigned port, enum serial_hold how);

/* COM2 to COM4 have a terminal each, or nobody. */
struct com_terminal {
    void (*received)(void *context, uint8_t byte); /* both from the interrupt handler */
    void (*sent)(void *context);
    void *context;
};
/* Looks for the UART, and sets it to 115200 8N1. -ENODEV. */
int com_probe(unsigned port) must_check;
/* Then. -EBUSY: its interrupt line is somebody's. */
int com_start(unsigned port, const struct com_terminal *terminal) must_check;
size_t com_write(unsigned port, struct span bytes) must_check; /* how many were taken */
size_t com_queued(unsigned port);

void com_received(unsigned port, uint8_t byte); /* of the driver */
void com_sent(unsigned port);
