/* The HPET (drivers/timer/hpet): a clock, and where there is no local APIC the timer interrupt. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* Its counter runs from now on, *hz times a second. -ENOENT: there is none, or hpet=off; other errors: the
   log says what is wrong with it. */
int hpet_find(uint64_t *hz) must_check;
/* Offers it (clock_event.h), if it was found and there is no APIC. IRQ 0 is bound (pit_event.h). */
void hpet_event_offer(void);
