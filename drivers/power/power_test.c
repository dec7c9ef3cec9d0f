/* Leaving by ACPI, against a chip set that takes orders as 4.8.3 of ACPI 6.4 has it, late or never. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "drivers/power/power.h"

#define SMI   0xb2
#define PM1A  0x604
#define PM1B  0x704
#define RESET 0xcf9

static struct {
    uint16_t a, b;
    bool two; /* PM1b is there, and wants the order too */
    bool absent, off, reset;
    bool no_acpi_mode, no_off; /* broken */
    unsigned mode_after_us; /* from the order on */
    bool ordered;
    uint64_t us;
} chip;

static const struct acpi_power tables = {
    .smi_command = SMI, .enable = 0xf1, .pm1a = PM1A, .reset = RESET, .reset_value = 0x0f, .has_s5 = true,
    .s5_a = 5, .s5_b = 2,
};

static uint16_t fake_in16(uint16_t port)
{
    assert_true(port == PM1A || port == PM1B);
    if (chip.absent)
        return 0xffff;
    if (chip.ordered && chip.us >= chip.mode_after_us)
        chip.a |= 1;
    return port == PM1A ? chip.a : chip.b;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 2);
    return fake_in16(port);
}

static void fake_out16(uint16_t port, uint16_t value)
{
    assert_true(port == PM1A || port == PM1B);
    assert_false(chip.off);
    *(port == PM1A ? &chip.a : &chip.b) = value & 0xdfff;
    if (value & 0x2000 && port == PM1A) { /* the types are in both by now */
        assert_int_equal(chip.a >> 10 & 7, 5);
        assert_int_equal(chip.a & 0x0202, 0x0202); /* what is not of sleep stays */
        chip.off = !chip.no_off && !chip.two && chip.a & 1;
    }
    if (value & 0x2000 && port == PM1B)
        chip.off = chip.a & 1;
}

static void fake_out8(uint16_t port, uint8_t value)
{
    if (port == SMI) {
        assert_int_equal(value, 0xf1);
        chip.ordered = !chip.no_acpi_mode;
        chip.us = 0;
        return;
    }
    assert_int_equal(port, RESET);
    assert_int_equal(value, 0x0f);
    chip.reset = true;
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    if (bytes == 1)
        fake_out8(port, (uint8_t)value);
    else
        fake_out16(port, (uint16_t)value);
}

void ddi_delay_us(uint32_t us)
{
    chip.us += us;
    assert_true(chip.us < 5000000); /* bounded */
}

static int fresh(void **state)
{
    memset(&chip, 0, sizeof(chip));
    chip.a = chip.b = 0x0202;
    return 0;
}

static void s5_switches_off(void **state)
{
    chip.a |= 1;
    assert_int_equal(power_acpi_off(&tables), -ETIMEDOUT); /* a real one does not come back */
    assert_true(chip.off);
    assert_false(chip.ordered);
}

static void acpi_mode_comes_first(void **state)
{
    chip.mode_after_us = 700000;
    (void)!power_acpi_off(&tables);
    assert_true(chip.ordered && chip.off);
}

static void a_bios_that_does_not_answer(void **state)
{
    chip.no_acpi_mode = true;
    assert_int_equal(power_acpi_off(&tables), -EIO);
    assert_false(chip.off);
}

static void both_registers_get_their_type(void **state)
{
    struct acpi_power two = tables;

    two.pm1b = PM1B;
    chip.two = true;
    chip.a |= 1;
    (void)!power_acpi_off(&two);
    assert_true(chip.off);
    assert_int_equal(chip.b >> 10 & 7, 2);
}

static void what_is_not_there_is_left_alone(void **state)
{
    struct acpi_power some = tables;

    some.has_s5 = false;
    assert_int_equal(power_acpi_off(&some), -ENODEV);
    some = tables;
    some.pm1a = 0;
    assert_int_equal(power_acpi_off(&some), -ENODEV);
    chip.absent = true;
    assert_int_equal(power_acpi_off(&tables), -ENODEV);
    assert_int_equal(power_acpi_off(&(struct acpi_power){0}), -ENODEV);
    assert_int_equal(power_acpi_reset(&(struct acpi_power){0}), -ENODEV);
    assert_false(chip.off || chip.reset || chip.ordered);
}

static void one_that_stays_on_is_told(void **state)
{
    chip.a |= 1;
    chip.no_off = true;
    assert_int_equal(power_acpi_off(&tables), -ETIMEDOUT);
}

static void reset_writes_the_register(void **state)
{
    assert_int_equal(power_acpi_reset(&tables), -ETIMEDOUT);
    assert_true(chip.reset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(s5_switches_off, fresh),
        cmocka_unit_test_setup(acpi_mode_comes_first, fresh),
        cmocka_unit_test_setup(a_bios_that_does_not_answer, fresh),
        cmocka_unit_test_setup(both_registers_get_their_type, fresh),
        cmocka_unit_test_setup(what_is_not_there_is_left_alone, fresh),
        cmocka_unit_test_setup(one_that_stays_on_is_told, fresh),
        cmocka_unit_test_setup(reset_writes_the_register, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
