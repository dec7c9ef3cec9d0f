/*
 * Physical memory in frames of 4 KiB: a bit a frame, the bitmap behind the kernel image. Frames
 * start out used; what the boot map calls usable is freed. Not for interrupt handlers.
 */
#pragma once

#include <stdint.h>

#include "lib/abi/boot_info.h"
#include "lib/compiler.h"

#define FRAME_SIZE 4096ull

int frames_init(const struct boot_info *boot)
    must_check; /* step 5. -ENOMEM: no place for the bitmap */
int frame_alloc(uint64_t *phys) must_check;               /* -ENOMEM */
/* -EINVAL: beyond the bitmap, not at a frame's start, or not in use. */
int frame_free(uint64_t phys) must_check;
/* `count` neighbouring frames, the first at a multiple of align_frames. -ENOMEM. */
int frame_alloc_run(uint64_t count, uint64_t align_frames, uint64_t *phys) must_check;
/* Free everything that the boot map gives this type (the loader's, once it is no longer needed). */
void frames_release_type(const struct boot_info *boot, uint32_t type);

uint64_t frames_total(void); /* that were ever to be had */
uint64_t frames_free(void);
