/* What CPUID says about the things stage 2 may use. Intel SDM volume 2, CPUID; leaf 80000001h
   exists because the CPU gate (cpu.asm) asked for it. */
#include "stage2/cpu.h"

#define LEAF1_EDX_PAT    (1u << 16)
#define LEAF1_ECX_RDRAND (1u << 30)
#define EXTENDED_EDX_NX  (1u << 20)
#define EXTENDED_EDX_1G  (1u << 26)

struct cpu_features cpu_features(void)
{
    struct cpuid basic = cpuid(1);
    struct cpuid extended = cpuid(0x80000001);

    return (struct cpu_features){
        .nx = extended.edx & EXTENDED_EDX_NX,
        .pages_1g = extended.edx & EXTENDED_EDX_1G,
        .pat = basic.edx & LEAF1_EDX_PAT,
        .rdrand = basic.ecx & LEAF1_ECX_RDRAND,
    };
}
