/*
 * The memory stage 2 knows. Use: memory_detect → memory_limit (mem=SIZE) → memory_take as often as
 * needed → memory_publish into boot_info. Everything taken lies between 1 MiB and 4 GiB, because
 * the identity map ends there, so an address is also a pointer (memory_at).
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"
#include "lib/memmap.h"

extern struct memmap memory;

/* Ask the BIOS, sanitise, keep the first megabyte for ourselves. Halts when there is no memory. */
void memory_detect(void);
void memory_limit(uint64_t bytes);
/* Never give this range to anybody (the framebuffer of ramfb lies inside RAM). */
void memory_reserve(uint64_t base, uint64_t bytes, uint32_t type);
/* Take `bytes` of usable memory, page-aligned, as `type`. -ENOMEM, -ENOSPC. */
int memory_take(uint64_t bytes, uint32_t type, uint64_t *base) must_check;
/* As high as possible: for what is given back before the kernel starts. */
int memory_take_high(uint64_t bytes, uint32_t type, uint64_t *base) must_check;
void memory_give_back(uint64_t base, uint64_t bytes);
void memory_publish(void);

static inline void *memory_at(uint64_t address)
{
    return (void *)address;
}
