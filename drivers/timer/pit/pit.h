/* The 8254 interval timer: channel 0 for ticks, channel 2 to measure other clocks with. */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

#define PIT_HZ 1193182u

/* Channel 0 interrupts (IRQ 0) hz times a second, 19 ≤ hz ≤ 10000. -EINVAL. */
int pit_start_ticks(unsigned hz) must_check;
/* Count `ticks` of PIT_HZ (1–65535) on channel 2, calling `stamp` as it starts and as it ends; the
   difference goes to *elapsed. -ETIMEDOUT: the channel does not count. */
int pit_measure(uint16_t ticks, uint64_t (*stamp)(void), uint64_t *elapsed) must_check;
