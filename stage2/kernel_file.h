/*
 * The kernel's file: read, checked, unpacked, copied to its place, relocated.
 *
 * It is an ELF, or one packed, because the BIOS reads slowly: "FASTLZ4" and a zero byte; the ELF's
 * size and that of the memory it needs (both little-endian, 32 bits); a block of LZ4, whose segments
 * lie as they do in memory (tools/kernel_files.py).
 *
 * tools/kernel_seal.py puts a seal of 16 bytes behind it: "FASTSEAL", the CRC-32C of all bytes
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
#define KERNEL_PACKED        "FASTLZ4"
#define KERNEL_PACKED_HEADER 16

struct kernel {
    struct elf_image image;
    uint64_t phys, virt; /* where the image lies and where it will run */
};

/* -E… with the reason printed. random_slide false: virt is VIRT_KERNEL itself. Fills
   boot_info.kernel. */
int kernel_load(const char *path, bool random_slide, struct kernel *kernel) must_check;
