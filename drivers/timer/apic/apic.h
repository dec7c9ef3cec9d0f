/* The local APIC's timer: counts down at a rate that nobody promises (measure it), or waits for the TSC. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct ddi_mmio;

/* First. The local APIC's registers, and the vector at which it is to interrupt. */
void apic_timer_use(const struct ddi_mmio *registers, uint8_t vector);
/* Interrupts after `count` (> 0) of a sixteenth of its rate, or each time so many have passed. */
void apic_timer_start(uint32_t count, bool periodic);
uint32_t apic_timer_left(void); /* of the count */
void apic_timer_stop(void);     /* no interrupt any more */
/* Interrupts when the TSC reaches what is written to the CPU's deadline register from now on: by the kernel,
   as it is none of the memory-mapped ones. Only for a CPU that has it. */
void apic_timer_by_tsc(void);
