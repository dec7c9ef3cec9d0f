/* The instructions as gcc 12 and clang 14 write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/arch/x86_64/check_trap.h"

static void knows_both_compilers(void **state)
{
    static const struct {
        uint8_t bytes[CHECK_TRAP_BYTES];
        const char *name;
    } cases[] = {
        {{0x0f, 0x0b}, "a bounds or overflow check"},
        {{0x67, 0x0f, 0xb9, 0x40, 18}, "a bounds check"},
        {{0x67, 0x0f, 0xb9, 0x00}, "an overflow check (addition)"},
        {{0x67, 0x0f, 0xb9, 0x40, 20}, "a shift check"},
        {{0x67, 0x0f, 0xb9, 0x40, 2}, "a check"},
        {{0x67, 0x0f, 0xb9, 0x40, 255}, "a check"},
    };

    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(check_trap_name(cases[i].bytes), cases[i].name);
}

static void takes_nothing_else_for_one(void **state)
{
    static const uint8_t others[][CHECK_TRAP_BYTES] = {
        {0x0f, 0xff}, {0x0f, 0xb9, 0x40}, {0x67, 0x0f, 0xb9, 0x41}, {0x90, 0x0f, 0x0b}, {0x06},
    };

    for (unsigned i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_null(check_trap_name(others[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_both_compilers),
        cmocka_unit_test(takes_nothing_else_for_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
