/* The local APIC's timer against a fake page of registers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/ddi.h"
#include "drivers/timer/apic/apic.h"

#define VECTOR 0xf0u

static struct {
    uint32_t at[1024];
    uint32_t order[8]; /* which were written, in turn */
    unsigned writes;
} fake;

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    assert_ptr_equal(registers->at, fake.at);
    assert_in_range(offset, 0, registers->bytes - 4);
    return fake.at[offset / 4];
}

void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    assert_ptr_equal(registers->at, fake.at);
    assert_true(offset == 0x320 || offset == 0x380 || offset == 0x3e0); /* no other is its own */
    fake.at[offset / 4] = value;
    if (fake.writes < 8)
        fake.order[fake.writes++] = offset;
}

static int fresh(void **state)
{
    const struct ddi_mmio registers = {fake.at, sizeof(fake.at)};

    (void)state;
    memset(&fake, 0, sizeof(fake));
    apic_timer_use(&registers, VECTOR);
    assert_int_equal(fake.writes, 0);
    return 0;
}

static void it_interrupts_once(void **state)
{
    (void)state;
    apic_timer_start(12345, false);
    assert_int_equal(fake.at[0x3e0 / 4], 3); /* a sixteenth */
    assert_int_equal(fake.at[0x320 / 4], VECTOR);
    assert_int_equal(fake.at[0x380 / 4], 12345);
    assert_int_equal(fake.order[2], 0x380); /* which starts it, comes last */
}

static void it_interrupts_again_and_again(void **state)
{
    (void)state;
    apic_timer_start(1, true);
    assert_int_equal(fake.at[0x320 / 4], VECTOR | 1u << 17);
}

static void it_tells_what_is_left(void **state)
{
    (void)state;
    fake.at[0x390 / 4] = 77;
    assert_int_equal(apic_timer_left(), 77);
}

static void stopped_it_is_masked_before_it_has_no_count(void **state)
{
    (void)state;
    apic_timer_start(5, true);
    fake.writes = 0;
    apic_timer_stop();
    assert_int_equal(fake.at[0x320 / 4], VECTOR | 1u << 16);
    assert_int_equal(fake.at[0x380 / 4], 0);
    assert_int_equal(fake.order[0], 0x320);
}

static void by_the_tsc(void **state)
{
    (void)state;
    apic_timer_by_tsc();
    assert_int_equal(fake.at[0x320 / 4], VECTOR | 2u << 17);
}

static void it_is_a_part_of_the_kernel(void **state)
{
    (void)state;
    assert_true(ddi_driver.manifest.built_in);
    assert_int_equal(ddi_driver.manifest.class, DDI_TIMER);
    assert_null(ddi_driver.init);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_interrupts_once, fresh),
        cmocka_unit_test_setup(it_interrupts_again_and_again, fresh),
        cmocka_unit_test_setup(it_tells_what_is_left, fresh),
        cmocka_unit_test_setup(stopped_it_is_masked_before_it_has_no_count, fresh),
        cmocka_unit_test_setup(by_the_tsc, fresh),
        cmocka_unit_test(it_is_a_part_of_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
