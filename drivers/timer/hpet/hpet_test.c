/* The HPET against fake registers, whose counter moves with each look at it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/ddi.h"
#include "drivers/timer/hpet/hpet.h"

static struct {
    uint32_t at[HPET_BYTES / 4];
    uint32_t step;      /* of the counter, at each look */
    uint32_t late;      /* how much the counter moves when the comparator is written */
    unsigned late_left; /* so many times */
} fake;
static uint64_t hz;

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    assert_int_equal(offset % 4, 0);
    assert_in_range(offset, 0, registers->bytes - 4);
    if (offset == 0xf0)
        fake.at[0xf0 / 4] += fake.step;
    return fake.at[offset / 4];
}

void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    assert_in_range(offset, 0, registers->bytes - 4);
    assert_true(offset == 0x10 || offset == 0x100 || offset == 0x108);
    fake.at[offset / 4] = value;
    if (offset == 0x108 && fake.late_left > 0) {
        fake.late_left--;
        fake.at[0xf0 / 4] += fake.late;
    }
}

static int start(void)
{
    const struct ddi_mmio registers = {fake.at, sizeof(fake.at)};

    return hpet_start(&registers, &hz);
}

static int fresh(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.at[0] = 0x8086a201;
    fake.at[1] = 10000000; /* QEMU's: 100 MHz */
    fake.step = 3;
    return 0;
}

static void it_counts(void **state)
{
    (void)state;
    fake.at[0x100 / 4] = 1u << 2; /* as a BIOS left it */
    fake.at[0x10 / 4] = 2;
    assert_int_equal(start(), 0);
    assert_int_equal(hz, 100000000);
    assert_int_equal(fake.at[0x10 / 4], 1); /* no legacy route: the PIT interrupts */
    assert_int_equal(fake.at[0x100 / 4] & 1u << 2, 0);
    uint32_t first = hpet_counter();

    assert_int_equal(hpet_counter(), first + 3);
}

static void a_real_one(void **state)
{
    (void)state;
    fake.at[1] = 69841279; /* Intel's chip sets: 14.31818 MHz */
    assert_int_equal(start(), 0);
    assert_int_equal(hz, 14318179);
}

static void one_that_stands_or_lies(void **state)
{
    (void)state;
    fake.step = 0;
    assert_int_equal(start(), -ETIMEDOUT);
    fake.step = 3;
    for (unsigned i = 0; i < 4; i++) {
        fake.at[1] = (uint32_t[]){0, 0xffffffff, 100000001, 99999}[i];
        assert_int_equal(start(), -ENODEV);
    }
}

static void it_interrupts_once_in_the_pits_place(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    assert_true(hpet_can_interrupt());
    fake.at[0x100 / 4] = 0x4000f80a; /* level, periodic, a message; what it is capable of */
    hpet_interrupt_after(1000);
    assert_int_equal(fake.at[0x10 / 4], 3);
    assert_int_equal(fake.at[0x100 / 4], 0x4000b904);
    assert_int_equal(fake.at[0x108 / 4] - fake.at[0xf0 / 4], 997);
    hpet_stop();
    assert_int_equal(fake.at[0x10 / 4], 1);
    assert_int_equal(fake.at[0x100 / 4] & 4, 0);
}

static void around_the_counters_end(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    fake.at[0xf0 / 4] = 0xfffffff0;
    hpet_interrupt_after(100);
    assert_int_equal(fake.at[0x108 / 4], 0xfffffff3u + 100);
}

static void a_moment_that_went_by_is_set_again(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    fake.late = 250;
    fake.late_left = 2;
    hpet_interrupt_after(100); /* 100 and 200 are too early, 400 is not */
    assert_int_equal(fake.late_left, 0);
    assert_int_equal(fake.at[0x108 / 4] - fake.at[0xf0 / 4], 397);
    fake.late_left = 100000; /* it ends all the same */
    fake.late = 0x20000000;
    hpet_interrupt_after(1);
}

static void not_every_one_can(void **state)
{
    (void)state;
    fake.at[0] = 0x80862201;
    assert_int_equal(start(), 0);
    assert_false(hpet_can_interrupt());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_counts, fresh),
        cmocka_unit_test_setup(a_real_one, fresh),
        cmocka_unit_test_setup(one_that_stands_or_lies, fresh),
        cmocka_unit_test_setup(it_interrupts_once_in_the_pits_place, fresh),
        cmocka_unit_test_setup(around_the_counters_end, fresh),
        cmocka_unit_test_setup(a_moment_that_went_by_is_set_again, fresh),
        cmocka_unit_test_setup(not_every_one_can, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
