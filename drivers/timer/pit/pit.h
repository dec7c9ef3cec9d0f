/* The 8254 interval timer: channel 0 interrupts, channel 2 measures other clocks and counts. */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define PIT_HZ 1193182u

/* Channel 0 interrupts (IRQ 0) hz times a second, 19 ≤ hz ≤ 10000. -EINVAL. */
int pit_start_ticks(unsigned hz) must_check;
/* Channel 0 interrupts once, after `ticks` of PIT_HZ (1–65535), instead of what it was set to. */
void pit_start_oneshot(uint16_t ticks);
void pit_stop(void); /* channel 0: no interrupt any more */

/* Count `ticks` of PIT_HZ (1–65535) on channel 2, three times, calling `stamp` as it starts and as it
   ends; the least difference goes to *elapsed: what stops this CPU meanwhile makes it longer.
   -ETIMEDOUT: the channel does not count. -EBUSY: pit_counter_start. */
int pit_measure(uint16_t ticks, uint64_t (*stamp)(void), uint64_t *elapsed) must_check;

/* Channel 2 counts from now on, for good. -ETIMEDOUT: it does not. */
int pit_counter_start(void) must_check;
/* What it has counted, modulo 65536: upward, PIT_HZ in a second, around once in 54.9 ms. Interrupts
   off: the byte pair must not be torn. */
uint16_t pit_counter(void);

/* Channel 2 sounds on the loudspeaker, PIT_TONE_LOW to PIT_TONE_HIGH hz, and does not count meanwhile; 0: it
   counts again, if it did, from an unknown number on. Interrupts off. */
#define PIT_TONE_LOW  20u
#define PIT_TONE_HIGH 20000u
void pit_tone(unsigned hz);
