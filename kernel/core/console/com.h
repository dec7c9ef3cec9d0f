/*
 * Serial ports: 0 for COM1, which the log, the monitor, panics and a terminal share, and COM2 to COM4, a
 * terminal's each. What is to leave waits here, in a queue of each port, and so does what its line is to be
 * like: neither ends with the driver, which takes it as it needs it (ddi_serial_give, ddi_serial_send).
 *
 * COM1's queue leaves in any case: while no driver has it the kernel sends by itself (uart.h), polled. So it
 * does when a driver has not sent for a second although the line would take bytes, and when the queue is full
 * and cannot be waited for.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "drivers/ddi.h"
#include "lib/compiler.h"
#include "lib/span.h"

/* ---- COM1 of the kernel ---------------------------------------------------------------------- */

void com_init(void); /* step 1: looks for COM1. It needs no clock and no interrupts */
bool com1_is_there(void);
/* "\n" as "\r\n". Returns at once while the queue has room, else waits for the line: from any context. One
   that takes nothing any more costs a second once; then what finds no room is dropped until it takes bytes
   again. */
void com1_print(const char *text, size_t size);
/* Bytes that com1_print takes without waiting; SIZE_MAX when it never waits (no UART, or stuck). */
size_t com1_room(void);
/* For log_add_sink. A line begins at the left, also where a program's prompt stands. */
void com1_log_sink(const char *text, size_t size);
/* What is typed there is wanted. */
void com1_listen(bool on);
/* Called, maybe by an interrupt, when half of a terminal's share is free again, and when all is. */
void com1_on_sent(void (*sent)(void));

/* With interrupts off, for good: no driver runs any more, COM1 is the kernel's. */
void com_alone(void);
/* The same; and all that waits at any port has left, up to the last bit. Bounded. */
void com_drain(void);

/* ---- terminals ------------------------------------------------------------------------------- */

/* A driver has it, or had. */
bool com_is_found(unsigned port);
void com_on_found(void (*found)(void)); /* on the driver's thread: one more is */

/* As they are; how many were taken. A terminal may fill only a part of COM1's queue, so that a log line finds
   room at once, and what a program printed can still be thrown away (Ctrl-C) or stopped (Ctrl-S). Without a
   UART: all, and nowhere. On a thread. */
size_t com_write(unsigned port, struct span bytes) must_check;
size_t com_queued(unsigned port); /* bytes that have not left yet, whoever wrote them */

struct com_terminal {
    void (*received)(void *context, struct span bytes); /* both with interrupts off */
    void (*sent)(void *context);
    void *context;
};
/* Of COM2 to COM4: what comes is the terminal's from now on. */
void com_start(unsigned port, const struct com_terminal *terminal);

/* How the line is used, but for `ready` and `listen`: at once, what is in the FIFO included. -EINVAL: nothing
   changed; a UART makes 300 to 115200, of which 115200 is a multiple, or 0. -ENODEV. */
int com_set(unsigned port, const struct ddi_serial *line) must_check;
/* With `flow`: the other side is to go on; to wait, which it may notice late; and what comes all the same
   stays in the FIFO: at least 64 bytes before there is no room. */
enum com_hold { COM_GO, COM_WAIT, COM_DEAF };
void com_hold(unsigned port, enum com_hold how);

/* ---- the driver ------------------------------------------------------------------------------ */

struct driver;

/* Its init comes; it runs; it does no longer. */
void com_driver_begins(struct driver *driver);
void com_driver_begun(void);
void com_driver_gone(void);
/* ddi_serial_give and ddi_serial_send of it. */
void com_give(unsigned port, struct span bytes, struct ddi_serial *line);
size_t com_send(unsigned port, uint16_t to, size_t most);
