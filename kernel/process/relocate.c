/*
 * A static PIE's relocations: each changes a word of the program's own, or the program is refused.
 * The map is not loaded yet: its words are reached through its pages' frames. A program has
 * thousands of them, in few pages, so the page read last and the page written last are kept at hand.
 * Nobody else has the map, so a page at hand keeps its frame, but for this: to make a page one's
 * own may make others so too, whose frames then are new (fault.c). So what was read is looked up
 * again after each page that is new to be written.
 */
#include "kernel/process/relocate.h"

#include "kernel/arch/arch.h"
#include "lib/errno.h"
#include "lib/string.h"

#define NO_PAGE UINT64_MAX

struct pages {
    struct memory_map *map;
    uint64_t read_at, written_at; /* where they lie, or NO_PAGE */
    struct room read, written;
};

/* ---- words ----------------------------------------------------------------------------------- */

static uint64_t page_down(uint64_t at)
{
    return at & ~(PAGE_SIZE - 1);
}

static never_inline int turn_to_read(struct pages *pages, uint64_t at)
{
    int error = memory_map_page(pages->map, at, 0, &pages->read);

    pages->read_at = error ? NO_PAGE : page_down(at);
    return error;
}

static never_inline int turn_to_written(struct pages *pages, uint64_t at)
{
    int error = memory_map_page(pages->map, at, FAULT_WRITE, &pages->written);

    pages->read_at = NO_PAGE;
    pages->written_at = error ? NO_PAGE : page_down(at);
    return error;
}

static int peek_word(struct pages *pages, uint64_t at, uint64_t *word)
{
    int error = 0;

    if (at % sizeof(*word))
        return -EFAULT;
    if (page_down(at) != pages->read_at)
        error = turn_to_read(pages, at);
    if (!error)
        *word = span_rd64(span_of(pages->read.chars, pages->read.size), at % PAGE_SIZE);
    return error;
}

/* Part of a word, in one page. */
static int poke_part(struct pages *pages, uint64_t at, struct text part)
{
    int error = page_down(at) == pages->written_at ? 0 : turn_to_written(pages, at);

    if (!error)
        room_put(pages->written, at % PAGE_SIZE, part);
    return error;
}

static int poke_word(struct pages *pages, uint64_t at, uint64_t word)
{
    struct text bytes = text_of((const char *)&word, sizeof(word));
    size_t first = PAGE_SIZE - at % PAGE_SIZE;

    if (first >= sizeof(word))
        return poke_part(pages, at, bytes);
    int error = poke_part(pages, at, text_part(bytes, 0, first));

    return error ? error : poke_part(pages, at + first, text_from(bytes, first));
}

/* ---- relocations ----------------------------------------------------------------------------- */

static int read_dynamic(struct pages *pages, const struct program *program, uint64_t slide,
                        struct program_relocations *found)
{
    *found = (struct program_relocations){0};
    for (uint64_t at = 0; program->dynamic_bytes >= 16 && at <= program->dynamic_bytes - 16;
         at += 16) {
        uint64_t tag, value;
        int error = peek_word(pages, program->dynamic_virt + slide + at, &tag);

        if (!error)
            error = peek_word(pages, program->dynamic_virt + slide + at + 8, &value);
        if (error)
            return error;
        if (tag == 0)
            return 0;
        if (!program_dynamic(tag, value, found))
            return -ENOEXEC;
    }
    return 0;
}

static int apply_rela(struct pages *pages, const struct program_relocations *found,
                      uint64_t slide)
{
    int error = 0;

    for (uint64_t at = 0; found->rela_bytes >= 24 && at <= found->rela_bytes - 24 && !error;
         at += 24) {
        uint64_t entry = found->rela_virt + slide + at, where, type, what;

        error = peek_word(pages, entry, &where);
        if (!error)
            error = peek_word(pages, entry + 8, &type);
        if (!error)
            error = peek_word(pages, entry + 16, &what);
        if (error || type == RELOCATIONS_NONE)
            continue;
        error = type == RELOCATIONS_RELATIVE ? poke_word(pages, where + slide, what + slide)
                                             : -ENOEXEC;
    }
    return error;
}

static int slide_word(struct pages *pages, uint64_t at, uint64_t slide)
{
    uint64_t word;
    int error = peek_word(pages, at, &word);

    return error ? error : poke_word(pages, at, word + slide);
}

/* Generic ABI, "Relative relocations": an even word is an address, an odd one says by its bits 1 to
   63 which of the 63 words behind the last address. */
static int apply_relr(struct pages *pages, const struct program_relocations *found,
                      uint64_t slide)
{
    uint64_t next = 0;
    int error = 0;

    for (uint64_t at = 0; found->relr_bytes >= 8 && at <= found->relr_bytes - 8 && !error;
         at += 8) {
        uint64_t word;

        error = peek_word(pages, found->relr_virt + slide + at, &word);
        if (error)
            break;
        if (!(word & 1)) {
            error = slide_word(pages, word + slide, slide);
            next = word + slide + 8;
            continue;
        }
        for (uint64_t bits = word >> 1, place = next; bits && !error; bits >>= 1, place += 8)
            if (bits & 1)
                error = slide_word(pages, place, slide);
        next += 63 * 8;
    }
    return error;
}

int program_relocate(struct memory_map *map, const struct program *program, uint64_t slide)
{
    struct pages pages = {.map = map, .read_at = NO_PAGE, .written_at = NO_PAGE};
    struct program_relocations found;
    int error;

    if (!program->relocatable || !program->dynamic_bytes)
        return 0;
    error = read_dynamic(&pages, program, slide, &found);
    if (!error)
        error = apply_rela(&pages, &found, slide);
    if (!error)
        error = apply_relr(&pages, &found, slide);
    return error == -EFAULT ? -ENOEXEC : error;
}
