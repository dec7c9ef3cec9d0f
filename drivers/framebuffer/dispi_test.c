/* Modes at run time, against a card as QEMU's, and some that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "drivers/framebuffer/dispi.h"

static struct {
    bool absent;
    uint16_t index, registers[11], width_most;
} card;

static struct boot_framebuffer now;

static uint16_t fake_in16(uint16_t port)
{
    assert_int_equal(port, 0x1cf);
    return card.absent || card.index > 10 ? 0xffff : card.registers[card.index];
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 2);
    return fake_in16(port);
}

static void fake_out16(uint16_t port, uint16_t value)
{
    if (port == 0x1ce) {
        card.index = value;
        return;
    }
    assert_int_equal(port, 0x1cf);
    assert_true(card.index > 0 && card.index < 10);
    if (card.index >= 1 && card.index <= 3)
        assert_false(card.registers[4] & 1); /* sizes change while it is off */
    if (card.index == 4 && value & 1)
        card.registers[6] = card.registers[1];
    if (card.index == 1 && value > card.width_most)
        value = card.width_most; /* as QEMU does it: without a word */
    card.registers[card.index] = value;
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 2);
    fake_out16(port, (uint16_t)value);
}

static int fresh(void **state)
{
    memset(&card, 0, sizeof(card));
    card.registers[0] = 0xb0c5;
    card.registers[1] = 1024;
    card.registers[2] = 768;
    card.registers[3] = 32;
    card.registers[4] = 0x41;
    card.registers[10] = 256; /* 16 MiB */
    card.width_most = 2560;
    now = (struct boot_framebuffer){.phys = 0xfd000000, .virt = 1, .width = 1024, .height = 768,
                                    .pitch = 4096, .bits_per_pixel = 32};
    return 0;
}

static void a_card_is_known_by_what_it_shows(void **state)
{
    uint64_t bytes = 0;

    assert_int_equal(dispi_find(&now, &bytes), 0);
    assert_int_equal(bytes, 16 << 20);
    card.registers[10] = 0; /* an old one */
    assert_int_equal(dispi_find(&now, &bytes), 0);
    assert_int_equal(bytes, 4 << 20);
    now.height = 600; /* another card has the screen */
    assert_int_equal(dispi_find(&now, &bytes), -ENODEV);
    fresh(NULL);
    now.phys = 0;
    assert_int_equal(dispi_find(&now, &bytes), -ENODEV);
    for (unsigned id = 0; id < 0x10000; id++) {
        fresh(NULL);
        card.registers[0] = (uint16_t)id;
        assert_int_equal(dispi_find(&now, &bytes), id >= 0xb0c2 && id <= 0xb0cf ? 0 : -ENODEV);
    }
    card.absent = true;
    assert_int_equal(dispi_find(&now, &bytes), -ENODEV);
}

static void plans_are_checked(void **state)
{
    static const struct {
        uint32_t width, height, bits, pitch;
        int error;
    } plans[] = {
        {800, 600, 15, 1600, 0}, {800, 600, 16, 1600, 0}, {640, 480, 24, 1920, 0}, {1280, 1024, 32, 5120, 0},
        {2048, 2048, 32, 8192, 0}, {2056, 2048, 32, 0, -ENOSPC}, {16384, 16384, 32, 0, -ENOSPC},
        {804, 600, 32, 0, -EINVAL}, {0, 600, 32, 0, -EINVAL}, {800, 0, 32, 0, -EINVAL},
        {800, 15, 32, 0, -EINVAL},
        {16392, 600, 32, 0, -EINVAL}, {800, 16385, 32, 0, -EINVAL}, {800, 600, 8, 0, -EINVAL},
        {800, 600, 0, 0, -EINVAL}, {UINT32_MAX - 7, 600, 32, 0, -EINVAL}, {800, 600, 256 + 32, 0, -EINVAL},
    };

    for (size_t i = 0; i < array_length(plans); i++) {
        struct boot_framebuffer next = now;

        assert_int_equal(dispi_plan(plans[i].width, plans[i].height, plans[i].bits, 16 << 20, &next),
                         plans[i].error);
        if (!plans[i].error)
            assert_true(next.pitch == plans[i].pitch && next.phys == now.phys
                        && next.red.position + next.red.bits == (plans[i].bits < 24 ? plans[i].bits : 24));
    }
}

static void a_mode_is_set_and_looked_at(void **state)
{
    struct boot_framebuffer next = now;
    uint64_t bytes;

    assert_int_equal(dispi_plan(800, 600, 16, 16 << 20, &next), 0);
    assert_int_equal(dispi_set(&next), 0);
    assert_true(card.registers[1] == 800 && card.registers[2] == 600 && card.registers[3] == 16);
    assert_int_equal(card.registers[4], 0xc1);
    assert_int_equal(dispi_find(&next, &bytes), 0);
    assert_int_equal(dispi_find(&now, &bytes), -ENODEV);
}

static void one_that_is_not_taken_is_undone(void **state)
{
    struct boot_framebuffer next = now;
    uint64_t bytes;

    card.width_most = 1600;
    assert_int_equal(dispi_plan(1920, 1080, 32, 16 << 20, &next), 0);
    assert_int_equal(dispi_set(&next), -EIO);
    assert_int_equal(dispi_find(&now, &bytes), 0);
}

static void another_mode_does_not_stay(void **state)
{
    struct boot_framebuffer next = now;
    uint64_t bytes;

    assert_int_equal(dispi_plan(800, 600, 16, 16 << 20, &next), 0);
    assert_int_equal(dispi_set(&next), 0);
    assert_int_equal(dispi_keep(&now), 0);
    assert_int_equal(dispi_find(&now, &bytes), 0);
    card.registers[6] = 2048; /* whatever else it was told, the mode is there */
    assert_int_equal(dispi_keep(&now), 0);
    assert_int_equal(card.registers[6], 2048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_card_is_known_by_what_it_shows, fresh),
        cmocka_unit_test_setup(plans_are_checked, fresh),
        cmocka_unit_test_setup(a_mode_is_set_and_looked_at, fresh),
        cmocka_unit_test_setup(another_mode_does_not_stay, fresh),
        cmocka_unit_test_setup(one_that_is_not_taken_is_undone, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
