/*
 * The interrupt that time brings: at the next timer, at the end of a quantum, and otherwise not at
 * all. A device that can interrupt once after a given time is a struct clock_event
 * (kernel/arch/arch.h); the best one offered is used. A device that can tick (the PIT) ticks at
 * 1000 Hz while the CPU is busy, and is set to the next timer while it is idle.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct clock_event;

/* The structure must live on. The device has to be quiet, and bound to its interrupt, which calls
   clock_event_fired. True: it is the one that is used from now on. */
bool clock_event_offer(const struct clock_event *device);
/* From the device's interrupt handler, interrupts off. More calls than needed do no harm. */
void clock_event_fired(void);

/* An interrupt is wanted at that time (time_now_ns) at the latest. Interrupts are off. */
void clock_event_need(uint64_t deadline_ns);
void clock_event_idle(void); /* before the CPU halts, interrupts off */
void clock_event_busy(void); /* a thread runs again, interrupts off */

const char *clock_event_name(void);
uint64_t clock_event_count(void); /* interrupts so far */
