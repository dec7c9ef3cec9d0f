/* The local APIC's timer as the timer interrupt. */
#pragma once

/* When the APIC is in use: binds its vector, and offers the timer (clock_event.h) at once when it
   goes by the TSC, else after its rate has been measured. */
void apic_event_init(void);
