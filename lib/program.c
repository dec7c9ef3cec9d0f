/* ELF64 programs, as program.h says. No allocation, no state. Every length is compared as
   `n <= all - offset`. */
#include "lib/program.h"

#include "lib/errno.h"

#define HEADER_BYTES  64u
#define ENTRY_BYTES   56u /* of a program header */
#define PAGE          4096ull
#define ENTRIES_MAX   64u

/* Offsets in the file header. */
#define E_CLASS     4
#define E_DATA      5
#define E_TYPE      16
#define E_MACHINE   18
#define E_VERSION   20
#define E_ENTRY     24
#define E_PHOFF     32
#define E_PHENTSIZE 54
#define E_PHNUM     56

#define ET_EXEC 2
#define ET_DYN  3
#define X86_64  62

/* Offsets in a program header. */
#define P_TYPE   0
#define P_FLAGS  4
#define P_OFFSET 8
#define P_VADDR  16
#define P_FILESZ 32
#define P_MEMSZ  40

#define PT_LOAD    1u
#define PT_DYNAMIC 2u
#define PT_INTERP  3u
#define PT_NOTE    4u

#define DT_NEEDED   1u
#define DT_PLTRELSZ 2u
#define DT_RELA     7u
#define DT_RELASZ   8u
#define DT_RELAENT  9u
#define DT_RELSZ    18u
#define DT_RELRSZ   35u
#define DT_RELR     36u
#define DT_RELRENT  37u

static bool lies_in(uint64_t at, uint64_t bytes, uint64_t all)
{
    return at <= all && bytes <= all - at;
}

/* The checks return what is wrong, or a null pointer. */
static const char *check_header(struct span head)
{
    if (head.size < HEADER_BYTES)
        return "file: shorter than the 64 bytes of an ELF header";
    if (span_rd32(head, 0) != 0x464c457f)
        return "e_ident: magic is not 7F 'ELF'";
    if (span_at(head, E_CLASS) != 2)
        return "e_ident: class is not 2 (64 bits)";
    if (span_at(head, E_DATA) != 1)
        return "e_ident: data is not 1 (little-endian)";
    if (span_rd16(head, E_TYPE) != ET_EXEC && span_rd16(head, E_TYPE) != ET_DYN)
        return "e_type: not 2 (an executable) or 3 (a position-independent one)";
    if (span_rd16(head, E_MACHINE) != X86_64)
        return "e_machine: not 62 (x86-64)";
    if (span_rd32(head, E_VERSION) != 1)
        return "e_version: not 1";
    if (span_rd16(head, E_PHENTSIZE) != ENTRY_BYTES)
        return "e_phentsize: not 56";
    if (span_rd16(head, E_PHNUM) == 0 || span_rd16(head, E_PHNUM) > ENTRIES_MAX)
        return "e_phnum: not within 1..64";
    if (!lies_in(span_rd64(head, E_PHOFF), span_rd16(head, E_PHNUM) * ENTRY_BYTES, head.size))
        return "e_phoff: program headers end beyond the first 4096 bytes";
    return NULL;
}

static struct program_segment read_segment(struct span entry)
{
    return (struct program_segment){
        .virt = span_rd64(entry, P_VADDR),
        .memory_bytes = span_rd64(entry, P_MEMSZ),
        .file_offset = span_rd64(entry, P_OFFSET),
        .file_bytes = span_rd64(entry, P_FILESZ),
        .flags = span_rd32(entry, P_FLAGS) & (PROGRAM_READ | PROGRAM_WRITE | PROGRAM_EXECUTE),
    };
}

static const char *check_segment(const struct program_segment *segment, uint64_t file_bytes,
                                 uint64_t high)
{
    uint32_t both = PROGRAM_WRITE | PROGRAM_EXECUTE;

    if ((segment->flags & both) == both)
        return "p_flags: a segment both writable and executable";
    if (!lies_in(segment->file_offset, segment->file_bytes, file_bytes))
        return "p_offset: a segment ends beyond the file";
    if (segment->file_bytes > segment->memory_bytes)
        return "p_filesz: larger than p_memsz";
    if (!lies_in(segment->virt, segment->memory_bytes, high - PAGE))
        return "p_vaddr: a segment ends beyond the addresses of programs";
    if (segment->file_bytes > 0 && segment->virt % PAGE != segment->file_offset % PAGE)
        return "p_vaddr: differs from p_offset modulo 4096";
    return NULL;
}

static const char *add_segment(struct program *program, const struct program_segment *segment)
{
    uint64_t from = segment->virt - segment->virt % PAGE;
    uint64_t to = segment->virt + segment->memory_bytes + (PAGE - 1);

    to -= to % PAGE;
    if (program->segment_count == PROGRAM_SEGMENTS_MAX)
        return "e_phnum: more than 16 PT_LOAD segments";
    if (program->segment_count > 0 && from < program->end)
        return "p_vaddr: a segment not above the pages of the one before";
    if (program->segment_count == 0)
        program->start = from;
    if (to - program->start > PROGRAM_BYTES_MAX)
        return "p_memsz: the program needs more than 4 GiB";
    program->end = to;
    program->segments[program->segment_count++] = *segment;
    return NULL;
}

static const char *read_entry(struct span entry, uint64_t file_bytes, uint64_t high,
                              struct program *program)
{
    struct program_segment segment = read_segment(entry);
    const char *why;

    switch (span_rd32(entry, P_TYPE)) {
    case PT_LOAD:
        if (segment.memory_bytes == 0)
            return NULL;
        why = check_segment(&segment, file_bytes, high);
        return why ? why : add_segment(program, &segment);
    case PT_DYNAMIC:
        program->dynamic_virt = segment.virt;
        program->dynamic_bytes = segment.memory_bytes;
        return NULL;
    case PT_NOTE:
        if (program->note_bytes == 0
            && lies_in(segment.file_offset, segment.file_bytes, file_bytes)) {
            program->note_offset = segment.file_offset;
            program->note_bytes = segment.file_bytes;
        }
        return NULL;
    case PT_INTERP:
        return "p_type: PT_INTERP wants a dynamic linker";
    default:
        return NULL;
    }
}

/* Where the headers, which lie in the file at that offset, are in memory. */
static uint64_t find_headers(const struct program *program, uint64_t offset, uint64_t bytes)
{
    for (uint32_t i = 0; i < program->segment_count; i++) {
        const struct program_segment *segment = &program->segments[i];

        if (offset >= segment->file_offset
            && lies_in(offset - segment->file_offset, bytes, segment->file_bytes))
            return segment->virt + (offset - segment->file_offset);
    }
    return 0;
}

static const char *check_whole(const struct program *program, uint64_t low)
{
    if (program->segment_count == 0)
        return "p_type: no PT_LOAD segment";
    if (!program->relocatable && program->start < low)
        return "p_vaddr: a segment below the addresses of programs";
    for (uint32_t i = 0; i < program->segment_count; i++) {
        const struct program_segment *segment = &program->segments[i];

        if (segment->flags & PROGRAM_EXECUTE && program->entry >= segment->virt
            && program->entry - segment->virt < segment->file_bytes)
            return NULL;
    }
    return "e_entry: not in an executable segment's file bytes";
}

int program_check(struct span head, uint64_t file_bytes, uint64_t low, uint64_t high,
                  struct program *program, const char **why)
{
    *program = (struct program){.relocatable = false};
    *why = check_header(head);
    if (*why)
        return -ENOEXEC;
    uint64_t table = span_rd64(head, E_PHOFF);

    program->relocatable = span_rd16(head, E_TYPE) == ET_DYN;
    program->entry = span_rd64(head, E_ENTRY);
    program->header_count = span_rd16(head, E_PHNUM);
    for (uint32_t i = 0; i < program->header_count && !*why; i++)
        *why = read_entry(span_part(head, table + i * ENTRY_BYTES, ENTRY_BYTES), file_bytes, high,
                          program);
    if (!*why)
        *why = check_whole(program, low);
    program->headers_virt = find_headers(program, table, program->header_count * ENTRY_BYTES);
    return *why ? -ENOEXEC : 0;
}

/* ---- notes: sizes of name and contents, type, both padded to 4 ------------------------------- */

static uint64_t padded(uint32_t size)
{
    return ((uint64_t)size + 3) & ~3ull;
}

bool program_has_note(struct span notes)
{
    static const char owner[8] = "FastOS";
    size_t at = 0;

    while (lies_in(at, 12, notes.size)) {
        uint32_t name_bytes = span_rd32(notes, at), bytes = span_rd32(notes, at + 4);
        uint64_t all = 12 + padded(name_bytes) + padded(bytes);

        if (!lies_in(at, all, notes.size))
            return false;
        if (name_bytes == sizeof("FastOS") && span_rd32(notes, at + 8) == PROGRAM_NOTE_TYPE
            && memcmp(span_part(notes, at + 12, name_bytes).bytes, owner, name_bytes) == 0)
            return true;
        at += all;
    }
    return false;
}

/* ---- relocations ----------------------------------------------------------------------------- */

bool program_dynamic(uint64_t tag, uint64_t value, struct program_relocations *relocations)
{
    switch (tag) {
    case DT_NEEDED:
        return false;
    case DT_PLTRELSZ:
    case DT_RELSZ:
        return value == 0;
    case DT_RELA:
        relocations->rela_virt = value;
        return true;
    case DT_RELASZ:
        relocations->rela_bytes = value;
        return true;
    case DT_RELAENT:
        return value == 24;
    case DT_RELR:
        relocations->relr_virt = value;
        return true;
    case DT_RELRSZ:
        relocations->relr_bytes = value;
        return true;
    case DT_RELRENT:
        return value == 8;
    default:
        return true;
    }
}
