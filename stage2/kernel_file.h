/*
 * The kernel's file: read, checked, copied to its place, relocated.
 *
 * tools/kernel_seal.py puts a seal of 16 bytes behind the ELF: "FASTSEAL", the CRC-32C of all bytes
 * before the seal, and how many these are (both little-endian, 32 bits). So a copy under another
 * name (kernel.old.elf) is as checkable as the original.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/elf.h"

#define KERNEL_SEAL       "FASTSEAL"
#define KERNEL_SEAL_BYTES 16

struct kernel {
    struct elf_image image;
    uint64_t phys, virt; /* where the image lies and where it will run */
};

/* -E… with the reason printed. random_slide false: virt is VIRT_KERNEL itself. Fills
   boot_info.kernel. */
int kernel_load(const char *path, bool random_slide, struct kernel *kernel) must_check;
