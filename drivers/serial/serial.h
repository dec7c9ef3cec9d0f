/* The first serial port, COM1: the kernel's voice from its first line to its last. Without a UART
   every call returns at once and does nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Look for the UART and set it to 115200 8N1, no interrupts. Callable before everything else: it
   needs no clock and no interrupts. 0, or -ENODEV. */
int serial_init(void);
/* Send the text, "\n" as "\r\n". Queued: returns at once while the queue has room, else waits for
   the line. Call with interrupts off. A UART that takes nothing any more costs its patience once,
   then text that finds no room is dropped until it takes bytes again. */
void serial_write(const char *text, size_t size);
/* Bytes that serial_write takes without waiting; SIZE_MAX when it never waits (no UART, or stuck).
 */
size_t serial_room(void);
/* The same bytes as they are, as many as find room; how many. Never waits. Without a UART: all, and
   nowhere. */
size_t serial_send(const uint8_t *bytes, size_t size) must_check;
size_t serial_queued(void); /* bytes that wait in the queue */
bool serial_is_there(void);
/* From now on the queue leaves by interrupt and, with `input`, received bytes go to ddi_input_byte;
   whenever some of it has left, ddi_serial_sent is called.
   0, -ENODEV, or ddi_irq_bind's error. */
int serial_enable_interrupts(bool input) must_check;
/* Send all of the queue and wait until the last bit has left: before a reset or power-off, and in a
   panic, where no interrupt comes any more. Call with interrupts off: the handler sends from the
   same queue. Bounded. */
void serial_drain(void);
