/* The serial ports: COM1, the kernel's voice from its first line to its last, and COM2 to COM4. A port is 0
   to SERIAL_PORTS - 1; without a UART every call returns at once and does nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define SERIAL_PORTS 4u

/* Look for the UART and set it to 115200 8N1, no interrupts. Callable before everything else: it
   needs no clock and no interrupts. 0, or -ENODEV. serial_init: COM1's. */
int serial_probe(unsigned port) must_check;
int serial_init(void);
bool serial_is_there(unsigned port);

/* Send the text over COM1, "\n" as "\r\n". Queued: returns at once while the queue has room, else waits for
   the line. Call with interrupts off. A UART that takes nothing any more costs its patience once,
   then text that finds no room is dropped until it takes bytes again. */
void serial_write(const char *text, size_t size);
/* Bytes that serial_write takes without waiting; SIZE_MAX when it never waits (no UART, or stuck).
 */
size_t serial_room(void);
/* Send all of COM1's queue and wait until the last bit has left: before a reset or power-off, and in a
   panic, where no interrupt comes any more. Call with interrupts off: the handler sends from the
   same queue. Bounded. */
void serial_drain(void);

/* Bytes as they are, as many as find room; how many. Never waits. Without a UART: all, and nowhere. */
size_t serial_send(unsigned port, const uint8_t *bytes, size_t size) must_check;
size_t serial_queued(unsigned port); /* bytes that wait in the queue */
/* From now on the queue leaves by interrupt and, with `input`, received bytes go to ddi_serial_byte;
   whenever some of it has left, ddi_serial_sent is called.
   0, -ENODEV, or ddi_irq_bind's error. */
int serial_listen(unsigned port, bool input) must_check;

/* How the line is used. */
struct serial_mode {
    uint32_t speed; /* 300 to 115200, of which 115200 is a multiple; 0: hang up (DTR, RTS off) */
    uint8_t bits;   /* 5 to 8 */
    bool two_stops, parity, odd;
    bool flow;      /* RTS and CTS: neither side sends more than the other takes */
};
/* At once, what is in the FIFO included. -EINVAL: nothing changed. -ENODEV. */
int serial_set(unsigned port, const struct serial_mode *mode) must_check;
/* With `flow`: the other side is to go on; to wait (RTS off), which it may notice late; and what comes all
   the same stays in the FIFO: at least 64 bytes before there is no room. */
enum serial_hold { SERIAL_GO, SERIAL_WAIT, SERIAL_DEAF };
void serial_hold(unsigned port, enum serial_hold how);
