/* What the files of kernel/arch/x86_64 that deal with page tables share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/page_tables.h"
#include "lib/compiler.h"

/* The tree that stage 2 built. Its kernel half is every address space's. */
extern struct page_tables kernel_tables;

/* An entry's attributes for flags of arch.h. */
uint64_t page_attributes(unsigned flags);

/* After a change of [virt, virt + bytes): page by page when they are few. tables: some were given
   back. The kernel half, and the user half that is switched to. */
void tlb_flush_kernel(uint64_t virt, uint64_t bytes, bool tables);
void tlb_flush_user(uint64_t virt, uint64_t bytes, bool tables);
void tlb_flush_everything(void); /* global pages and all tags too */
