/*
 * Preemption. While the count is above 0 the running thread keeps the CPU: an interrupt that wants
 * another to run only notes it, and the last preempt_enable switches.
 */
#pragma once

#include <stdbool.h>

void preempt_disable(void);
void preempt_enable(void);
unsigned preempt_count(void);
/* Sleeping is allowed: count 0, interrupts on. Debug builds assert it before every wait. */
bool may_sleep(void);
