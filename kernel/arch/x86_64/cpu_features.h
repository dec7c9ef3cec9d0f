/* What CPUID says of memory protection and paging, read once; and all of the protection turned on.
   */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct cpu_features {
    bool no_execute; /* the NX bit */
    bool smep, smap; /* ring 0 neither executes nor touches user pages (SMAP: unless STAC allows) */
    bool umip;       /* ring 3 may not read where the descriptor tables lie */
    bool pages_1g;
    bool pat, mtrr;
    bool pcid;       /* tags in the TLB: an address space keeps its entries when another runs */
    unsigned physical_bits; /* of an address */
};

const struct cpu_features *cpu_features(void);
/* CR0.WP, EFER.NXE, CR4: SMEP, SMAP, UMIP, global pages, PCID, as far as the CPU has them. Once,
   with no user page in the kernel's way and CR3's low bits 0. */
void cpu_protect(void);
