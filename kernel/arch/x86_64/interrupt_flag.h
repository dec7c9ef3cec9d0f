/* The interrupt flag, where it is wanted often. Not to be included: arch.h does, and has the
   contract. */
#pragma once

#include <stdint.h>

#define CPU_INTERRUPTS_ON 0x200u /* in what cpu_save_interrupts returns: they were on */

#if __STDC_HOSTED__
uint64_t cpu_save_interrupts(void);
void cpu_restore_interrupts(uint64_t saved);
#else
static inline uint64_t cpu_flags(void)
{
    uint64_t flags;

    __asm__ volatile("pushfq\n\tpopq %0" : "=r"(flags));
    return flags;
}

static inline uint64_t cpu_save_interrupts(void)
{
    uint64_t saved = cpu_flags();

    __asm__ volatile("cli" : : : "memory");
    return saved;
}

static inline void cpu_restore_interrupts(uint64_t saved)
{
    if (saved & CPU_INTERRUPTS_ON)
        __asm__ volatile("sti" : : : "memory");
}
#endif
