/* The high-precision event timer: a counter that never stops, and a comparator that interrupts once. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

struct ddi_mmio;

#define HPET_BYTES 1024u /* of registers */

/* First. It counts from now on, *hz times a second. -ENODEV: none is there, or it says nonsense; -ETIMEDOUT:
   it does not count. */
int hpet_start(const struct ddi_mmio *registers, uint64_t *hz) must_check;
/* What it has counted, modulo 2^32. */
uint32_t hpet_counter(void);

/* In the PIT's place, at its line. */
bool hpet_can_interrupt(void);
/* One interrupt after `ticks` (< 2^31), instead of what was set. The PIT's does not come any more. */
void hpet_interrupt_after(uint32_t ticks);
void hpet_stop(void); /* none any more; the PIT has its line again. The counter goes on */
