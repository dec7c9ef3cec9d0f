/*
 * What an architecture owes the rest of the kernel. The only header of kernel/arch that the rest
 * includes, besides the interrupt frame for the panic screen.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"

/* ---- start-up, in the order of the boot sequence ---------------------------------------------- */
void gdt_init(void); /* step 2: segments, TSS, stacks for double fault, NMI and machine check */
void idt_init(void); /* step 3: all 256 gates; machine checks and NMI on */
void pic_init(void); /* step 4: IRQ 0–15 to vectors 32–47, all masked */
void paging_init(void); /* step 6: drops the identity map, guards the stacks */

/* ---- the CPU ------------------------------------------------------------------------------------ */
#define CPUS_MAX 1
/* Which CPU this is, below CPUS_MAX (one so far); stays true while preemption is off. */
static inline unsigned cpu_number(void)
{
    return 0;
}
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

/* ---- exceptions --------------------------------------------------------------------------------- */
struct cpu_exception {
    unsigned vector; /* 0–31 */
    uint64_t error_code;
    uint64_t rip;
    uint64_t address; /* of a page fault */
};

/* Call function(context). True: an exception ended it half-way, *caught says which; what it had locked
   or changed stays so. For tests, and to try what a CPU may not have. Double faults, NMIs and machine
   checks are not caught. Calls nest. */
bool cpu_catch(void (*function)(void *), void *context, struct cpu_exception *caught) must_check;
const char *cpu_exception_name(unsigned vector); /* "page fault" */
uint64_t nmi_count(void);

/* ---- interrupt lines (PIC) ---------------------------------------------------------------------- */
void irq_mask(unsigned irq);
void irq_unmask(unsigned irq);
void irq_acknowledge(unsigned irq);
bool irq_is_spurious(unsigned irq); /* for IRQ 7 and 15: the PIC did not mean it */

/* ---- virtual memory ----------------------------------------------------------------------------- */
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
