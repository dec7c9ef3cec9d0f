/* The kernel's first stacks, each with a guard page below that paging_init takes out of the map. */
#pragma once

#include <stdint.h>

#ifdef KASAN
#define STACK_SCALE 2 /* the redzones around locals need room */
#else
#define STACK_SCALE 1
#endif
#define BOOT_STACK_BYTES      (STACK_SCALE * 32768)
#define EXCEPTION_STACK_BYTES (STACK_SCALE * 8192)

struct boot_stack {
    uint8_t guard[4096];
    uint8_t bytes[BOOT_STACK_BYTES];
};

struct exception_stack {
    uint8_t guard[4096];
    uint8_t bytes[EXCEPTION_STACK_BYTES];
};

/* Numbers of the TSS's interrupt stack table. */
enum { IST_DOUBLE_FAULT = 1, IST_NMI = 2, IST_MACHINE_CHECK = 3, IST_COUNT = 3 };

extern struct boot_stack boot_stack;
extern struct exception_stack exception_stacks[IST_COUNT];

/* What the CPU takes as its stack when it comes from ring 3: a multiple of 16. */
void tss_set_kernel_stack(uint64_t top);
