/*
 * ELF64 static PIE: checked, then relocated. Follows the System V ABI (generic chapters 4 and 5),
 * its x86-64 supplement (relocation types) and, for DT_RELR, the generic ABI's section "Relative
 * relocations". No allocation, no state. Every length is compared as `n <= len - off`.
 */
#include "lib/elf.h"

#include <stdbool.h>

#include "lib/bytes.h"
#include "lib/errno.h"

#define HEADER_BYTES  64
#define PROGRAM_BYTES 56 /* a program header */
#define PROGRAMS_MAX  64
#define DYNAMIC_BYTES 16
#define RELA_BYTES    24
#define RELR_BYTES    8
#define PAGE_BYTES    4096u
#define ALIGN_MAX     (2u << 20) /* what the slide of the image keeps */

/* Offsets in the file header. */
#define E_CLASS     4
#define E_DATA      5
#define E_IDENT_VER 6
#define E_TYPE      16
#define E_MACHINE   18
#define E_VERSION   20
#define E_ENTRY     24
#define E_PHOFF     32
#define E_EHSIZE    52
#define E_PHENTSIZE 54
#define E_PHNUM     56

/* Offsets in a program header. */
#define P_TYPE   0
#define P_FLAGS  4
#define P_OFFSET 8
#define P_VADDR  16
#define P_FILESZ 32
#define P_MEMSZ  40
#define P_ALIGN  48

#define PT_LOAD    1
#define PT_DYNAMIC 2
#define PT_INTERP  3

#define DT_NULL     0
#define DT_NEEDED   1
#define DT_PLTRELSZ 2
#define DT_RELA     7
#define DT_RELASZ   8
#define DT_RELAENT  9
#define DT_RELSZ    18
#define DT_RELRSZ   35
#define DT_RELR     36
#define DT_RELRENT  37

#define R_X86_64_NONE     0
#define R_X86_64_RELATIVE 8

/*@ assigns \nothing;
    ensures \result <==> offset + bytes <= length; */
/* [offset, offset + bytes) lies in [0, length). */
static bool lies_in(uint64_t offset, uint64_t bytes, uint64_t length)
{
    return offset <= length && bytes <= length - offset;
}

/*@ requires \valid_read(segment);
    assigns \nothing;
    ensures \result <==> virt >= segment->virt
              && virt + bytes <= segment->virt + segment->memory_bytes; */
static bool in_segment(const struct elf_segment *segment, uint64_t virt, uint64_t bytes)
{
    return virt >= segment->virt && lies_in(virt - segment->virt, bytes, segment->memory_bytes);
}

/*@ requires \valid_read(image) && elf_memory_ok(image);
    assigns \nothing;
    ensures \result ==> virt + bytes <= image->memory_bytes; */
/* From the last one on: it is the data, where nearly all relocations point. */
static bool in_some_segment(const struct elf_image *image, uint64_t virt, uint64_t bytes)
{
    /*@ loop invariant left <= image->segment_count;
        loop assigns left;
        loop variant left; */
    for (uint32_t left = image->segment_count; left > 0; left--)
        if (in_segment(&image->segments[left - 1], virt, bytes))
            return true;
    return false;
}

/* The checks return what is wrong, or a null pointer. */

/*@ requires \valid_read(file + (0 .. size - 1));
    assigns \result \from size, file[0 .. size - 1];
    ensures \result == \null ==> size >= HEADER_BYTES && 1 <= le16(file + E_PHNUM) <= PROGRAMS_MAX
              && le64(file + E_PHOFF) + le16(file + E_PHNUM) * PROGRAM_BYTES <= size; */
static const char *check_header(const uint8_t *file, size_t size)
{
    if (size < HEADER_BYTES)
        return "file: shorter than the 64 bytes of an ELF header";
    if (rd32(file) != 0x464c457f)
        return "e_ident: magic is not 7F 'ELF'";
    if (file[E_CLASS] != 2)
        return "e_ident: class is not 2 (64 bits)";
    if (file[E_DATA] != 1)
        return "e_ident: data is not 1 (little-endian)";
    if (file[E_IDENT_VER] != 1)
        return "e_ident: version is not 1";
    if (rd16(file + E_TYPE) != 3)
        return "e_type: not 3 (a position-independent executable)";
    if (rd16(file + E_MACHINE) != 62)
        return "e_machine: not 62 (x86-64)";
    if (rd32(file + E_VERSION) != 1)
        return "e_version: not 1";
    if (rd16(file + E_EHSIZE) != HEADER_BYTES)
        return "e_ehsize: not 64";
    if (rd16(file + E_PHENTSIZE) != PROGRAM_BYTES)
        return "e_phentsize: not 56";
    if (rd16(file + E_PHNUM) == 0 || rd16(file + E_PHNUM) > PROGRAMS_MAX)
        return "e_phnum: not within 1..64";
    if (!lies_in(rd64(file + E_PHOFF), rd16(file + E_PHNUM) * PROGRAM_BYTES, size))
        return "e_phoff: program headers end beyond the file";
    return NULL;
}

/*@ requires \valid_read(program + (0 .. PROGRAM_BYTES - 1));
    assigns \result \from program[0 .. PROGRAM_BYTES - 1]; */
static const char *check_align(const uint8_t *program)
{
    uint64_t align = rd64(program + P_ALIGN);

    if (align <= 1)
        return NULL;
    if ((align & (align - 1)) != 0 || align > ALIGN_MAX)
        return "p_align: not a power of two up to 2 MiB";
    if (rd64(program + P_VADDR) % align != rd64(program + P_OFFSET) % align)
        return "p_vaddr: differs from p_offset modulo p_align";
    return NULL;
}

/*@ requires \valid_read(segment);
    assigns \result \from *segment, size;
    ensures \result == \null ==> elf_segment_ok(segment, ELF_IMAGE_MAX)
              && elf_segment_in_file(segment, size); */
static const char *check_segment(const struct elf_segment *segment, size_t size)
{
    if ((segment->flags & (ELF_WRITE | ELF_EXECUTE)) == (ELF_WRITE | ELF_EXECUTE))
        return "p_flags: a segment both writable and executable";
    if (!lies_in(segment->file_offset, segment->file_bytes, size))
        return "p_offset: a segment ends beyond the file";
    if (segment->file_bytes > segment->memory_bytes)
        return "p_filesz: larger than p_memsz";
    if (!lies_in(segment->virt, segment->memory_bytes, ELF_IMAGE_MAX))
        return "p_vaddr: a segment ends beyond 64 MiB";
    return NULL;
}

/*@ requires \valid(image) && elf_memory_ok(image) && image->segment_count < ELF_SEGMENTS_MAX;
    requires elf_file_ok(image, size);
    requires \valid_read(segment) && \separated(segment, image);
    requires elf_segment_ok(segment, ELF_IMAGE_MAX) && elf_segment_in_file(segment, size);
    requires image->memory_bytes <= segment->virt;
    assigns image->memory_bytes, image->segment_count, image->segments[0 .. ELF_SEGMENTS_MAX - 1];
    ensures elf_memory_ok(image);
    ensures elf_file_ok(image, size); */
static void append_segment(struct elf_image *image, const struct elf_segment *segment, size_t size)
{
    uint64_t end = segment->virt + segment->memory_bytes + (PAGE_BYTES - 1);
    uint32_t count = image->segment_count;

    (void)size; /* the contract's alone */
    image->memory_bytes = end - end % PAGE_BYTES;
    image->segments[count].virt = segment->virt;
    image->segments[count].memory_bytes = segment->memory_bytes;
    image->segments[count].file_offset = segment->file_offset;
    image->segments[count].file_bytes = segment->file_bytes;
    image->segments[count].flags = segment->flags;
    image->segment_count = count + 1;
}

/*@ requires \valid_read(program + (0 .. PROGRAM_BYTES - 1));
    requires \valid(image) && elf_memory_ok(image) && elf_file_ok(image, size);
    requires \separated(image, program + (0 .. PROGRAM_BYTES - 1));
    assigns image->memory_bytes, image->segment_count, image->segments[0 .. ELF_SEGMENTS_MAX - 1];
    assigns \result \from *image, program[0 .. PROGRAM_BYTES - 1], size;
    ensures elf_memory_ok(image);
    ensures elf_file_ok(image, size); */
static const char *add_segment(const uint8_t *program, size_t size, struct elf_image *image)
{
    struct elf_segment segment = {
        .virt = rd64(program + P_VADDR),
        .memory_bytes = rd64(program + P_MEMSZ),
        .file_offset = rd64(program + P_OFFSET),
        .file_bytes = rd64(program + P_FILESZ),
        .flags = rd32(program + P_FLAGS) & (ELF_READ | ELF_WRITE | ELF_EXECUTE),
    };
    const char *why = check_segment(&segment, size);

    if (why == NULL)
        why = check_align(program);
    if (why != NULL || segment.memory_bytes == 0)
        return why;
    if (segment.virt - segment.virt % PAGE_BYTES < image->memory_bytes)
        return "p_vaddr: a segment not above the pages of the one before";
    if (image->segment_count == ELF_SEGMENTS_MAX)
        return "e_phnum: more than 8 PT_LOAD segments";
    append_segment(image, &segment, size);
    return NULL;
}

/*@ requires \valid(image);
    assigns image->rela_virt, image->rela_bytes, image->relr_virt, image->relr_bytes;
    assigns \result \from tag, value; */
/* One entry of the dynamic section. Addresses and sizes are believed once check_tables has seen
 * all. */
static const char *read_dynamic_entry(uint64_t tag, uint64_t value, struct elf_image *image)
{
    switch (tag) {
    case DT_NEEDED:
        return "DT_NEEDED: wants a shared library";
    case DT_PLTRELSZ:
        return value == 0 ? NULL : "DT_PLTRELSZ: has relocations of a procedure linkage table";
    case DT_RELSZ:
        return value == 0 ? NULL : "DT_RELSZ: has relocations without addends";
    case DT_RELA:
        image->rela_virt = value;
        return NULL;
    case DT_RELASZ:
        image->rela_bytes = value;
        return NULL;
    case DT_RELAENT:
        return value == RELA_BYTES ? NULL : "DT_RELAENT: not 24";
    case DT_RELR:
        image->relr_virt = value;
        return NULL;
    case DT_RELRSZ:
        image->relr_bytes = value;
        return NULL;
    case DT_RELRENT:
        return value == RELR_BYTES ? NULL : "DT_RELRENT: not 8";
    default:
        return NULL;
    }
}

/*@ requires \valid_read(file + (0 .. size - 1)) && \valid_read(program + (0 .. PROGRAM_BYTES - 1));
    requires \valid(image);
    requires \separated(image, file + (0 .. size - 1));
    requires \separated(image, program + (0 .. PROGRAM_BYTES - 1));
    assigns image->rela_virt, image->rela_bytes, image->relr_virt, image->relr_bytes;
    assigns \result \from file[0 .. size - 1], program[0 .. PROGRAM_BYTES - 1]; */
static const char *read_dynamic(const uint8_t *file, size_t size, const uint8_t *program,
                                struct elf_image *image)
{
    uint64_t offset = rd64(program + P_OFFSET), bytes = rd64(program + P_FILESZ);

    if (!lies_in(offset, bytes, size))
        return "p_offset: PT_DYNAMIC ends beyond the file";
    /*@ loop invariant offset + bytes <= size;
        loop assigns offset, bytes, image->rela_virt, image->rela_bytes, image->relr_virt,
                     image->relr_bytes;
        loop variant bytes; */
    for (; bytes >= DYNAMIC_BYTES; offset += DYNAMIC_BYTES, bytes -= DYNAMIC_BYTES) {
        uint64_t tag = rd64(file + offset);
        if (tag == DT_NULL)
            return NULL;
        const char *why = read_dynamic_entry(tag, rd64(file + offset + 8), image);
        if (why != NULL)
            return why;
    }
    return "PT_DYNAMIC: does not end with DT_NULL";
}

/*@ requires \valid_read(file + (0 .. size - 1)) && size >= HEADER_BYTES;
    requires le64(file + E_PHOFF) + le16(file + E_PHNUM) * PROGRAM_BYTES <= size;
    requires \valid(image) && elf_memory_ok(image) && elf_file_ok(image, size);
    requires \separated(image, file + (0 .. size - 1));
    assigns *image;
    assigns \result \from *image, file[0 .. size - 1], size;
    ensures elf_memory_ok(image);
    ensures elf_file_ok(image, size); */
static const char *read_program_headers(const uint8_t *file, size_t size, struct elf_image *image)
{
    uint64_t table = rd64(file + E_PHOFF);
    uint32_t count = rd16(file + E_PHNUM);
    bool has_dynamic = false;

    /*@ loop invariant i <= count && elf_memory_ok(image) && elf_file_ok(image, size);
        loop assigns i, has_dynamic, *image;
        loop variant count - i; */
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *program = file + (table + (uint64_t)i * PROGRAM_BYTES);
        const char *why = NULL;

        switch (rd32(program + P_TYPE)) {
        case PT_LOAD:
            why = add_segment(program, size, image);
            break;
        case PT_DYNAMIC:
            why = has_dynamic ? "p_type: more than one PT_DYNAMIC"
                              : read_dynamic(file, size, program, image);
            has_dynamic = true;
            break;
        case PT_INTERP:
            why = "p_type: PT_INTERP wants a dynamic linker";
            break;
        }
        if (why != NULL)
            return why;
    }
    return image->segment_count > 0 ? NULL : "p_type: no PT_LOAD segment";
}

/*@ requires \valid_read(image) && image->segment_count <= ELF_SEGMENTS_MAX;
    assigns \result \from *image; */
static const char *check_entry(const struct elf_image *image)
{
    /*@ loop invariant i <= image->segment_count;
        loop assigns i;
        loop variant image->segment_count - i; */
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        if ((segment->flags & ELF_EXECUTE) && image->entry >= segment->virt &&
            image->entry - segment->virt < segment->file_bytes)
            return NULL;
    }
    return "e_entry: not in an executable segment's file bytes";
}

/*@ requires \valid_read(image) && elf_memory_ok(image);
    assigns \result \from *image;
    ensures \result == \null ==> elf_tables_ok(image); */
static const char *check_tables(const struct elf_image *image)
{
    if (image->rela_bytes % RELA_BYTES != 0)
        return "DT_RELASZ: not a multiple of 24";
    if (image->rela_bytes > 0 && !in_some_segment(image, image->rela_virt, image->rela_bytes))
        return "DT_RELA: the table lies outside the segments";
    if (image->relr_bytes % RELR_BYTES != 0)
        return "DT_RELRSZ: not a multiple of 8";
    if (image->relr_bytes > 0 && !in_some_segment(image, image->relr_virt, image->relr_bytes))
        return "DT_RELR: the table lies outside the segments";
    return NULL;
}

/*@ requires \valid_read(file + (0 .. size - 1)) && \valid(image);
    requires \separated(image, file + (0 .. size - 1));
    assigns *image;
    assigns \result \from file[0 .. size - 1], size;
    ensures \result == \null ==> elf_memory_ok(image);
    ensures \result == \null ==> elf_file_ok(image, size);
    ensures \result == \null ==> elf_tables_ok(image); */
static const char *check_file(const uint8_t *file, size_t size, struct elf_image *image)
{
    const char *why = check_header(file, size);

    if (why != NULL)
        return why;
    image->entry = rd64(file + E_ENTRY);
    image->memory_bytes = 0;
    image->rela_virt = image->rela_bytes = 0;
    image->relr_virt = image->relr_bytes = 0;
    image->segment_count = 0;
    why = read_program_headers(file, size, image);
    if (why == NULL)
        why = check_entry(image);
    return why != NULL ? why : check_tables(image);
}

int elf_check(const uint8_t *file, size_t size, struct elf_image *image, const char **why)
{
    const char *wrong = check_file(file, size, image);

    *why = wrong;
    return wrong == NULL ? 0 : -ENOEXEC;
}

/*@ requires \valid_read(image) && elf_memory_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1]; */
/* Store virt_base + address at `target`. An address may name the image's end (a symbol such as
 * _end). */
static int relocate(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base,
                    uint64_t target, uint64_t address)
{
    if (!in_some_segment(image, target, 8) || address > image->memory_bytes)
        return -ENOEXEC;
    wr64(loaded + target, virt_base + address);
    return 0;
}

/*@ requires \valid_read(image) && elf_memory_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1];
    ensures \result == 0 ==> target + 8 <= image->memory_bytes; */
static int relocate_packed(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base,
                           uint64_t target)
{
    if (!in_some_segment(image, target, 8))
        return -ENOEXEC;
    return relocate(image, loaded, virt_base, target, rd64(loaded + target));
}

/*@ requires \valid_read(image) && elf_memory_ok(image) && elf_tables_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1]; */
static int apply_rela(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base)
{
    /*@ loop invariant at <= image->rela_bytes && at % RELA_BYTES == 0;
        loop assigns at, loaded[0 .. image->memory_bytes - 1];
        loop variant image->rela_bytes - at; */
    for (uint64_t at = 0; at < image->rela_bytes; at += RELA_BYTES) {
        const uint8_t *entry = loaded + image->rela_virt + at;
        uint64_t target = rd64(entry), info = rd64(entry + 8), addend = rd64(entry + 16);

        if (info == R_X86_64_NONE)
            continue;
        if (info != R_X86_64_RELATIVE || relocate(image, loaded, virt_base, target, addend) != 0)
            return -ENOEXEC;
    }
    return 0;
}

/*@ requires \valid_read(image) && elf_memory_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    requires first <= ELF_IMAGE_MAX + 64 * ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1]; */
/* Bit k stands for the word at first + 8 * k. */
static int relocate_words(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base,
                          uint64_t first, uint64_t bits)
{
    /*@ loop invariant k <= 64;
        loop assigns k, bits, loaded[0 .. image->memory_bytes - 1];
        loop variant 64 - k; */
    for (uint32_t k = 0; k < 64 && bits != 0; k++, bits /= 2)
        if (bits % 2 != 0 && relocate_packed(image, loaded, virt_base, first + 8 * k) != 0)
            return -ENOEXEC;
    return 0;
}

/*@ requires \valid_read(image) && elf_memory_ok(image) && elf_tables_ok(image);
    requires \valid(loaded + (0 .. image->memory_bytes - 1));
    requires \separated(image, loaded + (0 .. image->memory_bytes - 1));
    requires virt_base <= UINT64_MAX - ELF_IMAGE_MAX;
    assigns loaded[0 .. image->memory_bytes - 1]; */
/* An even entry is the address of one target; an odd one has a bit for each of the 63 words behind.
 */
static int apply_relr(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base)
{
    uint64_t next = ELF_IMAGE_MAX; /* no target there: a bitmap cannot come first */

    /*@ loop invariant at <= image->relr_bytes && at % RELR_BYTES == 0;
        loop invariant next <= ELF_IMAGE_MAX + 63 * at;
        loop assigns at, next, loaded[0 .. image->memory_bytes - 1];
        loop variant image->relr_bytes - at; */
    for (uint64_t at = 0; at < image->relr_bytes; at += RELR_BYTES) {
        uint64_t entry = rd64(loaded + image->relr_virt + at);

        if (entry % 2 == 0) {
            if (relocate_packed(image, loaded, virt_base, entry) != 0)
                return -ENOEXEC;
            next = entry + 8;
            continue;
        }
        if (relocate_words(image, loaded, virt_base, next, entry / 2) != 0)
            return -ENOEXEC;
        next += 63 * 8;
    }
    return 0;
}

int elf_relocate(const struct elf_image *image, uint8_t *loaded, uint64_t virt_base)
{
    int error = apply_rela(image, loaded, virt_base);

    return error != 0 ? error : apply_relr(image, loaded, virt_base);
}
