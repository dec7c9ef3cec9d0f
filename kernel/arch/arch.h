/*
 * What an architecture owes the rest of the kernel. The only header of kernel/arch that the rest
 * includes, besides the interrupt frame for the panic screen.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* ---- start-up, in the order of the boot sequence --------------------------------------------- */
void gdt_init(void); /* step 2: segments, TSS, stacks for double fault, NMI and machine check */
void idt_init(void); /* step 3: all 256 gates */
void pic_init(void); /* step 4: IRQ 0–15 to vectors 32–47, all masked */
void paging_init(void); /* step 6: drops the identity map, guards the stacks */

/* ---- the CPU --------------------------------------------------------------------------------- */
void cpu_enable_interrupts(void);
bool cpu_interrupts_enabled(void);
#define CPU_INTERRUPTS_ON 0x200u /* in what cpu_save_interrupts returns: they were on */
uint64_t cpu_save_interrupts(void); /* turns them off; returns what cpu_restore_interrupts wants */
void cpu_restore_interrupts(uint64_t saved);
void cpu_halt(void);  /* until the next interrupt; call with interrupts on */
void cpu_idle(void);  /* call with interrupts off: enables them and halts with nothing in between */
void cpu_pause(void);
uint64_t cpu_timestamp(void); /* the time-stamp counter */
void cpu_triple_fault(void);
void cpu_describe(char *to, uint64_t size); /* vendor, brand, features that we use */

/* ---- interrupt lines (PIC) ------------------------------------------------------------------- */
void irq_mask(unsigned irq);
void irq_unmask(unsigned irq);
void irq_acknowledge(unsigned irq);
bool irq_is_spurious(unsigned irq); /* for IRQ 7 and 15: the PIC did not mean it */

/* ---- virtual memory -------------------------------------------------------------------------- */
#define PAGE_SIZE 4096ull

#define PAGE_WRITE   1u
#define PAGE_EXECUTE 2u
#define PAGE_USER    4u
#define PAGE_UNCACHED 8u

/* Map one 4 KiB page. -ENOMEM: no frame for a table; -EEXIST: something is mapped there. */
int page_map(uint64_t virt, uint64_t phys, unsigned flags) must_check;
int page_unmap(uint64_t virt) must_check; /* -ENOENT */
/* The physical address behind virt. -ENOENT. */
int page_translate(uint64_t virt, uint64_t *phys) must_check;
/* Where a physical address can be read and written. Only memory of the map, not devices. */
void *phys_to_virt(uint64_t phys);
