/*
 * The kernel's page tables (the virtual map of lib/abi/boot_info.h), built in one contiguous arena.
 * Pure: no CPU register is touched, so the host can test it. Use: page_tables_bound → take that
 * much memory → page_tables_init → page_tables_physical_map, …_kernel, …_framebuffer,
 * …_low_identity.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/elf.h"
#include "lib/memmap.h"

#define PAGE_BYTES 4096ull

struct page_tables {
    uint8_t *arena; /* pages of tables, zeroed one by one */
    uint64_t phys;  /* where the arena lies; the PML4 is its first page */
    uint32_t pages, used;
    bool nx, pages_1g, pat;
};

/* Pages that the tables for this map, kernel and framebuffer need at most. */
uint32_t page_tables_bound(const struct memmap *map, bool pages_1g, uint64_t kernel_bytes,
                           uint64_t framebuffer_bytes);
/* The PML4, with itself in entry 511. The caller has set arena, phys, pages and the features. */
int page_tables_init(struct page_tables *tables) must_check;
/* All RAM of the map and the first megabyte at VIRT_PHYSICAL_MAP: writable, never executable. */
int page_tables_physical_map(struct page_tables *tables, const struct memmap *map) must_check;
/* The image at virt, each page with its segment's rights; gaps between segments stay unmapped. */
int page_tables_kernel(struct page_tables *tables, const struct elf_image *image, uint64_t phys,
                       uint64_t virt) must_check;
/* Write-combining where there is a PAT, else uncached. Any alignment of phys; -> *virt. */
int page_tables_framebuffer(struct page_tables *tables, uint64_t phys, uint64_t bytes,
                            uint64_t *virt) must_check;
/* The first 2 MiB at address 0, for the code that switches over; the kernel drops PML4[0]. */
int page_tables_low_identity(struct page_tables *tables) must_check;

/* IA32_PAT as the tables assume it: power-on values, but entry 4 (PAT=1, PCD=0, PWT=0) is
   write-combining instead of a second write-back. */
#define PAGE_TABLES_PAT 0x0007040100070406ull
