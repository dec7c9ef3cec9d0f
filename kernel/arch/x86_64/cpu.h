/* CPUID and control registers, for kernel/arch/x86_64 alone. */
#pragma once

#include <stdint.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

struct cpuid cpuid(uint32_t leaf, uint32_t subleaf);

extern uint8_t cpu_has_smap; /* it is on (user_copy.asm reads it too) */

#define CR4_PGE (1ull << 7)

#define MSR_EFER     0xc0000080u
#define EFER_NXE     (1ull << 11)
#define MSR_GS_BASE        0xc0000101u
#define MSR_KERNEL_GS_BASE 0xc0000102u /* what SWAPGS brings */

static inline uint64_t read_cr4(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void write_cr4(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline uint64_t read_cr0(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

static inline void write_cr0(uint64_t value)
{
    __asm__ volatile("mov %0, %%cr0" : : "r"(value) : "memory");
}

/* The address of the last page fault. */
static inline uint64_t read_cr2(void)
{
    uint64_t value;

    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

/* What STAC opened is closed again, where there is SMAP. */
static inline void cpu_user_access_end(void)
{
    if (cpu_has_smap)
        __asm__ volatile("clac" : : : "memory");
}
