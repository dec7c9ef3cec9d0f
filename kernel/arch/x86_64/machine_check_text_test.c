/* The words for machine checks, each form of the error code once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "kernel/arch/x86_64/machine_check_text.h"

static void codes(void **state)
{
    static const struct {
        uint16_t code;
        const char *text;
    } cases[] = {
        {0x0000, "no error"},
        {0x0005, "internal parity"},
        {0x0006, "system management code outside its memory"},
        {0x0007, "code 0x0007"},
        {0x000e, "cache of level 2"},
        {0x0014, "data TLB of level 0"},
        {0x1019, "generic TLB of level 1"},
        {0x009f, "memory controller: read, channel 15"},
        {0x00c0, "memory controller: scrub, channel 0"},
        {0x0135, "data read, data cache of level 1"},
        {0x0151, "instruction fetch, instruction cache of level 1"},
        {0x0400, "internal timer"},
        {0x0417, "internal error 0x17"},
        {0x080f, "bus: an access, by this processor"},
        {0x0e0b, "bus: an access, by somebody"},
        {0x0b1f, "bus: read, answered by this processor, timed out"},
        {0x2000, "code 0x2000"},
        {0xffff, "code 0xffff"},
    };
    char text[80];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        machine_check_code_text(cases[i].code, text, sizeof(text));
        assert_string_equal(text, cases[i].text);
    }
    for (unsigned code = 0; code < 65536; code++) { /* never empty, never beyond the end */
        char small[8];

        machine_check_code_text((uint16_t)code, small, sizeof(small));
        assert_true(strlen(small) > 3 && strlen(small) < sizeof(small));
    }
}

static void whole_lines(void **state)
{
    char text[200];

    machine_check_text(4, 0xbe00000000000135, 0x1234000, text, sizeof(text));
    assert_string_equal(text, "bank 4: uncorrected: data read, data cache of level 1, "
                              "context corrupt, at 0x1234000 (status 0xbe00000000000135)");
    machine_check_text(0, 0xd000000000000005, 0x1234000, text, sizeof(text));
    assert_string_equal(text, "bank 0: corrected: internal parity, and others before it "
                              "(status 0xd000000000000005)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes),
        cmocka_unit_test(whole_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
