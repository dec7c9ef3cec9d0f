/* The bump heap's arithmetic: alignment, room, what comes back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kernel/core/memory/bump_space.h"
#include "lib/errno.h"

#define BASE 0xffffffff80001040u

static struct bump_space space;

static uint64_t take(uint64_t size, uint64_t align)
{
    uint64_t start;

    assert_int_equal(bump_space_fit(&space, size, align, &start), 0);
    bump_space_take(&space, start, size);
    return start;
}

static void pieces_lie_one_behind_the_other(void **state)
{
    uint64_t start;

    space = (struct bump_space){0};
    assert_int_equal(bump_space_fit(&space, 1, 1, &start), -ENOMEM);
    bump_space_move(&space, BASE, 256);
    assert_int_equal(take(10, 1), BASE);
    assert_int_equal(take(1, 16), BASE + 16);
    assert_int_equal(take(1, 64), BASE + 64);
    assert_int_equal(space.used, 12);
    assert_int_equal(bump_space_fit(&space, 192, 1, &start), -ENOMEM);
    assert_int_equal(bump_space_fit(&space, 1, 4096, &start), -ENOMEM);
    assert_int_equal(bump_space_fit(&space, UINT64_MAX, 1, &start), -ENOMEM);
    assert_int_equal(bump_space_fit(&space, 1, 0, &start), -EINVAL);
    assert_int_equal(take(191, 1), BASE + 65);
    assert_int_equal(bump_space_fit(&space, 1, 1, &start), -ENOMEM);
}

static void the_last_piece_comes_back(void **state)
{
    space = (struct bump_space){0};
    bump_space_move(&space, BASE, 256);
    uint64_t a = take(10, 1), b = take(20, 1);
    assert_int_equal(bump_space_give(&space, b, 21), -EINVAL);
    assert_int_equal(bump_space_give(&space, b, 20), 0);
    assert_int_equal(space.used, 10);
    assert_int_equal(take(30, 1), b);
    assert_int_equal(bump_space_give(&space, a, 10), 0); /* not the last: its room is lost */
    assert_int_equal(space.next, b + 30);
    assert_int_equal(bump_space_give(&space, b, 30), 0);
    assert_int_equal(space.used, 0);
    assert_int_equal(bump_space_give(&space, a, 10), -EINVAL);
}

static void pieces_of_a_former_stretch_come_back(void **state)
{
    space = (struct bump_space){0};
    bump_space_move(&space, BASE, 256);
    uint64_t a = take(10, 1);
    bump_space_move(&space, 0x1000, 0x1000);
    assert_int_equal(take(100, 16), 0x1000);
    assert_int_equal(bump_space_give(&space, a, 11), -EINVAL);
    assert_int_equal(bump_space_give(&space, a, 10), 0);
    assert_int_equal(space.used, 100);
    assert_int_equal(space.next, 0x1064);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_lie_one_behind_the_other),
        cmocka_unit_test(the_last_piece_comes_back),
        cmocka_unit_test(pieces_of_a_former_stretch_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
