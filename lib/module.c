/*
 * Modules: checked, then linked. lib/program.c has judged the segments; here everything is read from the copy
 * in memory through spans, and each address of it is compared with the segments first. Relocation types:
 * System V ABI, AMD64 supplement, table 4.9; symbols: generic ABI, chapter 4. No allocation, no state.
 */
#include "lib/module.h"

#include "lib/errno.h"
#include "lib/printf.h"

#define CODE_RIGHTS     (PROGRAM_READ | PROGRAM_EXECUTE)
#define CONSTANT_RIGHTS PROGRAM_READ
#define VARIABLE_RIGHTS (PROGRAM_READ | PROGRAM_WRITE)

#define HEADER_BYTES  64u
#define H_SYMBOLS     8u
#define H_NAMES       24u
#define H_RELOCATIONS 40u
#define H_DRIVER      56u

#define PAGE_BYTES    4096u
#define RELA_BYTES    24u
#define SYMBOL_BYTES  24u
#define SYMBOL_NAME_MAX 47u

#define R_X86_64_NONE      0u
#define R_X86_64_64        1u
#define R_X86_64_GLOB_DAT  6u
#define R_X86_64_JUMP_SLOT 7u
#define R_X86_64_RELATIVE  8u

/* ---- what lies where ------------------------------------------------------------------------- */

/* The rights of the segment around [virt, virt + bytes), link addresses; 0: there is none. */
static unsigned rights_at(const struct program *program, uint64_t virt, uint64_t bytes)
{
    for (uint32_t i = 0; i < program->segment_count && i < PROGRAM_SEGMENTS_MAX; i++) {
        const struct program_segment *segment = &program->segments[i];

        if (virt >= segment->virt && virt - segment->virt <= segment->memory_bytes
            && bytes <= segment->memory_bytes - (virt - segment->virt))
            return segment->flags;
    }
    return 0;
}

bool module_holds(const struct program *program, uint64_t virt_base, uint64_t at, uint64_t bytes,
                  unsigned rights)
{
    return bytes > 0 && at >= virt_base && rights_at(program, at - virt_base, bytes) == rights;
}

bool module_holds_text(const struct program *program, struct span loaded, uint64_t virt_base, uint64_t at,
                       size_t longest)
{
    for (size_t i = 0; i <= longest; i++) {
        if (!module_holds(program, virt_base, at + i, 1, CONSTANT_RIGHTS))
            return false;
        uint8_t c = span_at(loaded, at + i - virt_base);

        if (c == '\0')
            return true;
        if (c < ' ' || c > '~')
            return false;
    }
    return false;
}

int module_check(struct span file, struct program *program, const char **why)
{
    static const uint8_t rights[] = {CODE_RIGHTS, CONSTANT_RIGHTS, VARIABLE_RIGHTS};
    struct span head = file.size > PROGRAM_HEAD_BYTES ? span_part(file, 0, PROGRAM_HEAD_BYTES) : file;
    int error = program_check(head, file.size, 0, MODULE_IMAGE_MAX + PAGE_BYTES, program, why);

    if (error)
        return error;
    if (!program->relocatable)
        *why = "e_type: not 3 (a shared object)";
    if (program->segment_count < 2 || program->segment_count > array_length(rights))
        *why = "p_type: not two or three PT_LOAD segments: code, constants, variables";
    for (uint32_t i = 0; !*why && i < program->segment_count && i < array_length(rights); i++)
        if (program->segments[i].flags != rights[i])
            *why = "p_flags: not those of code, constants, variables, in this order";
    if (!*why && program->segments[1].file_bytes < HEADER_BYTES)
        *why = "p_filesz: the constants have no room for a module's header";
    return *why ? -ENOEXEC : 0;
}

/* ---- linking --------------------------------------------------------------------------------- */

struct linker {
    const struct program *program;
    struct room loaded;
    uint64_t virt_base;
    module_resolver *resolve;
    struct table {
        uint64_t virt, bytes;
    } symbols, names, relocations;
    char *why;
};

static struct span bytes_of(const struct linker *linker)
{
    return span_of(linker->loaded.chars, linker->loaded.size);
}

static int refuse(const struct linker *linker, const char *what, uint64_t value)
{
    (void)snprintf(linker->why, MODULE_WHY, "%s 0x%llx", what, (unsigned long long)value);
    return -ENOEXEC;
}

static bool are_constants(const struct linker *linker, uint64_t virt, uint64_t bytes)
{
    return rights_at(linker->program, virt, bytes) == CONSTANT_RIGHTS;
}

static struct table read_table(struct span header, size_t at)
{
    return (struct table){span_rd64(header, at), span_rd64(header, at + 8)};
}

static struct span table_of(const struct linker *linker, const struct table *table)
{
    return span_part(bytes_of(linker), table->virt, table->bytes);
}

static int read_header(struct linker *linker)
{
    struct span header = span_part(bytes_of(linker), linker->program->segments[1].virt, HEADER_BYTES);

    if (memcmp(header.bytes, "FASTOSKO", 8)) {
        (void)snprintf(linker->why, MODULE_WHY, "not a module of FastOS");
        return -ENOEXEC;
    }
    linker->symbols = read_table(header, H_SYMBOLS);
    linker->names = read_table(header, H_NAMES);
    linker->relocations = read_table(header, H_RELOCATIONS);
    const struct table all[] = {linker->symbols, linker->names, linker->relocations};

    for (unsigned i = 0; i < array_length(all); i++)
        if (!are_constants(linker, all[i].virt, all[i].bytes))
            return refuse(linker, "a table to link by lies outside, at", all[i].virt);
    return 0;
}

/* Terminated and printable: what is said about it goes to the log. */
static int read_name(const struct linker *linker, uint64_t at, char name[SYMBOL_NAME_MAX + 1])
{
    struct span names = table_of(linker, &linker->names);
    struct room room = room_of(name, SYMBOL_NAME_MAX + 1);

    for (size_t i = 0; i < room.size && at < names.size && i < names.size - at; i++) {
        char c = (char)span_at(names, at + i);

        if (c == '\0' ? i == 0 : c <= ' ' || c > '~')
            break;
        room_set(room, i, c);
        if (c == '\0')
            return 0;
    }
    return refuse(linker, "a symbol without a proper name, at", at);
}

static int find_symbol(const struct linker *linker, uint64_t number, uint64_t *address)
{
    char name[SYMBOL_NAME_MAX + 1] = "";

    if (number >= linker->symbols.bytes / SYMBOL_BYTES)
        return refuse(linker, "a relocation by the unknown symbol", number);
    struct span symbol = span_part(table_of(linker, &linker->symbols), number * SYMBOL_BYTES, SYMBOL_BYTES);
    uint64_t value = span_rd64(symbol, 8);

    if (span_rd16(symbol, 6) != 0) { /* defined by itself */
        if (rights_at(linker->program, value, 0) == 0)
            return refuse(linker, "a symbol outside of the module, at", value);
        *address = linker->virt_base + value;
        return 0;
    }
    int error = read_name(linker, span_rd32(symbol, 0), name);

    if (!error && !linker->resolve(name, address)) {
        (void)snprintf(linker->why, MODULE_WHY, "%s: no such function for modules", name);
        error = -ENOEXEC;
    }
    return error;
}

static int relocate(const struct linker *linker, struct span entry)
{
    uint64_t target = span_rd64(entry, 0), info = span_rd64(entry, 8), addend = span_rd64(entry, 16);
    uint32_t type = (uint32_t)info;
    uint64_t value = linker->virt_base;
    int error = 0;

    if (type == R_X86_64_NONE)
        return 0;
    unsigned rights = rights_at(linker->program, target, sizeof(value));

    if (rights == 0 || rights & PROGRAM_EXECUTE)
        return refuse(linker, "a relocation outside of constants and variables, at", target);
    if (type == R_X86_64_GLOB_DAT || type == R_X86_64_JUMP_SLOT || type == R_X86_64_64)
        error = find_symbol(linker, info >> 32, &value);
    else if (type != R_X86_64_RELATIVE)
        return refuse(linker, "a relocation of type", type);
    else if (rights_at(linker->program, addend, 0) == 0)
        return refuse(linker, "a relocation to outside of the module,", addend);
    if (error)
        return error;
    value += addend;
    room_put(linker->loaded, target, text_of((const char *)&value, sizeof(value)));
    return 0;
}

/* The table may be what a relocation hits: each entry is judged as it is when its turn comes. */
static int relocate_all(const struct linker *linker)
{
    struct span table = table_of(linker, &linker->relocations);
    int error = 0;

    for (size_t at = 0; !error && at < table.size && table.size - at >= RELA_BYTES; at += RELA_BYTES)
        error = relocate(linker, span_part(table, at, RELA_BYTES));
    return error;
}

int module_link(const struct program *program, struct room loaded, uint64_t virt_base,
                module_resolver *resolve, size_t *driver, char why[MODULE_WHY])
{
    struct linker linker = {
        .program = program, .loaded = loaded, .virt_base = virt_base, .resolve = resolve, .why = why,
    };
    int error = read_header(&linker);

    if (!error)
        error = relocate_all(&linker);
    if (error)
        return error;
    uint64_t at = span_rd64(bytes_of(&linker), program->segments[1].virt + H_DRIVER) - virt_base;

    if (at % sizeof(uint64_t) || !are_constants(&linker, at, sizeof(uint64_t)))
        return refuse(&linker, "its driver is not among its constants, but at", at);
    *driver = at;
    return 0;
}
