/* FADTs of several ages, and _S5_ as compilers of AML write it, as they do not, and cut off. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/acpi_power.h"
#include "lib/bytes.h"
#include "lib/errno.h"

static struct acpi_power power;
static struct acpi_damage damage;
static uint8_t fadt[276];

/* A copy of exactly that size, so that the sanitizer sees a byte too many. */
static int parse(size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    int error;

    memcpy(exact, fadt, size);
    error = acpi_fadt_parse(span_of(exact, size), &power, &damage);
    free(exact);
    return error;
}

static int fresh(void **state)
{
    memset(&power, 0, sizeof(power));
    memset(fadt, 0, sizeof(fadt));
    wr32(fadt + 40, 0x7fe0040);
    wr32(fadt + 48, 0xb2);
    fadt[52] = 0xf1;
    wr32(fadt + 64, 0x604);
    return 0;
}

static void generic(size_t at, uint8_t space, uint64_t address)
{
    fadt[at] = space;
    wr64(fadt + at + 4, address);
}

static void the_first_version_is_enough(void **state)
{
    assert_int_equal(parse(116), 0);
    assert_true(power.dsdt_phys == 0x7fe0040 && power.smi_command == 0xb2 && power.enable == 0xf1);
    assert_true(power.pm1a == 0x604 && power.pm1b == 0 && power.reset == 0 && !power.has_s5);
}

static void newer_fields_are_preferred(void **state)
{
    wr64(fadt + 140, 0x123456789000);
    generic(172, 1, 0x1804);
    generic(184, 1, 0x1904);
    wr32(fadt + 112, 1u << 10);
    generic(116, 1, 0xcf9);
    fadt[128] = 6;
    assert_int_equal(parse(sizeof(fadt)), 0);
    assert_true(power.dsdt_phys == 0x123456789000 && power.pm1a == 0x1804 && power.pm1b == 0x1904);
    assert_true(power.reset == 0xcf9 && power.reset_value == 6);
}

static void registers_that_are_no_ports_are_none(void **state)
{
    generic(172, 0, 0xfed00000); /* memory */
    wr32(fadt + 112, 1u << 10);
    generic(116, 2, 0x1f0044); /* PCI configuration */
    assert_int_equal(parse(sizeof(fadt)), 0);
    assert_true(power.pm1a == 0x604 && power.reset == 0);
}

static void flags_are_asked(void **state)
{
    generic(116, 1, 0xcf9); /* without its flag */
    wr32(fadt + 112, 1u << 20); /* hardware-reduced: the fields mean nothing */
    assert_int_equal(parse(sizeof(fadt)), 0);
    assert_true(power.pm1a == 0 && power.reset == 0);
}

static void a_fadt_that_cannot_be(void **state)
{
    const struct acpi_power before = power;

    assert_int_equal(parse(115), -EUCLEAN);
    wr32(fadt + 64, 0xffff); /* its second byte is no port */
    assert_int_equal(parse(116), -EUCLEAN);
    assert_string_equal(damage.what, "FADT PM1 control port");
    wr32(fadt + 64, 0x604);
    wr32(fadt + 48, 0x10000);
    assert_int_equal(parse(116), -EUCLEAN);
    wr32(fadt + 48, 0xb2);
    wr32(fadt + 112, 1u << 10);
    generic(116, 1, 0x80000000);
    assert_int_equal(parse(sizeof(fadt)), -EUCLEAN);
    assert_memory_equal(&power, &before, sizeof(power));
}

/* ---- AML ------------------------------------------------------------------------------------- */

static int look(const uint8_t *code, size_t size)
{
    uint8_t *aml = calloc(1, ACPI_HEADER_BYTES + size);
    int error;

    memset(&power, 0, sizeof(power));
    memcpy(aml + ACPI_HEADER_BYTES, code, size);
    error = acpi_find_s5(span_of(aml, ACPI_HEADER_BYTES + size), &power);
    free(aml);
    assert_true(power.has_s5 == (error == 0));
    return error;
}

#define found(a, b, ...)                                       \
    do {                                                       \
        const uint8_t code_[] = {__VA_ARGS__};                 \
        assert_int_equal(look(code_, sizeof(code_)), 0);       \
        assert_true(power.s5_a == (a) && power.s5_b == (b));   \
    } while (0)
#define not_found(...)                                         \
    do {                                                       \
        const uint8_t code_[] = {__VA_ARGS__};                 \
        assert_int_equal(look(code_, sizeof(code_)), -ENOENT); \
    } while (0)

static void s5_as_it_is_found(void **state)
{
    /* Name (_S5, Package () {Zero, Zero, Zero, Zero}): QEMU */
    found(0, 0, 0x08, '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0);
    /* Name (\_S5, Package (0x04) {0x07, 0x07, 0x00, 0x00}): many PCs */
    found(7, 7, 0x08, 0x5c, '_', 'S', '5', '_', 0x12, 8, 4, 0x0a, 7, 0x0a, 7, 0, 0);
    /* numbers of other sizes; a package whose length takes two bytes */
    found(5, 1, 0x08, '_', 'S', '5', '_', 0x12, 0x4b, 0, 2, 0x0c, 5, 0, 0, 0, 0x0b, 1, 0);
    /* both in one */
    found(5, 3, 0x08, '_', 'S', '5', '_', 0x12, 5, 1, 0x0b, 5, 3);
    found(1, 0, 0x08, '_', 'S', '5', '_', 0x12, 3, 1, 1);
}

static void s5_behind_what_looks_like_it(void **state)
{
    found(6, 6, 0, '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0, /* used, not declared */
          0x08, '_', 'S', '5', '_', 0x0a, 5,                   /* a number */
          0x08, '_', 'S', '4', '_', 0x12, 6, 4, 0, 0, 0, 0,    /* S4 */
          0x08, '_', 'S', '5', '_', 0x12, 6, 2, 0x0a, 9, 0, 0, /* 9 is no sleep type */
          0x08, '_', 'S', '5', '_', 0x12, 8, 4, 0x0a, 6, 0x0a, 6, 0, 0);
}

static void s5_that_is_none(void **state)
{
    not_found('_');
    not_found('_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0);
    not_found(0x5c, '_', 'S', '5', '_', 0x12, 6, 4, 0, 0, 0, 0);
    not_found(0x08, '_', 'S', '5', '_');
    not_found(0x08, '_', 'S', '5', '_', 0x12);
    not_found(0x08, '_', 'S', '5', '_', 0x12, 7, 4, 0, 0, 0, 0);    /* a byte beyond the end */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 0, 4, 0, 0, 0, 0);    /* shorter than its length */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 1);                   /* without a count */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 0x41, 0, 4, 0, 0);
    not_found(0x08, '_', 'S', '5', '_', 0x12, 0xcf, 0xff, 0xff, 0xff, 4, 0, 0);
    not_found(0x08, '_', 'S', '5', '_', 0x12, 0xc0, 1);             /* cut in its length */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 2, 0);                /* no elements */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 3, 2, 0);             /* one of two */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 4, 2, 0, 0x0a);       /* cut in a number */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 7, 2, 'A', 'B', 'C', 'D', 0); /* a name */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 6, 1, 0x0c, 0, 8, 0); /* cut, then too large */
    not_found(0x08, '_', 'S', '5', '_', 0x12, 7, 1, 0x0c, 5, 8, 0, 0);
    not_found(0x08, '_', 'S', '5', '_', 0x12, 4, 2, 0xff, 0xff);    /* ones */
}

static void a_short_table_has_none(void **state)
{
    uint8_t bytes[ACPI_HEADER_BYTES] = {0};

    for (size_t size = 0; size <= sizeof(bytes); size++)
        assert_int_equal(acpi_find_s5(span_of(bytes, size), &power), -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_first_version_is_enough, fresh),
        cmocka_unit_test_setup(newer_fields_are_preferred, fresh),
        cmocka_unit_test_setup(registers_that_are_no_ports_are_none, fresh),
        cmocka_unit_test_setup(flags_are_asked, fresh),
        cmocka_unit_test_setup(a_fadt_that_cannot_be, fresh),
        cmocka_unit_test(s5_as_it_is_found),
        cmocka_unit_test(s5_behind_what_looks_like_it),
        cmocka_unit_test(s5_that_is_none),
        cmocka_unit_test(a_short_table_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
