/* Where KASAN's shadow lies, for kernel/sanitizer alone (kasan.h says what it is). */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/boot_info.h"

/*
 * A shadow byte's address is (address >> 3) + SHADOW_OFFSET, which the compiler knows too
 * (kernel.mk). The kernel half's shadow lies in PML4[472] to [503]: that of physical memory begins
 * in 472, that of heap and image lies in 503.
 */
#define SHADOW_OFFSET 0xdffffc0000000000ull
#define SHADOW_SCALE  8u

static inline int8_t *shadow_of(uint64_t virt)
{
    return (int8_t *)((virt >> 3) + SHADOW_OFFSET);
}

extern const uint8_t kernel_start[], kernel_end[];

/* There may be a shadow of that address (else: there is none). */
bool shadow_covers(uint64_t virt);
/* The shadow byte of an address; false: there is none. */
bool shadow_read(uint64_t virt, int8_t *value);
