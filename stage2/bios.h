/*
 * The BIOS, called from long mode. One caller, never inside another call. Pointers for the BIOS lie
 * below 1 MiB and go as segment:offset (bios_segment, bios_offset).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct bios_regs {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
    uint32_t eflags; /* afterwards; not loaded */
    uint16_t ds, es;
};

/* INT `number` with these registers, which then hold what it returned. Halts with a message when
   the BIOS ran over its stack. */
void bios_call(uint8_t number, struct bios_regs *regs);

/* Run a 16-bit routine of ours (NASM, below 64 KiB) in real mode. Same check. */
void real_mode(void (*routine)(void));

static inline bool bios_carry(const struct bios_regs *regs)
{
    return regs->eflags & 1;
}

static inline uint8_t bios_ah(const struct bios_regs *regs)
{
    return (uint8_t)(regs->eax >> 8);
}

static inline uint16_t bios_segment(uint32_t address)
{
    return (uint16_t)(address >> 4);
}

static inline uint16_t bios_offset(uint32_t address)
{
    return (uint16_t)(address & 0xf);
}
