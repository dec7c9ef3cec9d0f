/* The CPU's instructions that C has no words for, as far as stage 2 needs them (Intel SDM). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outw(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port) : "memory");
    return value;
}

static inline void insw(uint16_t port, void *to, uint64_t words)
{
    __asm__ volatile("rep insw" : "+D"(to), "+c"(words) : "d"(port) : "memory");
}

static inline void insd(uint16_t port, void *to, uint64_t dwords)
{
    __asm__ volatile("rep insl" : "+D"(to), "+c"(dwords) : "d"(port) : "memory");
}

static inline uint64_t rdtsc(void)
{
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

/* How long a device may keep us waiting. There is no clock yet whose rate is known: 2^31 cycles are
   half a second at 4 GHz and two at 1 GHz. Counting port reads would not do, an emulator's are
   fast. */
#define PATIENCE_CYCLES (1ull << 31)

static inline bool patience_over(uint64_t since)
{
    return rdtsc() - since > PATIENCE_CYCLES;
}

static inline uint64_t rdmsr(uint32_t msr)
{
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline void wrmsr(uint32_t msr, uint64_t value)
{
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
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

static inline uint64_t read_cr2(void)
{
    uint64_t value;
    __asm__ volatile("mov %%cr2, %0" : "=r"(value));
    return value;
}

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

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

static inline struct cpuid cpuid(uint32_t leaf)
{
    struct cpuid r;
    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(0));
    return r;
}

static inline void pause(void)
{
    __asm__ volatile("pause");
}

/* Copy 8 bytes at a time. `qwords` of them; from and to may not overlap. */
static inline void copy_qwords(void *to, const void *from, uint64_t qwords)
{
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(qwords) : : "memory");
}

static inline void zero_qwords(void *at, uint64_t qwords)
{
    __asm__ volatile("rep stosq" : "+D"(at), "+c"(qwords) : "a"(0ull) : "memory");
}

/* What CPUID offers and stage 2 may use. */
struct cpu_features {
    bool nx, pages_1g, pat, rdrand;
};

struct cpu_features cpu_features(void);
