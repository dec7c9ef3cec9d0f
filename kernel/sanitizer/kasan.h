/*
 * The debug kernel's check of each access to memory (KASAN: gcc's and clang's -fsanitize=kernel-
 * address). A shadow byte stands for 8 bytes: 0 all may be used; 1 to 7 only the first so many;
 * else the reason why none may. The compiler calls the check before each access, and puts redzones
 * around locals and globals; allocators say by the functions here what they give out and get back.
 *
 * Checked are the kernel image with its first stacks, the heap and the threads' stacks (PML4[508]),
 * and memory by the map of all physical memory. All else is left to the page tables. In other
 * kernels nothing of this is compiled.
 *
 * Order: kasan_start before the first instrumented function, kasan_init once there are frames.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

enum kasan_reason {
    KASAN_HEAP_REDZONE = 0xfa,
    KASAN_HEAP_FREED = 0xfb,
    KASAN_FRAME_FREE = 0xfc,
    /* The compiler's own numbers for what it guards itself. */
    KASAN_STACK_LEFT = 0xf1,
    KASAN_STACK_MIDDLE = 0xf2,
    KASAN_STACK_RIGHT = 0xf3,
    KASAN_STACK_SCOPE = 0xf8,
    KASAN_GLOBAL_REDZONE = 0xf9,
};

#ifdef KASAN
void kasan_guard_globals(void); /* by kasan_start, which entry.asm calls */
void kasan_guard_globals_of_tests(void); /* by tests_load */
void kasan_init(void); /* step 6: from now on memory by the map of all of it, too. Panics without */

/* `at` is a multiple of 8. Where there is no shadow nothing happens. */
void kasan_poison(const void *at, size_t size, enum kasan_reason reason);
void kasan_unpoison(const void *at, size_t size);
/* Frames that somebody takes, and gives back. */
void kasan_frames_taken(uint64_t phys, uint64_t count);
void kasan_frames_given(uint64_t phys, uint64_t count);
/* All the bytes, as the compiler's checks do it for single accesses. A report names the caller. */
void kasan_check(const void *at, size_t size, bool write, const void *caller);
/* Whether a piece of the heap was freed already; that is reported. */
bool kasan_freed_twice(const void *at, const void *caller);
/* A stack was left without returning: what its functions guarded is to be used again. */
void kasan_leave_stack(uint64_t low, uint64_t high);

/* Shadow for pages of PML4[508], before they are mapped and after they are not any more. The caller
   has the lock of the page tables. -ENOMEM. */
int kasan_map(uint64_t virt, uint64_t bytes) must_check;
void kasan_unmap(uint64_t virt, uint64_t bytes);
#else
static inline void kasan_guard_globals_of_tests(void)
{
}

static inline void kasan_init(void)
{
}

static inline void kasan_poison(const void *at, size_t size, enum kasan_reason reason)
{
    (void)at, (void)size, (void)reason;
}

static inline void kasan_unpoison(const void *at, size_t size)
{
    (void)at, (void)size;
}

static inline void kasan_frames_taken(uint64_t phys, uint64_t count)
{
    (void)phys, (void)count;
}

static inline void kasan_frames_given(uint64_t phys, uint64_t count)
{
    (void)phys, (void)count;
}

static inline bool kasan_freed_twice(const void *at, const void *caller)
{
    (void)at, (void)caller;
    return false;
}

static inline void kasan_leave_stack(uint64_t low, uint64_t high)
{
    (void)low, (void)high;
}

must_check static inline int kasan_map(uint64_t virt, uint64_t bytes)
{
    (void)virt, (void)bytes;
    return 0;
}

static inline void kasan_unmap(uint64_t virt, uint64_t bytes)
{
    (void)virt, (void)bytes;
}
#endif
