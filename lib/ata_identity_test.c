/* What IDENTIFY may say, and what must not be believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/ata_identity.h"
#include "lib/errno.h"

static void put(uint8_t *data, unsigned word, unsigned value)
{
    data[2 * word] = (uint8_t)value;
    data[2 * word + 1] = (uint8_t)(value >> 8);
}

/* A 1 GiB LBA28 disk that says nothing about later additions. */
static void make_plain(uint8_t *data)
{
    memset(data, 0, 512);
    put(data, 0, 0x0040);
    put(data, 1, 2080);
    put(data, 3, 16);
    put(data, 6, 63);
    memcpy(data + 54, "AFEKD SI K                              ",
           40); /* the two of a word swapped */
    memcpy(data + 20, "  1A32                ", 20);
    put(data, 49, 0x0200);
    put(data, 61, 0x0020);
}

static struct ata_identity parse(const uint8_t *data)
{
    struct ata_identity identity;
    const char *why = NULL;
    assert_int_equal(ata_identity_parse(data, &identity, &why), 0);
    return identity;
}

static void refuse(const uint8_t *data, const char *expected)
{
    struct ata_identity identity;
    const char *why = "";
    assert_int_equal(ata_identity_parse(data, &identity, &why), -EINVAL);
    assert_non_null(strstr(why, expected));
}

static void test_queue(void **state)
{
    uint8_t data[512];
    make_plain(data);
    put(data, 75, 31);
    put(data, 76, 0x0104);
    assert_int_equal(parse(data).queue, 0); /* NCQ counts sectors with 48 bits */
    put(data, 83, 0x4400);
    put(data, 100, 0x4000);
    assert_int_equal(parse(data).queue, 32);
    put(data, 76, 0xffff);
    assert_int_equal(parse(data).queue, 0);
    put(data, 76, 0x0004);
    assert_int_equal(parse(data).queue, 0);
}

static void test_lba28(void **state)
{
    uint8_t data[512];
    make_plain(data);
    struct ata_identity identity = parse(data);
    assert_string_equal(identity.model, "FAKE DISK");
    assert_string_equal(identity.serial, "A123");
    assert_int_equal(identity.sectors, 0x200000);
    assert_true(identity.lba);
    assert_false(identity.lba48);
    assert_int_equal(identity.multiple, 1);
    assert_false(identity.flush);
}

static void test_lba48(void **state)
{
    uint8_t data[512];
    make_plain(data);
    put(data, 60, 0xffff);
    put(data, 61, 0x0fff);
    put(data, 83, 0x7400);
    put(data, 102, 0x0001); /* 2^32 sectors */
    struct ata_identity identity = parse(data);
    assert_true(identity.lba48);
    assert_true(identity.sectors == 1ull << 32);
    assert_true(identity.flush && identity.flush_ext);

    put(data, 83, 0x3400); /* bits 15:14 are not 01: the word means nothing */
    identity = parse(data);
    assert_false(identity.lba48);
    assert_int_equal(identity.sectors, 0x0fffffff);
    put(data, 83, 0x7400);
    put(data, 103, 1); /* more than 48 bits */
    assert_false(parse(data).lba48);
}

static void test_lba28_overlong(void **state)
{
    uint8_t data[512];
    make_plain(data);
    put(data, 61, 0xffff);
    assert_int_equal(parse(data).sectors, 0x0fffffff);
}

static void test_geometry(void **state)
{
    uint8_t data[512];
    make_plain(data);
    put(data, 49, 0);
    put(data, 61, 0);
    struct ata_identity identity = parse(data);
    assert_false(identity.lba);
    assert_int_equal(identity.sectors, 2080 * 16 * 63);

    put(data, 54, 520); /* the translation in force, but word 53 does not vouch for it */
    put(data, 55, 8);
    put(data, 56, 17);
    assert_int_equal(parse(data).heads, 16);
    put(data, 53, 1);
    identity = parse(data);
    assert_int_equal(identity.cylinders, 520);
    assert_int_equal(identity.heads, 8);
    assert_int_equal(identity.sectors_per_track, 17);
    put(data, 55, 0);
    assert_int_equal(parse(data).heads, 16);
    put(data, 3, 17);
    refuse(data, "neither a size nor a geometry");
}

static void test_multiple(void **state)
{
    static const struct {
        unsigned word, multiple;
    } cases[] = {{0x8000, 1}, {0x8001, 1}, {0x8010, 16}, {0x8018, 16}, {0x80ff, 128}, {2, 2}};
    uint8_t data[512];
    make_plain(data);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        put(data, 47, cases[i].word);
        assert_int_equal(parse(data).multiple, cases[i].multiple);
    }
}

static void test_refused(void **state)
{
    uint8_t data[512];
    memset(data, 0xff, sizeof(data));
    refuse(data, "alike");
    memset(data, 0, sizeof(data));
    refuse(data, "alike");
    make_plain(data);
    put(data, 0, 0x85c0);
    refuse(data, "no ATA disk");
    put(data, 0, 0x848a); /* CompactFlash */
    (void)parse(data);
    make_plain(data);
    put(data, 106, 0x5000); /* 4096-byte sectors */
    put(data, 117, 2048);
    refuse(data, "512 bytes");
    make_plain(data);
    put(data, 255, 0x00a5);
    refuse(data, "checksum");
}

static void test_text_is_printable(void **state)
{
    uint8_t data[512];
    make_plain(data);
    memset(data + 54, 0x1b, 40);
    struct ata_identity identity = parse(data);
    assert_int_equal(strlen(identity.model), 40);
    assert_int_equal(strspn(identity.model, "?"), 40);
    memset(data + 54, 0, 40);
    assert_string_equal(parse(data).model, "");
}

/* Whatever the bytes, what comes out keeps its promises. */
static void test_noise(void **state)
{
    uint8_t data[512];
    unsigned accepted = 0;
    srand(7);
    for (unsigned round = 0; round < 20000; round++) {
        struct ata_identity identity;
        const char *why;
        if (round % 2)
            make_plain(data);
        for (unsigned i = 0; i < 512; i++) {
            if (round % 2 == 0 || rand() % 8 == 0)
                data[i] = (uint8_t)rand();
        }
        if (ata_identity_parse(data, &identity, &why))
            continue;
        accepted++;
        assert_true(identity.sectors > 0 && identity.sectors < 1ull << 48);
        assert_true(strlen(identity.model) <= 40 && strlen(identity.serial) <= 20);
        assert_true(identity.multiple >= 1 && identity.multiple <= 128);
        assert_int_equal(identity.multiple & (identity.multiple - 1), 0);
        if (!identity.lba)
            assert_true(identity.heads >= 1 && identity.heads <= 16 && identity.sectors_per_track);
    }
    assert_true(accepted > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queue),
        cmocka_unit_test(test_lba28),      cmocka_unit_test(test_lba48),
        cmocka_unit_test(test_lba28_overlong),
        cmocka_unit_test(test_geometry),   cmocka_unit_test(test_multiple),
        cmocka_unit_test(test_refused),    cmocka_unit_test(test_text_is_printable),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
