/*
 * The 8042 keyboard controller, for the drivers of keyboard and mouse, which share it. What both keep to:
 *
 * - every access is made under ddi_claim; these functions are called with it;
 * - a byte at port 60h is the mouse's when status bit 5 says so, else the keyboard's or the controller's
 *   own; who has to wait behind another's byte gives it some time to take it;
 * - who is alone keeps the other's port off (and its interrupt), and drops what still comes from there.
 *
 * Follows the IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller"
 * (1990).
 */
#pragma once

#include "drivers/ddi.h"

#define I8042 "8042" /* its name in manifests */

#define I8042_DATA    0x60
#define I8042_STATUS  0x64 /* read */
#define I8042_COMMAND 0x64 /* write */

/* Status. FFh: there is no controller. */
#define I8042_FULL       0x01 /* a byte waits at port 60h */
#define I8042_BUSY       0x02 /* the controller has not taken our last byte */
#define I8042_FROM_MOUSE 0x20

/* Commands, and the configuration byte of the first two. */
#define I8042_READ_CONFIGURATION  0x20
#define I8042_WRITE_CONFIGURATION 0x60
#define I8042_DISABLE_MOUSE       0xa7
#define I8042_ENABLE_MOUSE        0xa8
#define I8042_SELF_TEST           0xaa
#define I8042_DISABLE_KEYBOARD    0xad
#define I8042_ENABLE_KEYBOARD     0xae
#define I8042_TO_MOUSE            0xd4

#define I8042_KEYBOARD_IRQ      0x01
#define I8042_MOUSE_IRQ         0x02
#define I8042_KEYBOARD_DISABLED 0x10
#define I8042_MOUSE_DISABLED    0x20
#define I8042_TRANSLATE         0x40

/* It answers within 20 µs or so. */
#define I8042_WAIT_US  10000u
#define I8042_POLL_US  10u
#define I8042_BYTES    64u /* it holds 16; one that never ends is broken */
#define I8042_PATIENCE 16u /* rests of a millisecond at most, for another to take its byte */
#define I8042_KEPT     32u

/* Wait until (status & mask) == value; false after timeout_us. Port reads take time too, so the
   real limit is a little more; it never depends on the device. */
static inline bool i8042_wait(uint8_t mask, uint8_t value, uint32_t timeout_us)
{
    for (uint32_t waited_us = 0;; waited_us += I8042_POLL_US) {
        if ((ddi_in8(I8042_STATUS) & mask) == value)
            return true;
        if (waited_us >= timeout_us)
            return false;
        ddi_delay_us(I8042_POLL_US);
    }
}

static inline int i8042_write(uint16_t port, uint8_t byte)
{
    if (!i8042_wait(I8042_BUSY, 0, I8042_WAIT_US))
        return -EIO;
    ddi_out8(port, byte);
    return 0;
}

/* A question that the controller itself answers. What the mouse says at this moment is lost to it. */
static inline int i8042_ask(uint8_t command, uint8_t *answer, uint32_t timeout_us)
{
    int error = i8042_write(I8042_COMMAND, command);

    for (unsigned i = 0; i < I8042_BYTES && !error; i++) {
        if (!i8042_wait(I8042_FULL, I8042_FULL, timeout_us))
            break;
        uint8_t status = ddi_in8(I8042_STATUS);

        *answer = ddi_in8(I8042_DATA);
        if (!(status & I8042_FROM_MOUSE))
            return 0;
    }
    return -EIO;
}

/* Until nothing waits at port 60h. Bytes of `mine` (I8042_FROM_MOUSE or 0) are thrown away; those of
   another that lives wait for it, meanwhile the claim is not held. */
static inline int i8042_empty(uint8_t mine, bool another)
{
    for (unsigned i = 0; i < I8042_BYTES; i++) {
        uint8_t status = ddi_in8(I8042_STATUS);

        if (!(status & I8042_FULL))
            return 0;
        if (another && (status & I8042_FROM_MOUSE) != mine && i < I8042_PATIENCE) {
            (void)ddi_claim(false);
            ddi_relax();
            another = ddi_claim(true);
        } else {
            (void)ddi_in8(I8042_DATA);
            ddi_delay_us(I8042_POLL_US);
        }
    }
    return -EIO;
}

/* The keyboard says nothing any more, so that the next byte of no mouse is the controller's answer. */
static inline int i8042_quiet(uint8_t mine, bool another)
{
    int error = i8042_write(I8042_COMMAND, I8042_DISABLE_KEYBOARD);

    if (!error && !i8042_wait(I8042_BUSY, 0, I8042_WAIT_US))
        error = -EIO;
    return error ? error : i8042_empty(mine, another);
}

static inline int i8042_configuration(uint8_t *configuration)
{
    return i8042_ask(I8042_READ_CONFIGURATION, configuration, I8042_WAIT_US);
}

static inline int i8042_configure(uint8_t configuration)
{
    int error = i8042_write(I8042_COMMAND, I8042_WRITE_CONFIGURATION);

    return error ? error : i8042_write(I8042_DATA, configuration);
}

/* Bytes that the interrupt program has read already, before what waits: taken by `take`. With the claim. */
static inline void i8042_take_kept(void (*take)(uint8_t byte))
{
    uint8_t values[I8042_KEPT];
    size_t count;

    do {
        count = ddi_irq_values(values, sizeof(values));
        for (size_t i = 0; i < count; i++)
            take(values[i]);
    } while (count == sizeof(values));
}
