/* The CPU: interrupt flag, halting, time-stamp counter, and what CPUID says of it. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "lib/printf.h"
#include "lib/span.h"

void cpu_enable_interrupts(void)
{
    fastos_sti();
}

bool cpu_interrupts_enabled(void)
{
    return cpu_flags() & CPU_INTERRUPTS_ON;
}

void cpu_halt(void)
{
    fastos_hlt();
}

void cpu_idle(void)
{
    /* STI takes effect after the next instruction: no interrupt slips in between. */
    __asm__ volatile("sti\n\thlt" ::: "memory");
}

void cpu_pause(void)
{
    __asm__ volatile("pause");
}

uint64_t cpu_timestamp(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static bool rdrand(uint64_t *value)
{
    bool ok;

    __asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(ok));
    return ok;
}

/* Intel's DRNG guide, §5.2.1: ten tries are enough of a source that works. */
bool cpu_random(uint64_t *value)
{
    if (!(cpuid(1, 0).ecx & 1u << 30))
        return false;
    for (unsigned tries = 0; tries < 10; tries++)
        if (rdrand(value))
            return true;
    return false;
}

bool cpu_timestamp_is_invariant(void)
{
    return cpuid(0x80000000, 0).eax >= 0x80000007 && cpuid(0x80000007, 0).edx & 1u << 8;
}

void cpu_triple_fault(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } packed nothing = {0, 0};

    fastos_lidt((const uint8_t *)&nothing);
    __asm__ volatile("int3");
}

struct cpuid cpuid(uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;

    __asm__ volatile("cpuid"
                     : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx)
                     : "a"(leaf), "c"(subleaf));
    return r;
}

static void put32(struct room to, unsigned at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        room_set(to, at + i, (char)(value >> 8 * i));
}

/* Into a text of 49 zeros. */
static void brand(struct room text)
{
    if (cpuid(0x80000000, 0).eax < 0x80000004)
        return;
    for (unsigned i = 0; i < 3; i++) {
        struct cpuid r = cpuid(0x80000002 + i, 0);

        put32(text, 16 * i, r.eax);
        put32(text, 16 * i + 4, r.ebx);
        put32(text, 16 * i + 8, r.ecx);
        put32(text, 16 * i + 12, r.edx);
    }
}

void cpu_describe(char *to, uint64_t size)
{
    char vendor[13] = {0}, name[49] = {0};
    const struct room id = room_of(vendor, sizeof(vendor));
    unsigned spaces = 0;
    struct cpuid r = cpuid(0, 0);

    put32(id, 0, r.ebx);
    put32(id, 4, r.edx);
    put32(id, 8, r.ecx);
    brand(room_of(name, sizeof(name)));
    while (name[spaces] == ' ')
        spaces++;
    snprintf(to, size, "%s (%s)", name[spaces] ? &name[spaces] : "x86-64", vendor);
}
