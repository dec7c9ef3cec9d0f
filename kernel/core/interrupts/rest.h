/* Resting between interrupts: for loops that wait for something that an interrupt may bring. */
#pragma once

/* Sleep until an interrupt was handled, at most a millisecond. Where the caller cannot sleep it halts;
   with interrupts off it is a pause of the CPU. */
void irq_rest(void);
void irq_rest_over(void); /* at the end of an interrupt: wakes who rests */
