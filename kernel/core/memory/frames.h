/*
 * Physical memory in frames of 4 KiB: a bit a frame and a reference count, both behind the kernel
 * image. Frames start out reserved; what the boot map calls usable is free. Each CPU keeps a few
 * free frames at hand, so that most calls touch neither the map nor its lock.
 *
 * Callable from every thread, also with locks of a rank below LOCK_RANK_FRAMES held; not from
 * interrupt handlers. What is wrongly given back is refused, named in the log, and counted.
 */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#define FRAME_SIZE 4096ull

/* Limits for alloc_frames. */
#define FRAMES_ANYWHERE  UINT64_MAX
#define FRAMES_BELOW_4G  (1ull << 32) /* devices with 32 address bits */
#define FRAMES_BELOW_16M (1ull << 24) /* ISA DMA */

/* Step 5. -ENOMEM: no place for the map. */
int frames_init(const struct boot_info *boot) must_check;

/* One frame with one reference, anything in it. Low memory is given last. -ENOMEM. */
int alloc_frame(uint64_t *phys) must_check;
/* The only reference goes, and the frame is free. -EINVAL: not a frame's start, beyond memory,
   reserved, or free already; -EBUSY: others refer to it. */
int free_frame(uint64_t phys) must_check;

/* The same for a frame of zeros; given back it must be one. */
int alloc_zeroed_frame(uint64_t *phys) must_check;
int free_zeroed_frame(uint64_t phys) must_check;

/* `count` neighbouring frames, the first at a multiple of align_frames, all below `below` bytes.
   -ENOMEM; -EINVAL: count or align_frames is 0. */
int alloc_frames(uint64_t count, uint64_t align_frames, uint64_t below, uint64_t *phys) must_check;
/* As free_frame for each; when one cannot be freed, none is. */
int free_frames(uint64_t phys, uint64_t count) must_check;

/* Copy-on-write: one more reference (-EINVAL: not in use; -EOVERFLOW: there are 65,534), one less
   (the last one frees; -EINVAL as free_frame). */
int frame_get(uint64_t phys) must_check;
int frame_put(uint64_t phys) must_check;
unsigned frame_references(uint64_t phys); /* 0: free, reserved or no frame */

/* Free everything that the boot map gives this type (the loader's, once it is no longer needed). */
void frames_release_type(const struct boot_info *boot, uint32_t type);

/* Who gives frames back when none is free: tries to free that many and says how many it did. Called
   by any allocation, so it must not sleep nor take a lock of a rank below LOCK_RANK_PAGE_CACHE. */
void frames_set_reclaim(uint64_t (*reclaim)(uint64_t frames));

uint64_t frames_total(void); /* that were ever to be had */
uint64_t frames_free(void);

enum frame_fault {
    FRAME_FAULT_UNALIGNED,
    FRAME_FAULT_BEYOND,
    FRAME_FAULT_RESERVED,
    FRAME_FAULT_FREE, /* free already, or never given out */
    FRAME_FAULT_SHARED,
    FRAME_FAULT_OVERFLOW,
    FRAME_FAULTS,
};
/* How often a call was refused for that; *text names it. */
uint64_t frame_fault_count(enum frame_fault fault, const char **text);
