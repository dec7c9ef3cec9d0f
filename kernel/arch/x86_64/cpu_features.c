/* Intel SDM vol. 2, CPUID; vol. 3, 2.5 (control registers), 4.1.3 and 4.1.4 (paging features). */
#include "kernel/arch/x86_64/cpu_features.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/core/log/log.h"

#define LEAF1_ECX_PCID    (1u << 17)
#define LEAF1_EDX_MTRR    (1u << 12)
#define LEAF1_EDX_PAT     (1u << 16)
#define LEAF7_EBX_SMEP    (1u << 7)
#define LEAF7_EBX_SMAP    (1u << 20)
#define LEAF7_ECX_UMIP    (1u << 2)
#define EXTENDED1_EDX_NX  (1u << 20)
#define EXTENDED1_EDX_1G  (1u << 26)

#define CR0_WP     (1ull << 16)
#define CR4_UMIP   (1ull << 11)
#define CR4_PCIDE  (1ull << 17)
#define CR4_SMEP   (1ull << 20)
#define CR4_SMAP   (1ull << 21)

static struct cpu_features features;
uint8_t cpu_has_smap; /* user_copy.asm: SMAP is on */
static bool known;

static struct cpuid leaf_if_there(uint32_t leaf)
{
    return cpuid(leaf & 0x80000000u, 0).eax >= leaf ? cpuid(leaf, 0) : (struct cpuid){0};
}

const struct cpu_features *cpu_features(void)
{
    if (known)
        return &features;
    struct cpuid basic = leaf_if_there(1), structured = leaf_if_there(7);
    struct cpuid extended = leaf_if_there(0x80000001), sizes = leaf_if_there(0x80000008);

    features = (struct cpu_features){
        .no_execute = extended.edx & EXTENDED1_EDX_NX,
        .smep = structured.ebx & LEAF7_EBX_SMEP,
        .smap = structured.ebx & LEAF7_EBX_SMAP,
        .umip = structured.ecx & LEAF7_ECX_UMIP,
        .pages_1g = extended.edx & EXTENDED1_EDX_1G,
        .pat = basic.edx & LEAF1_EDX_PAT,
        .mtrr = basic.edx & LEAF1_EDX_MTRR,
        .pcid = basic.ecx & LEAF1_ECX_PCID,
        .physical_bits = sizes.eax & 0xff ? sizes.eax & 0xff : 36,
    };
    known = true;
    return &features;
}

void cpu_protect(void)
{
    const struct cpu_features *cpu = cpu_features();

    cpu_has_smap = cpu->smap;
    uint64_t cr4 = read_cr4() | CR4_PGE; /* every x86-64 CPU has global pages */

    write_cr0(read_cr0() | CR0_WP);
    if (cpu->no_execute)
        fastos_write_msr(MSR_EFER, fastos_read_msr(MSR_EFER) | EFER_NXE);
    cr4 |= (cpu->smep ? CR4_SMEP : 0) | (cpu->smap ? CR4_SMAP : 0) | (cpu->umip ? CR4_UMIP : 0);
    write_cr4(cr4);
    if (cpu->pcid)
        write_cr4(cr4 | CR4_PCIDE);
    log_debug("cpu", "protection:%s%s%s%s%s%s", cpu->no_execute ? " NX" : "",
              cpu->smep ? " SMEP" : "", cpu->smap ? " SMAP" : "", cpu->umip ? " UMIP" : "",
              cpu->pcid ? " PCID" : "", cpu->pages_1g ? " 1-GiB-pages" : "");
    if (!cpu->no_execute)
        log_warn("cpu", "no NX bit: data can be executed");
}
