/*
 * The kernel's own way out by a serial port, polled: before there are threads, in a panic, at the end, and
 * whenever the driver is off, begins anew or does not send. It neither receives nor interrupts.
 *
 * Locks: none; the caller keeps interrupts off, but for uart_wait_sent.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "drivers/ddi.h"
#include "lib/compiler.h"
#include "lib/ring.h"

struct uart {
    uint16_t base;
    bool flow;  /* it sends while CTS is on */
    bool stuck; /* it was waited for in vain; not again before it is seen empty */
};

/* 115200 8N1, no interrupts, FIFOs emptied. It needs no clock. False: there is none. */
bool uart_find(const struct uart *uart) must_check;
/* The line is used so from now on, without interrupts, however the driver left it. */
void uart_set(struct uart *uart, const struct ddi_serial *line);
/* What leaves without waiting. */
void uart_send(const struct uart *uart, struct ring *queue);
/* What the FIFO holds, waited for before and behind, whatever the driver was at. False: it does not move. */
bool uart_force(struct uart *uart, struct ring *queue);
/* At most so many bytes to that port: how many there were. */
size_t uart_move(uint16_t to, struct ring *queue, size_t most);
bool uart_takes(const struct uart *uart); /* bytes, at this moment */
/* Until the last bit has left. False, and stuck: it does not move. */
bool uart_wait_sent(struct uart *uart);
