/* Modules: a small good one, each of its fields damaged in turn, and what its links come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/module.h"
/* links: lib/program.c */

/* In memory: code at 0, constants at 1000h, variables at 2000h, of which the file holds 100h bytes. */
#define FILE_BYTES   0x3100
#define MEMORY_BYTES 0x3000
#define CODE         0 /* segments by number */
#define CONSTANTS    1
#define VARIABLES    2
#define HEADER_AT    0x1000
#define SYMBOLS_AT   0x1100
#define NAMES_AT     0x1200
#define RELA_AT      0x1300
#define DRIVER_AT    0x1800
#define VIRT_BASE    0xffffff4000200000ull

static uint8_t *file; /* exactly FILE_BYTES */
static struct program program;
static char why[MODULE_WHY];
static uint8_t memory[MEMORY_BYTES];
static size_t driver;

static uint8_t *segment(unsigned number)
{
    return file + 64 + number * 56;
}

/* Of constants and variables, by the link address. */
static uint8_t *at(uint64_t virt)
{
    return file + virt + 0x1000;
}

static void put_segment(unsigned number, uint32_t flags, uint64_t virt, uint64_t file_bytes,
                        uint64_t memory_bytes)
{
    uint8_t *p = segment(number);

    wr32(p, 1);
    wr32(p + 4, flags);
    wr64(p + 8, virt + 0x1000);
    wr64(p + 16, virt);
    wr64(p + 32, file_bytes);
    wr64(p + 40, memory_bytes);
    wr64(p + 48, 0x1000);
}

static void put_table(unsigned offset, uint64_t virt, uint64_t bytes)
{
    wr64(at(HEADER_AT) + offset, virt);
    wr64(at(HEADER_AT) + offset + 8, bytes);
}

static void put_rela(unsigned slot, uint64_t target, uint64_t symbol, uint32_t type, uint64_t addend)
{
    wr64(at(RELA_AT) + slot * 24, target);
    wr64(at(RELA_AT) + slot * 24 + 8, symbol << 32 | type);
    wr64(at(RELA_AT) + slot * 24 + 16, addend);
}

static void put_symbol(unsigned number, uint32_t name, uint16_t section, uint64_t value)
{
    wr32(at(SYMBOLS_AT) + number * 24, name);
    wr16(at(SYMBOLS_AT) + number * 24 + 6, section);
    wr64(at(SYMBOLS_AT) + number * 24 + 8, value);
}

static int setup(void **state)
{
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    static const char names[] = "\0wanted\0unwanted";

    file = calloc(FILE_BYTES, 1);
    if (!file)
        return 1;
    memcpy(file, ident, sizeof(ident));
    wr16(file + 16, 3);
    wr16(file + 18, 62);
    wr32(file + 20, 1);
    wr64(file + 32, 64);
    wr16(file + 54, 56);
    wr16(file + 56, 3);
    put_segment(CODE, 5, 0, 0x800, 0x800);
    put_segment(CONSTANTS, 4, 0x1000, 0x1000, 0x1000);
    put_segment(VARIABLES, 6, 0x2000, 0x100, 0x800);
    memcpy(at(HEADER_AT), "FASTOSKO", 8);
    put_table(8, SYMBOLS_AT, 3 * 24);
    put_table(24, NAMES_AT, sizeof(names));
    put_table(40, RELA_AT, 4 * 24);
    memcpy(at(NAMES_AT), names, sizeof(names));
    put_symbol(1, 1, 0, 0);
    put_symbol(2, 8, 2, 0x2008); /* its own */
    put_rela(0, HEADER_AT + 56, 0, 8, DRIVER_AT);
    put_rela(1, 0x1900, 1, 6, 0);
    put_rela(2, 0x20ff, 2, 1, 4); /* unaligned */
    put_rela(3, 0xdead, 77, 0, 0xdead);
    return 0;
}

static int teardown(void **state)
{
    free(file);
    return 0;
}

static bool resolve(const char *name, uint64_t *address)
{
    *address = 0x1234567890;
    return strcmp(name, "wanted") == 0;
}

static int check(void)
{
    const char *reason;
    int error = module_check(span_of(file, FILE_BYTES), &program, &reason);

    assert_int_equal(error != 0, reason != NULL);
    if (reason)
        strncpy(why, reason, sizeof(why) - 1);
    return error;
}

static int link_it(void)
{
    memset(memory, 0, sizeof(memory));
    assert_int_equal(program.end, MEMORY_BYTES);
    for (unsigned i = 0; i < program.segment_count; i++)
        memcpy(memory + program.segments[i].virt, file + program.segments[i].file_offset,
               program.segments[i].file_bytes);
    return module_link(&program, room_of((char *)memory, sizeof(memory)), VIRT_BASE, resolve, &driver, why);
}

/* Refused by the first look, or when it is linked, with such a reason. */
static void bad(void **state, const char *reason)
{
    if (check() == 0)
        assert_int_equal(link_it(), -ENOEXEC);
    if (!strstr(why, reason))
        fail_msg("not '%s' but '%s'", reason, why);
    teardown(state);
    setup(state);
}

static void a_good_one_is_linked(void **state)
{
    assert_int_equal(check(), 0);
    assert_int_equal(link_it(), 0);
    assert_int_equal(driver, DRIVER_AT);
    assert_int_equal(rd64(memory + 0x1900), 0x1234567890);
    assert_int_equal(rd64(memory + 0x20ff), VIRT_BASE + 0x2008 + 4);
}

static void one_without_variables_is_fine(void **state)
{
    wr16(file + 56, 2);
    put_table(40, RELA_AT, 2 * 24);
    assert_int_equal(check(), 0);
    assert_int_equal(program.end, 0x2000);
}

static void segments_are_of_three_kinds(void **state)
{
    wr16(file + 16, 2);
    bad(state, "e_type");
    wr16(file + 56, 1);
    bad(state, "p_type");
    wr32(segment(CONSTANTS) + 4, 6);
    bad(state, "p_flags");
    wr32(segment(VARIABLES) + 4, 4);
    bad(state, "p_flags");
    wr32(segment(CODE) + 4, 7);
    bad(state, "p_flags");
    put_segment(CONSTANTS, 4, 0x1000, 63, 0x1000);
    bad(state, "p_filesz");
    put_segment(VARIABLES, 6, 0x2000, 0x100, MODULE_IMAGE_MAX);
    bad(state, "p_vaddr");
}

static void tables_lie_among_the_constants(void **state)
{
    static const uint64_t wrong[] = {0, 0x2000, 0x1ff8, 0x3000, UINT64_MAX - 8, 1ull << 63};

    at(HEADER_AT)[3] = 'X';
    bad(state, "not a module");
    for (unsigned i = 0; i < 6; i++) {
        for (unsigned offset = 8; offset <= 40; offset += 16) {
            put_table(offset, wrong[i], 24);
            bad(state, "a table to link by lies outside");
        }
    }
    put_table(24, NAMES_AT, UINT64_MAX);
    bad(state, "a table to link by lies outside");
}

static void relocations_stay_inside(void **state)
{
    static const uint64_t wrong[] = {0x10, 0x7f8, 0x1ffc, 0x27f9, 0x2fff, UINT64_MAX - 3};

    for (unsigned i = 0; i < 6; i++) {
        put_rela(1, wrong[i], 1, 6, 0);
        bad(state, "outside of constants and variables");
    }
    put_rela(1, 0x1900, 0, 8, 0x900);
    bad(state, "to outside of the module");
    put_rela(1, 0x1900, 0, 8, -1ull);
    bad(state, "to outside of the module");
    put_rela(1, 0x1900, 1, 2, 0); /* relative to the code */
    bad(state, "a relocation of type 0x2");
    put_rela(0, HEADER_AT + 56, 0, 8, 0x2000);
    bad(state, "not among its constants");
    put_rela(0, HEADER_AT + 56, 0, 8, DRIVER_AT + 4);
    bad(state, "not among its constants");
    put_rela(0, HEADER_AT + 56, 0, 0, 0);
    bad(state, "not among its constants");
}

static void symbols_are_known(void **state)
{
    put_symbol(1, 8, 0, 0);
    bad(state, "unwanted: no such function for modules");
    put_rela(1, 0x1900, 3, 6, 0);
    bad(state, "unknown symbol 0x3");
    put_symbol(2, 8, 1, 0x900);
    bad(state, "a symbol outside of the module");
    put_symbol(1, 0, 0, 0);
    bad(state, "without a proper name");
    put_symbol(1, 0xffffffff, 0, 0);
    bad(state, "without a proper name");
    at(NAMES_AT)[3] = 0x1b;
    bad(state, "without a proper name");
    put_table(24, NAMES_AT, 7); /* not terminated */
    bad(state, "without a proper name");
    put_table(24, NAMES_AT, 0x80);
    memset(at(NAMES_AT) + 1, 'n', 48);
    bad(state, "without a proper name");
}

static void what_it_holds(void **state)
{
    assert_int_equal(check(), 0);
    assert_int_equal(link_it(), 0);
    assert_true(module_holds(&program, VIRT_BASE, VIRT_BASE, 0x800, 5));
    assert_false(module_holds(&program, VIRT_BASE, VIRT_BASE, 0x801, 5));
    assert_false(module_holds(&program, VIRT_BASE, VIRT_BASE, 0, 5));
    assert_false(module_holds(&program, VIRT_BASE, VIRT_BASE, 1, 4));
    assert_false(module_holds(&program, VIRT_BASE, VIRT_BASE - 1, 1, 5));
    assert_false(module_holds(&program, VIRT_BASE, 0, 1, 5));
    assert_false(module_holds(&program, VIRT_BASE, VIRT_BASE + 0x1000, UINT64_MAX, 4));

    struct span all = span_of(memory, sizeof(memory));

    assert_true(module_holds_text(&program, all, VIRT_BASE, VIRT_BASE + NAMES_AT + 1, 6));
    assert_false(module_holds_text(&program, all, VIRT_BASE, VIRT_BASE + NAMES_AT + 1, 5));
    assert_false(module_holds_text(&program, all, VIRT_BASE, VIRT_BASE + 0x2000, 5));
    memset(memory + 0x1ffe, 'x', 2); /* up to the end */
    assert_false(module_holds_text(&program, all, VIRT_BASE, VIRT_BASE + 0x1ffe, 9));
    memory[NAMES_AT + 2] = '\n';
    assert_false(module_holds_text(&program, all, VIRT_BASE, VIRT_BASE + NAMES_AT + 1, 9));
}

/* Whatever is cut off or changed: an answer, and nothing outside is touched. */
static void damage_is_only_an_error(void **state)
{
    const char *reason;

    for (size_t size = 0; size < FILE_BYTES; size += 7) {
        uint8_t *cut = malloc(size + 1);

        memcpy(cut, file, size);
        (void)!module_check(span_of(cut, size), &program, &reason);
        free(cut);
    }
    for (unsigned i = 0; i < 0x2c0; i++) {
        uint8_t *byte = i < 0x100 ? file + i : at(HEADER_AT) + (i - 0x100);

        *byte ^= 0xff;
        if (check() == 0 && program.end == MEMORY_BYTES)
            (void)!link_it();
        *byte ^= 0xff;
    }
}

#define WITH_FILE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FILE(a_good_one_is_linked),
        WITH_FILE(one_without_variables_is_fine),
        WITH_FILE(segments_are_of_three_kinds),
        WITH_FILE(tables_lie_among_the_constants),
        WITH_FILE(relocations_stay_inside),
        WITH_FILE(symbols_are_known),
        WITH_FILE(what_it_holds),
        WITH_FILE(damage_is_only_an_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
