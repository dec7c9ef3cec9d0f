/*
 * Time. The clock counts nanoseconds since the boot sector began; it never goes back. It reads the
 * CPU's time-stamp counter, which the PIT watches where the CPU does not promise one rate;
 * clock=pit, clock=hpet or clock=tsc on the command line chooses. The wall clock is set by the RTC at the
 * boot.
 *
 * Timers are in timer.h, the interrupt they need in clock_event.h.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define TICKS_PER_SECOND 1000
#define NS_PER_SECOND    1000000000ull
#define NS_PER_MS        1000000ull
#define NS_PER_US        1000ull

/* Estimates the TSC's rate: stamps are right to about 1 % from here. zero_tsc: the boot's start. */
void time_init_early(uint64_t zero_tsc);
void time_init(void); /* step 11: PIT to 1000 Hz, IRQ 0 bound, the wall clock read */

/* From any context. */
uint64_t time_now_ns(void);
uint64_t time_now_us(void);
uint64_t time_ticks(void); /* milliseconds of the clock, so that no slow handler loses one */
void time_delay_us(uint32_t us); /* busy */

bool time_clock_is_tsc(void);
const char *time_clock_name(void); /* "TSC", "HPET", "PIT" */
uint64_t time_tsc_hz(void);
uint64_t time_tsc_to_us(uint64_t tsc); /* a difference of two stamps, in microseconds */

/* The loudspeaker sounds, or with 0 no more. The PIT's channel 2 cannot be watched or read meanwhile: -EBUSY
   where it is the clock, or measures in the boot's first second. -EINVAL: outside of PIT_TONE_LOW to
   PIT_TONE_HIGH. */
int time_tone(unsigned hz) must_check;

/* Nanoseconds since 1970, UTC as the RTC has it; right to a second. -ENODEV: the RTC told no time.
   */
int time_wall_ns(uint64_t *ns) must_check;
void time_set_wall_ns(uint64_t ns);
