/* Where KASAN's shadow lies, for kernel/sanitizer alone (kasan.h says what it is). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/fixup.h"
#include "lib/abi/boot_info.h"

/*
 * A shadow byte's address is (address >> 3) + SHADOW_OFFSET, which the compiler knows too
 * (kernel.mk). The kernel half's shadow lies in PML4[472] to [503]: that of physical memory begins
 * in 472, that of heap and image lies in 503.
 */
#define SHADOW_OFFSET 0xdffffc0000000000ull
#define SHADOW_SCALE  8u

static inline int8_t *shadow_of(uint64_t virt)
{
    return (int8_t *)((virt >> 3) + SHADOW_OFFSET);
}

extern const uint8_t kernel_start[], kernel_end[], tests_start[], tests_end[]; /* kernel.ld */
extern uint64_t shadow_physical; /* bytes of the map of physical memory, from its start, that have one */

/* What gets and loses its shadow with its pages: PML4[508], and what tests_load brings in. */
static inline bool shadow_comes_and_goes(uint64_t virt)
{
    return virt - VIRT_HEAP < VIRT_DEVICES - VIRT_HEAP
           || virt - (uintptr_t)tests_start < (uint64_t)(tests_end - tests_start);
}

/* There may be a shadow of that address (else: there is none). Stacks first: most accesses are to them. */
static inline bool shadow_covers(uint64_t virt)
{
    return shadow_comes_and_goes(virt) || virt - VIRT_PHYSICAL_MAP < shadow_physical
           || virt - (uintptr_t)kernel_start < (uint64_t)(kernel_end - kernel_start);
}

/* The shadow byte of an address; false: there is none. Inline, as nearly every access asks. */
static inline bool shadow_read(uint64_t virt, int8_t *value)
{
    uint8_t found = 0;
    bool there = false;

    if (!shadow_covers(virt))
        return false;
    __asm__ volatile("1:\tmovb %2, %0\n\t"
                     "movb $1, %1\n"
                     "2:\n\t"
                     FIXUP("1b", "2b", "2b")
                     : "+q"(found), "+q"(there)
                     : "m"(*shadow_of(virt)));
    *value = (int8_t)found;
    return there;
}
