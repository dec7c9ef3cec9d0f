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

/*@ predicate elf_segment_ok(struct elf_segment *segment, integer memory_bytes) =
      segment->file_bytes <= segment->memory_bytes
      && segment->virt + segment->memory_bytes <= memory_bytes;
    predicate elf_segment_in_file(struct elf_segment *segment, integer size) =
      segment->file_offset + segment->file_bytes <= size;
    predicate elf_memory_ok(struct elf_image *image) =
      image->segment_count <= ELF_SEGMENTS_MAX && image->memory_bytes <= ELF_IMAGE_MAX
      && \forall integer i; 0 <= i < image->segment_count ==>
           elf_segment_ok(&image->segments[i], image->memory_bytes);
    predicate elf_file_ok(struct elf_image *image, integer size) =
      \forall integer i; 0 <= i < image->segment_count ==>
        elf_segment_in_file(&image->segments[i], size);
    predicate elf_tables_ok(struct elf_image *image) =
      image->rela_bytes % 24 == 0 && image->relr_bytes % 8 == 0
      && (image->rela_bytes > 0 ==> image->rela_virt + image->rela_bytes <= image->memory_bytes)
      && (image->relr_bytes > 0 ==> image->relr_virt + image->relr_bytes <= image->memory_bytes); */

/*@ requires \valid_read(file + (0 .. size - 1)) && \valid(image) && \valid(why);
    requires \separated(image, why, file + (0 .. size - 1));
    assigns *image;
    assigns *why \from file[0 .. size - 1], size;
    ensures \result == 0 ==> elf_memory_ok(image) && elf_file_ok(image, size)
              && elf_tables_ok(image);
    ensures \result == 0 <==> *why == \null; */
/* `file` holds `size` bytes. -ENOEXEC with *why set to a text that names the field and what is
   wrong with its value; *why is a null pointer when all is well. */
int elf_check(const uint8_t *file, size_t size, struct elf_image *image,
              const char **why) must_check;
/*@ requires \valid_read(image) && elf_memory_ok(image) && elf_tables_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1]; */
/* Apply the relative relocations to the loaded copy at `loaded` (memory_bytes long) for an image
   that elf_check passed and that will run at virt_base, which is ELF_IMAGE_MAX below 2^64 at least.
   -ENOEXEC: another relocation type, or a target or an address outside the image; the copy is then
   good for nothing. */
int elf_relocate(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base) must_check;
