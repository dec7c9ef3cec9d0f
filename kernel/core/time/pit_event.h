/* The PIT's channel 0 as the timer interrupt. */
#pragma once

/* Binds IRQ 0 and offers the PIT (clock_event.h). -EBUSY: the line is taken. */
int pit_event_init(void);
