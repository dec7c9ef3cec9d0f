/* links: */
/* The PIT driver against a fake 8254 whose channel 2 counts with each read of port 61h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drivers/ddi.h"
#include "drivers/timer/pit/pit.h"

static struct {
    uint8_t written[8];
    unsigned writes;
    uint8_t system_b;
    unsigned reads_until_output; /* 0: the output is high from the start; UINT32_MAX: never */
    unsigned reads;
    unsigned pauses; /* measures during which the CPU is stopped, and the output is not high yet */
    unsigned stalls; /* measures during which the CPU is stopped until the output is high */
    uint64_t now;
} fake;

static uint8_t fake_in8(uint16_t port)
{
    assert_int_equal(port, 0x61);
    if (fake.writes == 0) /* the driver first looks what it has to leave behind */
        return fake.system_b;
    fake.now += 10;
    if (fake.pauses && fake.reads == 50) {
        fake.pauses--;
        fake.now += 100000;
    }
    return (uint8_t)(fake.system_b | (fake.reads++ >= fake.reads_until_output ? 0x20 : 0));
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

static void fake_out8(uint16_t port, uint8_t value)
{
    if (port == 0x61)
        fake.system_b = value & 0x0f; /* the rest is to be read only */
    if (port == 0x43) {
        fake.reads = fake.stalls ? fake.reads_until_output : 0;
        fake.stalls -= fake.stalls ? 1 : 0;
    }
    if (fake.writes < sizeof(fake.written))
        fake.written[fake.writes++] = value;
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static uint64_t stamp(void)
{
    return fake.now;
}

static void ticks_set_the_divisor(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    assert_int_equal(pit_start_ticks(1000), 0);
    assert_int_equal(fake.written[0], 0x34);
    assert_int_equal(fake.written[1] | fake.written[2] << 8, 1193);
    assert_int_equal(pit_start_ticks(18), -EINVAL);
    assert_int_equal(pit_start_ticks(10001), -EINVAL);
}

static void a_measure_ends_with_the_output(void **state)
{
    uint64_t elapsed;

    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.system_b = 0x02;
    fake.reads_until_output = 100;
    assert_int_equal(pit_measure(1193, stamp, &elapsed), 0);
    assert_int_equal(elapsed, 1010);
    assert_int_equal(fake.system_b, 0x02); /* as it was */
}

static void a_stopped_cpu_measures_again(void **state)
{
    uint64_t elapsed;

    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.reads_until_output = 100;
    fake.stalls = 3;
    assert_int_equal(pit_measure(1193, stamp, &elapsed), 0);
    assert_int_equal(elapsed, 1010);
    assert_int_equal(fake.stalls, 0);
}

static void a_pause_within_a_measure_does_not_count(void **state)
{
    uint64_t elapsed;

    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.reads_until_output = 100;
    fake.pauses = 2;
    assert_int_equal(pit_measure(398, stamp, &elapsed), 0);
    assert_int_equal(elapsed, 1010);
}

static void a_dead_channel_is_an_error(void **state)
{
    uint64_t elapsed;

    (void)state;
    memset(&fake, 0, sizeof(fake));
    assert_int_equal(pit_measure(1193, stamp, &elapsed), -ETIMEDOUT);
    memset(&fake, 0, sizeof(fake));
    fake.reads_until_output = UINT32_MAX;
    assert_int_equal(pit_measure(1193, stamp, &elapsed), -ETIMEDOUT);
}

static void a_tone_is_a_square_wave_at_the_gate(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    fake.system_b = 0x0c; /* the NMI causes that are off stay off */
    pit_tone(440);
    assert_int_equal(fake.written[0], 0xb6);
    assert_int_equal(fake.written[1] | fake.written[2] << 8, 2712);
    assert_int_equal(fake.system_b, 0x0f);
    fake.writes = 0;
    pit_tone(0);
    assert_int_equal(fake.system_b, 0x0d);
    assert_int_equal(fake.written[1], 0xb4); /* it counts from 65536 again */
    assert_int_equal(fake.written[2] | fake.written[3], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_set_the_divisor),
        cmocka_unit_test(a_measure_ends_with_the_output),
        cmocka_unit_test(a_stopped_cpu_measures_again),
        cmocka_unit_test(a_pause_within_a_measure_does_not_count),
        cmocka_unit_test(a_dead_channel_is_an_error),
        cmocka_unit_test(a_tone_is_a_square_wave_at_the_gate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
