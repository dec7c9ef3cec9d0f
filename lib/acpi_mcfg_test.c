/* MCFG: QEMU's q35, several areas, and tables that cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/acpi_mcfg.h"
#include "lib/bytes.h"
#include "lib/errno.h"

static uint8_t made[200];
static size_t size;
static struct acpi_mcfg mcfg;
static struct acpi_damage damage;

static int fresh(void **state)
{
    memset(made, 0, sizeof(made));
    memset(&mcfg, 0, sizeof(mcfg));
    size = 44;
    return 0;
}

static void area(uint64_t phys, uint16_t segment, uint8_t first, uint8_t last)
{
    wr64(made + size, phys);
    wr16(made + size + 8, segment);
    made[size + 10] = first;
    made[size + 11] = last;
    size += 16;
}

/* A copy of exactly that size, so that the sanitizer sees a byte too many. */
static int parse(size_t bytes)
{
    uint8_t *exact = malloc(bytes ? bytes : 1);
    int error;

    memcpy(exact, made, bytes);
    error = acpi_mcfg_parse(span_of(exact, bytes), &mcfg, &damage);
    free(exact);
    return error;
}

static void the_area_of_segment_0(void **state)
{
    area(0x1000000000, 1, 0, 255);
    area(0xb0000000, 0, 0, 255);
    assert_int_equal(parse(size), 0);
    assert_true(mcfg.phys == 0xb0000000 && mcfg.first_bus == 0 && mcfg.last_bus == 255);
}

static void no_area_is_none(void **state)
{
    assert_int_equal(parse(size), -ENOENT);
    area(0xb0000000, 0, 0, 255);
    assert_int_equal(parse(size - 1), -ENOENT); /* cut */
    made[52] = 1;
    assert_int_equal(parse(size), -ENOENT);
}

static void what_cannot_be_is_refused(void **state)
{
    assert_int_equal(parse(43), -EUCLEAN);
    area(0xb0000000, 0, 3, 2);
    assert_int_equal(parse(size), -EUCLEAN);
    assert_string_equal(damage.what, "MCFG last bus");
    for (unsigned i = 0; i < 3; i++) {
        fresh(NULL);
        area((const uint64_t[]){0, 0xb0001000, UINT64_MAX << 20}[i], 0, 0, 255);
        assert_int_equal(parse(size), -EUCLEAN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_area_of_segment_0, fresh),
        cmocka_unit_test_setup(no_area_is_none, fresh),
        cmocka_unit_test_setup(what_cannot_be_is_refused, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
