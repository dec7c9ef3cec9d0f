/*
 * ELF64 static PIE for x86-64, checked before anything of it is believed (System V ABI, chapters 4
 * and 5). Use: elf_check → copy the segments → elf_relocate on the copy.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define ELF_SEGMENTS_MAX 8
#define ELF_IMAGE_MAX    (64ull << 20) /* bytes of memory; more is refused */

#define ELF_READ    4u
#define ELF_WRITE   2u
#define ELF_EXECUTE 1u

struct elf_segment {
    uint64_t virt;        /* link address, from 0 */
    uint64_t memory_bytes;
    uint64_t file_offset;
    uint64_t file_bytes;  /* ≤ memory_bytes; the rest is zero */
    uint32_t flags;       /* ELF_READ | … */
};

struct elf_image {
    uint64_t entry;        /* link address, inside an executable segment */
    uint64_t memory_bytes; /* from 0 to the end of the last segment, rounded up to 4 KiB */
    uint64_t rela_virt, rela_bytes; /* R_X86_64_RELATIVE entries; 0 bytes when there are none */
    uint64_t relr_virt, relr_bytes; /* the same, packed (DT_RELR) */
    uint32_t segment_count;
    struct elf_segment segments[ELF_SEGMENTS_MAX]; /* PT_LOAD, ascending, disjoint by 4 KiB pages */
};

/* `file` holds `size` bytes. -ENOEXEC with *why set to a text that names the field and what is
   wrong with its value; *why is a null pointer when all is well. */
int elf_check(const uint8_t *file, size_t size, struct elf_image *image,
              const char **why) must_check;
/* Apply the relative relocations to the loaded copy at `loaded` (memory_bytes long) for an image
   that will run at virt_base. -ENOEXEC: another relocation type, or a target or an address outside
   the image; the copy is then good for nothing. */
int elf_relocate(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base) must_check;
