/*
 * ELF64 programs for ring 3: what their first bytes say, checked before anything of it is believed
 * (System V ABI, chapters 4 and 5). A program is mapped page by page from its file, so only its
 * headers are looked at. lib/elf.h is for the kernel's own image, which is read as a whole.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"
#include "lib/span.h"

#define PROGRAM_SEGMENTS_MAX 16
#define PROGRAM_BYTES_MAX    (1ull << 32) /* of memory, from the lowest segment to the highest */
#define PROGRAM_HEAD_BYTES   4096u        /* the headers lie within */

#define PROGRAM_READ    4u
#define PROGRAM_WRITE   2u
#define PROGRAM_EXECUTE 1u

struct program_segment {
    uint64_t virt, memory_bytes;
    uint64_t file_offset; /* agrees with virt in the low 12 bits */
    uint64_t file_bytes;  /* ≤ memory_bytes */
    uint32_t flags;
};

struct program {
    bool relocatable; /* a static PIE, linked at 0; else its addresses are what they are */
    uint64_t entry;
    uint64_t start, end; /* of all segments, whole pages */
    uint64_t headers_virt;  /* where the program headers are in memory; 0: in no segment */
    uint16_t header_count;
    uint64_t dynamic_virt, dynamic_bytes; /* PT_DYNAMIC; 0 bytes: none */
    uint64_t note_offset, note_bytes;     /* the first PT_NOTE in the file; 0 bytes: none */
    uint32_t segment_count;
    struct program_segment segments[PROGRAM_SEGMENTS_MAX]; /* ascending, no page in two */
};

/* `head`: the file's first PROGRAM_HEAD_BYTES, or all of a shorter one; the file has file_bytes.
   The segments lie in [low, high). -ENOEXEC, with *why naming the field and what is wrong with
   it. */
int program_check(struct span head, uint64_t file_bytes, uint64_t low, uint64_t high,
                  struct program *program, const char **why) must_check;

/* The note that says that a program speaks FastOS's system calls: owner "FastOS", type 1. */
#define PROGRAM_NOTE_TYPE 1u
bool program_has_note(struct span notes);

#define RELOCATIONS_NONE     0u
#define RELOCATIONS_RELATIVE 8u
/* What PT_DYNAMIC's entries say of relocations, gathered one by one. */
struct program_relocations {
    uint64_t rela_virt, rela_bytes; /* entries of 24 bytes: where, type, what */
    uint64_t relr_virt, relr_bytes; /* words of 8: packed */
};
/* False: it wants what we cannot do (a library, other relocations). */
bool program_dynamic(uint64_t tag, uint64_t value,
                     struct program_relocations *relocations) must_check;
