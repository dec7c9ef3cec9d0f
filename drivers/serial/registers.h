/* The registers of a 16550, by offset from its base: for the driver, and for the kernel's own way out. They
   follow the PC16550D data sheet (National Semiconductor, 1995), section 8; the names are its. */
#pragma once

#include "drivers/ddi.h"

#define RBR 0 /* read: receiver buffer */
#define THR 0 /* write: transmitter holding */
#define DLL 0 /* divisor, while LCR_DLAB */
#define DLM 1
#define IER 1
#define IIR 2 /* read */
#define FCR 2 /* write */
#define LCR 3
#define MCR 4
#define LSR 5
#define MSR 6
#define SCR 7 /* scratch: remembers a byte, does nothing */

#define IER_RECEIVED 0x01
#define IER_THR_FREE 0x02
#define IER_MODEM    0x08
#define IIR_NONE     0x01 /* 0 when an interrupt waits */
#define IIR_CAUSE    0x0e
#define IIR_MODEM    0x00
#define IIR_THR_FREE 0x02
#define IIR_RECEIVED 0x04
#define IIR_LINE     0x06
#define IIR_TIMEOUT  0x0c /* bytes wait below the trigger level */
#define FCR_ON       0x81 /* FIFOs on, interrupt at 8 of 16 bytes */
#define FCR_NO_INPUT 0x02 /* … and what came so far is gone */
#define LCR_8N1      0x03
#define LCR_TWO_STOPS 0x04
#define LCR_PARITY   0x08
#define LCR_EVEN     0x10
#define LCR_DLAB     0x80
#define MCR_RTS      0x02
#define MCR_ON       0x0b /* DTR, RTS, OUT2 (which lets the interrupt through to the PIC) */
#define MCR_OUT2     0x08
#define MCR_LOOP     0x10 /* loop back: RTS and OUT2 … */
#define MSR_LOOPED   0x90 /* … then read as CTS and DCD */
#define MSR_CTS      0x10
#define LSR_DATA     0x01
#define LSR_OVERRUN  0x02
#define LSR_BREAK    0x10
#define LSR_THR_FREE 0x20 /* the whole transmit FIFO is empty */
#define LSR_ALL_SENT 0x40

#define FIFO_BYTES 16u

static inline uint8_t line_control(const struct ddi_serial *line)
{
    unsigned parity = line->parity ? LCR_PARITY | (line->odd ? 0u : LCR_EVEN) : 0u;

    return (uint8_t)(((line->bits - 5u) & 3) | (line->two_stops ? LCR_TWO_STOPS : 0u) | parity);
}

static inline uint8_t modem_control(const struct ddi_serial *line)
{
    return line->speed == 0 ? MCR_OUT2 : line->ready ? MCR_ON : MCR_ON & ~MCR_RTS;
}
