/*
 * Stacks for kernel threads, in an address range of their own: each lies in a slot of twice its
 * size, whose lower half is never mapped, so that running over one is a fault and not a neighbour's
 * damage.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#ifdef KASAN
#define KERNEL_STACK_BYTES 32768ull /* the redzones around locals need room */
#else
#define KERNEL_STACK_BYTES 16384ull
#endif
#define KERNEL_STACKS_MAX  16384u

#define VIRT_STACKS (VIRT_HEAP + (256ull << 30)) /* the upper half of PML4[508] */

/* *top: the address behind the stack, a multiple of 16. Its bytes are as stack_fill leaves them
   (kernel/core/thread/stack.h), or as the thread before did that had it. -ENOMEM. May be called
   with locks held of a rank below LOCK_RANK_HEAP. */
int kernel_stack_alloc(uint64_t *top) must_check;
/* -EINVAL: not the top of a stack that is in use. Not the one that the caller runs on. */
int kernel_stack_free(uint64_t top) must_check;
/* Freed ones that are kept for later go for good. */
void kernel_stacks_drop(void);
/* The address lies in the unmapped half of a slot, or in a slot without a stack. */
bool kernel_stack_guards(uint64_t virt);
unsigned kernel_stacks_in_use(void);
