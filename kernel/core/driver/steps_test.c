/* links: lib/ring.c */
/* Interrupt programs, against a port that counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/driver/steps.h"

static uint8_t status, data;
static unsigned reads, written;

static uint8_t in(uint16_t port)
{
    reads++;
    return port == 0x64 ? status : data++;
}

static void out(uint16_t port, uint8_t value)
{
    written = (unsigned)port << 8 | value;
}

static const struct steps_access access = {in, out};

static const struct ddi_manifest program = {
    .steps = {{DDI_STEP_READ, 0, 0x64}, {DDI_STEP_NEEDS, 0x03, 0},    {DDI_STEP_LACKS, 0x20, 0},
              {DDI_STEP_KEEP, 0, 0x60}, {DDI_STEP_WRITE, 0x99, 0x61}, {DDI_STEP_KEEP, 0, 0x60}},
};

static struct steps_kept run(uint8_t with, size_t room)
{
    status = with;
    data = 7;
    reads = written = 0;
    return steps_run(&program, &access, room);
}

static void it_goes_on_while_the_bits_are_right(void **state)
{
    struct steps_kept kept = run(0x03, 8);

    assert_int_equal(kept.count, 2);
    assert_int_equal(kept.at[0], 7);
    assert_int_equal(kept.at[1], 8);
    assert_int_equal(written, 0x6199);
    assert_int_equal(run(0x01, 8).count, 0); /* one is missing */
    assert_int_equal(reads, 1);
    assert_int_equal(run(0x23, 8).count, 0);
    assert_int_equal(reads, 1);
}

static void what_has_no_room_stays_in_the_device(void **state)
{
    assert_int_equal(run(0x03, 0).count, 0);
    assert_int_equal(reads, 1);
    assert_int_equal(written, 0);
    assert_int_equal(run(0x03, 1).count, 1);
    assert_int_equal(reads, 2);
    assert_int_equal(written, 0x6199);
}

static void it_has_an_end(void **state)
{
    struct ddi_manifest keep = {.version = 0};

    for (unsigned i = 0; i < DDI_STEPS_MAX; i++)
        keep.steps[i] = (struct ddi_step){DDI_STEP_KEEP, 0, 0x60};
    assert_int_equal(steps_run(&keep, &access, 64).count, DDI_STEPS_MAX);
    keep.steps[2].does = DDI_STEP_END;
    assert_int_equal(steps_run(&keep, &access, 64).count, 2);
    keep.steps[1].does = 0xff;
    assert_int_equal(steps_run(&keep, &access, 64).count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_while_the_bits_are_right),
        cmocka_unit_test(what_has_no_room_stays_in_the_device),
        cmocka_unit_test(it_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
