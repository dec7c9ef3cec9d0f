/*
 * Address spaces. Each has a user half of its own and the kernel half that all share; PML4[511]
 * maps its own tables (the recursive slot). Use: address_space_create or …_clone →
 * address_space_map, … → address_space_switch → address_space_free.
 *
 * Pages of the user half are counted frames, unless mapped with PAGE_DEVICE: a mapping owns one
 * count of its frame. It comes with address_space_map, goes back to the caller with
 * address_space_unmap, and is put by address_space_free.
 *
 * Errors are those of page_tables.h; also -EINVAL for what is not in the user half, lies in the
 * lowest 64 KiB, or lacks PAGE_USER. Each call takes the space's lock; none may be used in an
 * interrupt.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/page_tables.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/compiler.h"

#define USER_START 0x10000ull /* the first address that can be mapped */

struct address_space {
    struct spinlock lock;
    /* Under the lock. */
    struct page_tables tables;
    /* With interrupts off. A tag of its entries in the TLB: valid while its generation is the
       CPU's. */
    uint64_t tag_generation;
    uint16_t tag;
};

int address_space_create(struct address_space *space) must_check; /* -ENOMEM */
/* The same user half, copied on write: both spaces share the frames. -ENOMEM: `to` is nothing. */
int address_space_clone(struct address_space *from, struct address_space *to) must_check;
/* No thread uses it any more, but for the calling one. The CPU may have it loaded still. */
void address_space_free(struct address_space *space);
/* The calling thread goes on in it. NULL: the kernel's own, which has no user half. */
void address_space_switch(struct address_space *space);
/* The CPU is about to be switched to a thread of that space: what CR3 shall be. NULL: to one of the
   kernel's own, which takes whatever is loaded, as it needs the kernel half alone. Interrupts
   off. */
uint64_t address_space_enter(struct address_space *space);

/* flags: PAGE_USER and the others of arch.h. */
int address_space_map(struct address_space *space, uint64_t virt, uint64_t phys, uint64_t bytes,
                      unsigned flags) must_check;
int address_space_unmap(struct address_space *space, uint64_t virt, uint64_t bytes) must_check;
int address_space_protect(struct address_space *space, uint64_t virt, uint64_t bytes,
                          unsigned flags) must_check;
/* The first page that holds an address in [virt, last]. -ENOENT: none. */
int address_space_next(struct address_space *space, uint64_t virt, uint64_t last,
                       struct page_mapping *page) must_check;

/* ---- page by page: 4 KiB pages, some there and some not
   ------------------------------------------ For who brings pages on demand
   (kernel/process/memory_map.h) and keeps the range in order himself. */
#define ADDRESS_SPACE_FILL_MAX 16u

/* frames[i] (0: leave it out) at virt + i pages where there is none; 0 afterwards: taken. Not
   across a multiple of 2 MiB. -ENOMEM. */
int address_space_fill(struct address_space *space, uint64_t virt, uint64_t *frames, unsigned count,
                       unsigned flags) must_check;
/* The frame at virt and PAGE_WRITE as it is mapped now; false: none. */
bool address_space_peek(struct address_space *space, uint64_t virt, uint64_t *phys, unsigned *flags);
/* Another frame, or other flags, in the place of a page; the old frame's count is the caller's.
   False: there is none. */
bool address_space_replace(struct address_space *space, uint64_t virt, uint64_t phys, unsigned flags);
/* Whatever is there goes. */
void address_space_release(struct address_space *space, uint64_t virt, uint64_t bytes);
/* Whatever is there has these flags from now on; without PAGE_USER it stays, out of
   everybody's reach. */
void address_space_restrict(struct address_space *space, uint64_t virt, uint64_t bytes,
                            unsigned flags);
