/* ELF: a small good program, each field damaged in turn, and relocation against a second reading.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/bytes.h"
#include "lib/elf.h"
#include "lib/errno.h"

/*
 * The program: code at 0..1000h (headers included), read-only data with the relocation tables at
 * 2000h, data at 4000h, of which the file holds 100h bytes and memory 3000h.
 */
#define FILE_BYTES 0x3100
#define TEXT       0 /* program headers by number */
#define RODATA     1
#define DATA       2
#define DYNAMIC    3
#define NOTE       4
#define HEADERS    5
#define RELA_VIRT  0x2000
#define RELR_VIRT  0x2100
#define DYNAMIC_AT 0x2800 /* in the file and in memory */
#define VIRT_BASE  0xffffff0000200000ull

static uint8_t *file; /* exactly FILE_BYTES */
static struct elf_image image;
static const char *why;

static uint8_t *program(unsigned number)
{
    return file + 64 + number * 56;
}

static void put_program(unsigned number, uint32_t type, uint32_t flags, uint64_t offset,
                        uint64_t virt, uint64_t file_bytes, uint64_t memory_bytes)
{
    uint8_t *p = program(number);

    wr32(p, type);
    wr32(p + 4, flags);
    wr64(p + 8, offset);
    wr64(p + 16, virt);
    wr64(p + 24, virt);
    wr64(p + 32, file_bytes);
    wr64(p + 40, memory_bytes);
    wr64(p + 48, type == 1 ? 0x1000 : 8);
}

static void put_dynamic(unsigned slot, uint64_t tag, uint64_t value)
{
    wr64(file + DYNAMIC_AT + slot * 16, tag);
    wr64(file + DYNAMIC_AT + slot * 16 + 8, value);
}

static void put_rela(unsigned slot, uint64_t target, uint64_t info, uint64_t addend)
{
    uint8_t *entry = file + RELA_VIRT + slot * 24;

    wr64(entry, target);
    wr64(entry + 8, info);
    wr64(entry + 16, addend);
}

static int setup(void **state)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};

    file = calloc(FILE_BYTES, 1);
    if (file == NULL)
        return 1;
    memcpy(file, ident, sizeof(ident));
    wr16(file + 16, 3);
    wr16(file + 18, 62);
    wr32(file + 20, 1);
    wr64(file + 24, 0x400);
    wr64(file + 32, 64);
    wr16(file + 52, 64);
    wr16(file + 54, 56);
    wr16(file + 56, HEADERS);
    put_program(TEXT, 1, ELF_READ | ELF_EXECUTE, 0, 0, 0x1000, 0x1000);
    put_program(RODATA, 1, ELF_READ, 0x2000, 0x2000, 0x1000, 0x1000);
    put_program(DATA, 1, ELF_READ | ELF_WRITE, 0x3000, 0x4000, 0x100, 0x3000);
    put_program(DYNAMIC, 2, ELF_READ, DYNAMIC_AT, DYNAMIC_AT, 0x100, 0x100);
    put_program(NOTE, 4, ELF_READ, 0, 0, 0, 0);
    put_dynamic(0, 7, RELA_VIRT); /* DT_RELA */
    put_dynamic(1, 8, 3 * 24);    /* DT_RELASZ */
    put_dynamic(2, 9, 24);        /* DT_RELAENT */
    put_dynamic(3, 36, RELR_VIRT);
    put_dynamic(4, 35, 2 * 8);
    put_dynamic(5, 37, 8);
    put_dynamic(6, 0x6ffffff9, 3); /* DT_RELACOUNT: ours to ignore */
    put_rela(0, 0x4000, 8, 0x400);
    put_rela(1, 0x5ff9, 8, 0x7000); /* unaligned, in .bss; addend: the image's end */
    put_rela(2, 0x4008, 0, 0);
    wr64(file + RELR_VIRT, 0x4010);         /* this word … */
    wr64(file + RELR_VIRT + 8, 1 | 5 << 1); /* … the next one and the third */
    wr64(file + 0x3010, 0x2010);
    wr64(file + 0x3018, 0x2020);
    wr64(file + 0x3020, 0xdead); /* left alone */
    wr64(file + 0x3028, 0x2030);
    return 0;
}

static int teardown(void **state)
{
    free(file);
    return 0;
}

static uint8_t *load(void)
{
    uint8_t *loaded = calloc(image.memory_bytes, 1);

    assert_non_null(loaded);
    for (uint32_t i = 0; i < image.segment_count; i++)
        memcpy(loaded + image.segments[i].virt, file + image.segments[i].file_offset,
               image.segments[i].file_bytes);
    return loaded;
}

static void good(void)
{
    int error = elf_check(file, FILE_BYTES, &image, &why);

    if (error != 0)
        fail_msg("refused: %s", why);
    assert_null(why);
}

/* Refused, with a reason that begins with the name of the field. */
static void bad(const char *field)
{
    assert_int_equal(elf_check(file, FILE_BYTES, &image, &why), -ENOEXEC);
    assert_non_null(why);
    if (strncmp(why, field, strlen(field)) != 0 || why[strlen(field)] != ':')
        fail_msg("\"%s\" does not name %s", why, field);
}

static void bad_relocation(void)
{
    good();
    uint8_t *loaded = load();
    assert_int_equal(elf_relocate(&image, loaded, VIRT_BASE), -ENOEXEC);
    free(loaded);
}

/* Damage a field, see it refused, put it back. */
#define BAD16(at, value, field) bad_value(at, 2, value, field)
#define BAD32(at, value, field) bad_value(at, 4, value, field)
#define BAD64(at, value, field) bad_value(at, 8, value, field)
static void bad_value(uint8_t *at, size_t bytes, uint64_t value, const char *field)
{
    uint8_t saved[8], wrong[8];

    wr64(wrong, value);
    memcpy(saved, at, bytes);
    memcpy(at, wrong, bytes);
    bad(field);
    memcpy(at, saved, bytes);
    good();
}

static void a_good_program(void **state)
{
    good();
    assert_int_equal(image.entry, 0x400);
    assert_int_equal(image.memory_bytes, 0x7000);
    assert_int_equal(image.segment_count, 3);
    assert_int_equal(image.segments[2].virt, 0x4000);
    assert_int_equal(image.segments[2].file_offset, 0x3000);
    assert_int_equal(image.segments[2].file_bytes, 0x100);
    assert_int_equal(image.segments[2].memory_bytes, 0x3000);
    assert_int_equal(image.segments[0].flags, ELF_READ | ELF_EXECUTE);
    assert_int_equal(image.rela_virt, RELA_VIRT);
    assert_int_equal(image.rela_bytes, 72);
    assert_int_equal(image.relr_bytes, 16);
}

static void relocations_are_applied(void **state)
{
    good();
    uint8_t *loaded = load();
    assert_int_equal(elf_relocate(&image, loaded, VIRT_BASE), 0);
    assert_true(rd64(loaded + 0x4000) == VIRT_BASE + 0x400);
    assert_true(rd64(loaded + 0x5ff9) == VIRT_BASE + 0x7000);
    assert_true(rd64(loaded + 0x4008) == 0);
    assert_true(rd64(loaded + 0x4010) == VIRT_BASE + 0x2010);
    assert_true(rd64(loaded + 0x4018) == VIRT_BASE + 0x2020);
    assert_true(rd64(loaded + 0x4020) == 0xdead);
    assert_true(rd64(loaded + 0x4028) == VIRT_BASE + 0x2030);
    free(loaded);
}

static void packed_bitmaps_follow_each_other(void **state)
{
    /* An address, a bitmap of its 63rd word, a bitmap of the first of the next 63. */
    wr64(file + RELR_VIRT, 0x5000);
    wr64(file + RELR_VIRT + 8, 1 | (uint64_t)1 << 63);
    wr64(file + RELR_VIRT + 16, 1 | 1 << 1);
    put_dynamic(4, 35, 3 * 8);
    good();
    uint8_t *loaded = load();
    wr64(loaded + 0x5000 + 63 * 8, 1);
    wr64(loaded + 0x5000 + 64 * 8, 2);
    assert_int_equal(elf_relocate(&image, loaded, VIRT_BASE), 0);
    assert_true(rd64(loaded + 0x5000) == VIRT_BASE);
    assert_true(rd64(loaded + 0x5000 + 62 * 8) == 0);
    assert_true(rd64(loaded + 0x5000 + 63 * 8) == VIRT_BASE + 1);
    assert_true(rd64(loaded + 0x5000 + 64 * 8) == VIRT_BASE + 2);
    assert_true(rd64(loaded + 0x5000 + 65 * 8) == 0);
    free(loaded);
}

static void without_relocations_nothing_changes(void **state)
{
    put_program(DYNAMIC, 4, 0, 0, 0, 0, 0);
    good();
    assert_int_equal(image.rela_bytes, 0);
    uint8_t *loaded = load(), *before = load();
    assert_int_equal(elf_relocate(&image, loaded, VIRT_BASE), 0);
    assert_memory_equal(loaded, before, image.memory_bytes);
    free(loaded);
    free(before);
}

static void every_header_field(void **state)
{
    for (int i = 0; i < 7; i++) {
        file[i] ^= 1;
        bad("e_ident");
        file[i] ^= 1;
    }
    BAD16(file + 16, 2, "e_type");
    BAD16(file + 18, 3, "e_machine");
    BAD32(file + 20, 2, "e_version");
    BAD16(file + 52, 63, "e_ehsize");
    BAD16(file + 54, 55, "e_phentsize");
    BAD16(file + 56, 0, "e_phnum");
    BAD16(file + 56, 0xffff, "e_phnum");
    BAD64(file + 32, FILE_BYTES - HEADERS * 56 + 1, "e_phoff");
    BAD64(file + 32, FILE_BYTES + 1, "e_phoff");
    BAD64(file + 32, UINT64_MAX, "e_phoff");
    BAD64(file + 32, UINT64_MAX - 55, "e_phoff");
}

static void every_entry_outside_the_code(void **state)
{
    BAD64(file + 24, 0x1000, "e_entry"); /* behind the code */
    BAD64(file + 24, 0x2000, "e_entry"); /* readable alone */
    BAD64(file + 24, 0x4000, "e_entry");
    BAD64(file + 24, UINT64_MAX, "e_entry");
    wr64(file + 24, 0xfff);
    good();
}

static void every_segment_field(void **state)
{
    BAD32(program(TEXT) + 4, 7, "p_flags");
    BAD64(program(DATA) + 8, FILE_BYTES - 0xff, "p_offset");
    BAD64(program(DATA) + 8, UINT64_MAX, "p_offset");
    BAD64(program(DATA) + 32, 0x101, "p_offset");
    BAD64(program(DATA) + 32, UINT64_MAX, "p_offset");
    BAD64(program(DATA) + 40, 0xff, "p_filesz");
    BAD64(program(DATA) + 40, ELF_IMAGE_MAX, "p_vaddr");
    BAD64(program(DATA) + 40, UINT64_MAX, "p_vaddr");
    BAD64(program(DATA) + 16, UINT64_MAX - 0xfff, "p_vaddr");
    BAD64(program(DATA) + 16, 0x2000, "p_vaddr"); /* over the one before */
    BAD64(program(DATA) + 16, 0x1000, "p_vaddr"); /* descending */
    BAD64(program(DATA) + 16, 0x4800, "p_vaddr"); /* not like p_offset */
    BAD64(program(DATA) + 48, 0x1800, "p_align");
    BAD64(program(DATA) + 48, 0x400000, "p_align");
    BAD64(program(DATA) + 48, UINT64_MAX, "p_align");
    BAD32(program(NOTE), 3, "p_type"); /* PT_INTERP */
    BAD32(program(NOTE), 2, "p_type"); /* a second PT_DYNAMIC */
    wr64(program(DATA) + 48, 0);
    good();
    wr64(program(DATA) + 48, 1);
    good();
}

/* What is just allowed: the ends of the ranges. */
static void every_limit_itself_is_allowed(void **state)
{
    wr64(program(TEXT) + 48, 2 << 20);
    put_program(DATA, 1, ELF_READ | ELF_WRITE, 0x3008, 0x4008, 0xf8, 0x3000);
    good();
    put_program(DATA, 1, ELF_READ | ELF_WRITE, FILE_BYTES, 0x4100, 0, 0x3000); /* zeros alone */
    good();
    put_program(DATA, 1, ELF_READ | ELF_WRITE, 0x3000, 0x4000, 0x100, ELF_IMAGE_MAX - 0x4000);
    good();
    assert_int_equal(image.memory_bytes, ELF_IMAGE_MAX);
    wr64(program(DYNAMIC) + 32, 8 * 16); /* the last entry is DT_NULL */
    good();
    wr32(program(HEADERS), 3); /* PT_INTERP behind the last header is no header */
    good();
    wr32(program(HEADERS), 0);
    wr16(file + 56, 64);
    good();
}

static void code_may_stand_in_any_segment(void **state)
{
    wr32(program(TEXT) + 4, ELF_READ);
    wr32(program(RODATA) + 4, ELF_READ | ELF_EXECUTE);
    bad("e_entry");
    wr64(file + 24, 0x2000);
    good();
    wr64(file + 24, 0x2fff);
    good();
}

static void segments_that_share_a_page(void **state)
{
    put_program(RODATA, 1, ELF_READ, 0x2000, 0x2000, 0x1000, 0x1001);
    wr64(program(DATA) + 48, 8);
    BAD64(program(DATA) + 16, 0x3800, "p_vaddr");
    wr64(program(DATA) + 16,
         0x4008); /* the next page is free, but its start is not the segment's */
    good();
}

static void too_many_or_no_segments(void **state)
{
    for (unsigned i = 0; i < 3; i++)
        wr32(program(i), 4);
    bad("p_type");
    wr16(file + 56, 10);
    for (unsigned i = 0; i < 8; i++)
        put_program(i, 1, ELF_READ | ELF_EXECUTE, 0, i * 0x1000, 0x1000, 0x1000);
    good();
    assert_int_equal(image.segment_count, 8);
    put_program(8, 1, ELF_READ, 0, 0x8000, 0, 0); /* empty: does not count */
    good();
    put_program(8, 1, ELF_READ, 0, 0x8000, 1, 1);
    bad("e_phnum");
    wr16(file + 56, 8);
    wr64(file + 24, 0x8000);
    bad("e_entry");
}

static void every_dynamic_entry(void **state)
{
    uint8_t *spare = file + DYNAMIC_AT + 7 * 16;

    BAD64(file + DYNAMIC_AT + 8, 0x1000, "DT_RELA");  /* between segments */
    BAD64(file + DYNAMIC_AT + 8, 0x6fb9, "DT_RELA");  /* a byte too high */
    BAD64(file + DYNAMIC_AT + 8, UINT64_MAX, "DT_RELA");
    BAD64(file + DYNAMIC_AT + 24, 71, "DT_RELASZ");
    BAD64(file + DYNAMIC_AT + 24, 24 * 0x1000, "DT_RELA");
    BAD64(file + DYNAMIC_AT + 24, UINT64_MAX - UINT64_MAX % 24, "DT_RELA");
    BAD64(file + DYNAMIC_AT + 40, 16, "DT_RELAENT");
    BAD64(file + DYNAMIC_AT + 56, 0x7000, "DT_RELR");
    BAD64(file + DYNAMIC_AT + 72, 15, "DT_RELRSZ");
    BAD64(file + DYNAMIC_AT + 88, 4, "DT_RELRENT");
    wr64(spare + 8, 24);
    BAD64(spare, 1, "DT_NEEDED");
    BAD64(spare, 18, "DT_RELSZ");
    BAD64(spare, 2, "DT_PLTRELSZ");
    wr64(spare + 8, 0);
    wr64(spare, 18); /* an empty table of that kind is none */
    good();
    BAD64(program(DYNAMIC) + 32, 7 * 16, "PT_DYNAMIC");
    BAD64(program(DYNAMIC) + 32, 0, "PT_DYNAMIC");
    BAD64(program(DYNAMIC) + 32, FILE_BYTES, "p_offset");
    BAD64(program(DYNAMIC) + 8, UINT64_MAX, "p_offset");
}

static void every_bad_relocation(void **state)
{
    put_rela(0, 0x4000, 1, 0x400); /* R_X86_64_64 */
    bad_relocation();
    put_rela(0, 0x4000, 8 | (uint64_t)1 << 32, 0x400); /* of a symbol */
    bad_relocation();
    put_rela(0, 0x4000, 8, 0x7001); /* address behind the image */
    bad_relocation();
    put_rela(0, 0x4000, 8, UINT64_MAX);
    bad_relocation();
    put_rela(0, 0x6ff9, 8, 0); /* target's last byte behind the segment */
    bad_relocation();
    put_rela(0, 0x3000, 8, 0); /* between segments */
    bad_relocation();
    put_rela(0, UINT64_MAX - 3, 8, 0);
    bad_relocation();
    put_rela(0, 0x6ff8, 8, 0);
    good();
    wr64(file + RELR_VIRT, 0x7000);
    bad_relocation();
    wr64(file + RELR_VIRT, 1 | 1 << 1); /* a bitmap of nothing */
    bad_relocation();
    wr64(file + RELR_VIRT, 0x6ff0);
    bad_relocation(); /* the bitmap behind it leaves the image */
    wr64(file + RELR_VIRT, 0x4010);
    wr64(file + 0x3010, 0x7001);
    bad_relocation();
}

static void every_cut_of_the_file_is_refused_or_whole(void **state)
{
    for (size_t size = 0; size < FILE_BYTES; size++) {
        uint8_t *cut = malloc(size + 1);
        assert_non_null(cut);
        memcpy(cut + 1, file, size);
        assert_int_equal(elf_check(cut + 1, size, &image, &why), -ENOEXEC);
        assert_non_null(why);
        free(cut);
    }
}

/* No damage of one byte in headers and tables leads out of the file or of the image. */
static void any_damaged_byte_is_harmless(void **state)
{
    static const uint8_t changes[] = {0x01, 0x80, 0xff, 0x08, 0x10};

    for (size_t at = 0; at < FILE_BYTES; at++) {
        if (at == 64 + HEADERS * 56)
            at = RELA_VIRT;
        for (size_t i = 0; i < sizeof(changes); i++) {
            file[at] ^= changes[i];
            if (elf_check(file, FILE_BYTES, &image, &why) == 0 && image.memory_bytes < 1 << 20) {
                uint8_t *loaded = load();
                (void)!elf_relocate(&image, loaded, VIRT_BASE);
                free(loaded);
            }
            file[at] ^= changes[i];
        }
    }
}

#define with_file(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_file(a_good_program),
        with_file(relocations_are_applied),
        with_file(packed_bitmaps_follow_each_other),
        with_file(without_relocations_nothing_changes),
        with_file(every_header_field),
        with_file(every_entry_outside_the_code),
        with_file(every_segment_field),
        with_file(every_limit_itself_is_allowed),
        with_file(code_may_stand_in_any_segment),
        with_file(segments_that_share_a_page),
        with_file(too_many_or_no_segments),
        with_file(every_dynamic_entry),
        with_file(every_bad_relocation),
        with_file(every_cut_of_the_file_is_refused_or_whole),
        with_file(any_damaged_byte_is_harmless),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
