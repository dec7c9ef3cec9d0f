/* HPET: QEMU's table, and tables that cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/acpi_hpet.h"
#include "lib/bytes.h"
#include "lib/errno.h"

static uint8_t made[56];
static uint64_t phys;
static struct acpi_damage damage;

static int fresh(void **state)
{
    (void)state;
    memset(made, 0, sizeof(made));
    wr32(made + 36, 0x8086a201);
    wr64(made + 44, 0xfed00000);
    phys = 0;
    return 0;
}

/* A copy of exactly that size, so that the sanitizer sees a byte too many. */
static int parse(size_t bytes)
{
    uint8_t *exact = malloc(bytes ? bytes : 1);

    memcpy(exact, made, bytes);
    int error = acpi_hpet_parse(span_of(exact, bytes), &phys, &damage);

    free(exact);
    return error;
}

static void where_it_is(void **state)
{
    (void)state;
    assert_int_equal(parse(sizeof(made)), 0);
    assert_true(phys == 0xfed00000);
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t bytes = 0; bytes < sizeof(made); bytes++)
        assert_int_equal(parse(bytes), -EUCLEAN);
    assert_true(phys == 0);
}

static void not_there(void **state)
{
    static const uint64_t bad[] = {0, 0xfed00004, 0xfed00200, 1ull << 52, UINT64_MAX};

    (void)state;
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        wr64(made + 44, bad[i]);
        assert_int_equal(parse(sizeof(made)), -EUCLEAN);
    }
    (void)fresh(state);
    made[40] = 1; /* ports */
    assert_int_equal(parse(sizeof(made)), -EUCLEAN);
    assert_string_equal(damage.what, "HPET address space");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(where_it_is, fresh),
        cmocka_unit_test_setup(cut_anywhere, fresh),
        cmocka_unit_test_setup(not_there, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
