/* Resting between interrupts: for loops that wait for something that an interrupt may bring. */
#pragma once

#include <stdbool.h>

/* Sleep until an interrupt was handled, at most a millisecond; not at all when *unless is true
   (NULL: no such flag; it is set by an interrupt handler). Where the caller cannot sleep it halts;
   with interrupts off it is a pause of the CPU. */
void irq_rest(const volatile bool *unless);
void irq_rest_over(void); /* at the end of an interrupt: wakes who rests */
