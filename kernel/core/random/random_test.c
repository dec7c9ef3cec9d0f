/* The block function against RFC 8439's own example, and what comes out of the generator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/random/random.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

void random_block(const uint32_t from[static 8], const uint32_t last[static 4],
                  uint32_t to[static 16]);

void spin_lock(struct spinlock *lock)
{
    assert_false(lock->held);
    lock->held = 1;
}

void spin_unlock(struct spinlock *lock)
{
    lock->held = 0;
}

uint64_t cpu_timestamp(void)
{
    return 0;
}

void cpu_pause(void)
{
}

static uint64_t given;

bool cpu_random(uint64_t *value)
{
    *value = given;
    return given != 0;
}

struct boot_info *boot_info(void)
{
    static struct boot_info info;

    return &info;
}

int time_wall_ns(uint64_t *ns)
{
    (void)ns;
    return -ENODEV;
}

uint64_t time_now_ns(void)
{
    return 0;
}

/* RFC 8439, §2.3.2 */
static void the_block_function(void **state)
{
    static const uint32_t key[8] = {0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                                    0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
    static const uint32_t last[4] = {1, 0x09000000, 0x4a000000, 0};
    static const uint32_t wanted[16] = {
        0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3, 0xc7f4d1c7, 0x0368c033,
        0x9aaa2204, 0x4e6cd4c3, 0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
        0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
    uint32_t is[16];

    (void)state;
    random_block(key, last, is);
    assert_memory_equal(is, wanted, sizeof(wanted));
}

static void bits_are_even(void **state)
{
    static uint8_t bytes[100000];
    unsigned ones = 0;

    (void)state;
    random_init();
    random_bytes(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        ones += (unsigned)__builtin_popcount(bytes[i]);
    assert_in_range(ones, 398000, 402000);
}

static void nothing_comes_twice(void **state)
{
    uint64_t seen[64];

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        seen[i] = random_number();
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(seen[i], seen[k]);
    }
}

static void stirring_changes_what_comes(void **state)
{
    uint8_t a[100] = {0}, b[100] = {0};

    (void)state;
    given = 1;
    random_init();
    random_bytes(a, 33);
    assert_int_equal(a[33], 0);
    random_stir("x", 1);
    random_bytes(b, 33);
    assert_memory_not_equal(a, b, 33);
    random_bytes(b, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_block_function),
        cmocka_unit_test(bits_are_even),
        cmocka_unit_test(nothing_comes_twice),
        cmocka_unit_test(stirring_changes_what_comes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
