/* The first serial port, COM1: the kernel's voice from its first line to its last. Without a UART
   every call returns at once and does nothing. */
#pragma once

#include <stddef.h>

#include "lib/compiler.h"

/* Look for the UART and set it to 115200 8N1, no interrupts. Callable before everything else: it
   needs no clock and no interrupts. 0, or -ENODEV. */
int serial_init(void);
/* Send the text, "\n" as "\r\n". Polled; from everywhere, interrupt handlers included. A UART that
   takes nothing any more costs its patience once, then its text is dropped until it takes bytes again. */
void serial_write(const char *text, size_t size);
/* Received bytes go to ddi_input_byte from now on. 0, -ENODEV, or ddi_irq_bind's error. */
int serial_enable_input(void) must_check;
/* Wait until the last bit has left: before a reset or power-off. Bounded. */
void serial_drain(void);
