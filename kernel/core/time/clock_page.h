/*
 * The page from which programs read the clock without a call: struct abi_clock (lib/abi/time.h).
 * Each process has it, read-only (kernel/process/exec.c). Set by one at a time, with interrupts
 * off.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

int clock_page_init(void) must_check; /* -ENOMEM: programs ask the kernel */
/* ns = base_ns + (TSC - base_tsc) * scale / 2^32; scale 0: the TSC is not the clock. */
void clock_page_set(uint64_t base_tsc, uint64_t base_ns, uint64_t scale);
/* The wall clock is ahead by that. */
void clock_page_set_wall(uint64_t ns);
uint64_t clock_page_frame(void); /* its physical address; 0: there is none */
