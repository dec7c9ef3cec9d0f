/* Fuzz the reader of programs for ring 3: what program_check accepts is as its header promises, so
   that exec may map it unseen; notes and relocations are read without leaving them. The input: the
   file's size (8 bytes, cut to 4 GiB), then its beginning, which the file continues unseen. */
/* links: lib/program.c */
/* options: -max_len=6000 */
#include "lib/errno.h"
#include "lib/program.h"
#include "tests/fuzz/fuzz.h"

#define LOW  0x10000ull /* as exec.c has it */
#define HIGH 0x7fffeffff000ull

static bool lies_in(uint64_t at, uint64_t bytes, uint64_t all)
{
    return at <= all && bytes <= all - at;
}

static void segments_must_be_sound(const struct program *program, uint64_t file_bytes)
{
    uint64_t behind = program->start;
    bool entry_found = false;

    must(program->segment_count >= 1 && program->segment_count <= PROGRAM_SEGMENTS_MAX);
    for (uint32_t i = 0; i < program->segment_count; i++) {
        const struct program_segment *s = &program->segments[i];

        must(s->memory_bytes > 0 && s->file_bytes <= s->memory_bytes);
        must(lies_in(s->file_offset, s->file_bytes, file_bytes));
        must(s->file_bytes == 0 || s->virt % 4096 == s->file_offset % 4096);
        must(s->virt / 4096 * 4096 >= behind && lies_in(s->virt, s->memory_bytes, program->end));
        behind = (s->virt + s->memory_bytes + 4095) / 4096 * 4096;
        must(!((s->flags & PROGRAM_WRITE) && (s->flags & PROGRAM_EXECUTE)));
        if (program->entry >= s->virt && program->entry - s->virt < s->file_bytes)
            entry_found = s->flags & PROGRAM_EXECUTE;
    }
    must(entry_found && behind == program->end);
}

static void must_be_sound(const struct program *program, uint64_t file_bytes)
{
    must(program->start % 4096 == 0 && program->end % 4096 == 0);
    must(program->end > program->start && program->end <= HIGH);
    must(program->end - program->start <= PROGRAM_BYTES_MAX);
    must(program->relocatable || program->start >= LOW);
    must(lies_in(program->note_offset, program->note_bytes, file_bytes));
    must(program->header_count > 0);
    must(program->headers_virt == 0 || (program->headers_virt >= program->start
         && lies_in(program->headers_virt, program->header_count * 56u, program->end)));
    segments_must_be_sound(program, file_bytes);
}

/* Whatever the file's bytes are, once as notes and once as the entries of PT_DYNAMIC. */
static void read_the_rest(const uint8_t *bytes, size_t size)
{
    struct program_relocations found = {0}, before;
    uint8_t *notes = exact_copy(bytes, size);

    (void)program_has_note(span_of(notes, size));
    for (size_t at = 0; at + 16 <= size; at += 16) {
        before = found;
        if (!program_dynamic(rd64(notes + at), rd64(notes + at + 8), &found))
            must(memcmp(&before, &found, sizeof(found)) == 0);
    }
    free(notes);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct program program;
    const char *why;

    if (size < 8)
        return 0;
    const size_t head_bytes = size - 8 < PROGRAM_HEAD_BYTES ? size - 8 : PROGRAM_HEAD_BYTES;
    uint64_t file_bytes = rd64(bytes) % (1ull << 32);
    uint8_t *head = exact_copy(bytes + 8, head_bytes);

    if (file_bytes < size - 8)
        file_bytes = size - 8;
    int error = program_check(span_of(head, head_bytes), file_bytes, LOW, HIGH, &program, &why);

    must(error == 0 ? why == NULL : error == -ENOEXEC && why != NULL && strchr(why, ':') != NULL);
    if (error == 0) {
        must_be_sound(&program, file_bytes);
        if (lies_in(program.note_offset, program.note_bytes, size - 8))
            read_the_rest(bytes + 8 + program.note_offset, program.note_bytes);
    }
    free(head);
    read_the_rest(bytes + 8, size - 8);
    return 0;
}
