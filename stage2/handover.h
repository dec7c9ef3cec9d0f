/* The last step: the kernel's page tables are loaded and its entry is jumped to. */
#pragma once

#include <stdint.h>

/* handover.asm; never returns. cr3: phys; entry and info: kernel virtual addresses. */
_Noreturn void handover_jump(uint64_t cr3, uint64_t entry, uint64_t info);

/* IA32_PAT, EFER.NXE, CR0.WP, as CPUID allows, then PIC and NMI masked, then the jump.
   boot_info.page_table_phys and .kernel are final. */
_Noreturn void handover(void);
