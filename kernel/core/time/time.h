/* Time since the boot sector began, from the TSC; ticks from the PIT at 1000 Hz (IRQ 0). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define TICKS_PER_SECOND 1000

/* Estimates the TSC's rate: stamps are right to about 1 % from here. zero_tsc: the boot's start. */
void time_init_early(uint64_t zero_tsc);
void time_init(void);        /* step 11: PIT to 1000 Hz, IRQ 0 bound */
uint64_t time_now_us(void);  /* never goes back */
uint64_t time_ticks(void);   /* milliseconds counted by IRQ 0 */
uint64_t time_tsc_hz(void);
uint64_t time_tsc_to_us(uint64_t tsc); /* a difference of two stamps, in microseconds */
void time_delay_us(uint32_t us);       /* busy */
