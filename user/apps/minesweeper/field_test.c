#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "user/apps/minesweeper/field.h"

static int count_mines(const struct field *field)
{
    int mines = 0;

    for (int y = 0; y < field->height; y++)
        for (int x = 0; x < field->width; x++)
            mines += field->squares[y][x].mine;
    return mines;
}

static void test_the_first_square_is_free(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 300; seed++) {
        struct field field;
        int x = (int)(seed % 16), y = (int)(seed / 16 % 16);

        field_start(&field, 16, 16, 40, seed);
        field_open(&field, x, y);
        assert_int_equal(count_mines(&field), 40);
        assert_true(field.squares[y][x].state == SQUARE_OPEN && field.squares[y][x].around == 0);
        assert_in_range(field.state, FIELD_PLAYED, FIELD_WON);
    }
}

static void test_what_is_opened_has_no_mine_and_the_rest_is_counted(void **state)
{
    struct field field;
    int covered = 0;

    (void)state;
    field_start(&field, 30, 16, 99, 7);
    field_open(&field, 3, 3);
    for (int y = 0; y < 16; y++)
        for (int x = 0; x < 30; x++) {
            covered += field.squares[y][x].state != SQUARE_OPEN;
            assert_false(field.squares[y][x].mine && field.squares[y][x].state == SQUARE_OPEN);
        }
    assert_int_equal(covered, field.covered);
}

static void find(const struct field *field, bool mine, int *at_x, int *at_y)
{
    for (int y = 0; y < field->height; y++)
        for (int x = 0; x < field->width; x++)
            if (field->squares[y][x].mine == mine && field->squares[y][x].state == SQUARE_COVERED) {
                *at_x = x;
                *at_y = y;
                return;
            }
    *at_x = *at_y = -1;
}

static void test_a_mine_ends_it(void **state)
{
    struct field field;
    int x, y;

    (void)state;
    field_start(&field, 9, 9, 10, 3);
    field_open(&field, 0, 0);
    find(&field, true, &x, &y);
    field_open(&field, x, y);
    assert_int_equal(field.state, FIELD_LOST);
    assert_true(field.burst_x == x && field.burst_y == y);
    field_open(&field, 8, 8);
    field_flag(&field, 8, 8);
    assert_int_equal(field.flags, 0);
}

static void test_all_but_the_mines_win(void **state)
{
    struct field field;
    int x, y;

    (void)state;
    field_start(&field, 9, 9, 10, 5);
    field_open(&field, 4, 4);
    for (find(&field, false, &x, &y); x >= 0; find(&field, false, &x, &y))
        field_open(&field, x, y);
    assert_int_equal(field.state, FIELD_WON);
    assert_int_equal(field.flags, 10);
}

static void test_a_flag_protects(void **state)
{
    struct field field;
    int x, y;

    (void)state;
    field_start(&field, 9, 9, 10, 3);
    field_open(&field, 0, 0);
    find(&field, true, &x, &y);
    field_flag(&field, x, y);
    field_open(&field, x, y);
    assert_int_equal(field.state, FIELD_PLAYED);
    assert_int_equal(field.flags, 1);
    field_flag(&field, x, y);
    assert_int_equal(field.flags, 0);
}

/* Every number whose mines are all flagged opens what is left around it. */
static void test_a_number_opens_its_neighbours(void **state)
{
    struct field field;

    (void)state;
    field_start(&field, 9, 9, 10, 11);
    field_open(&field, 4, 4);
    for (int y = 0; y < 9; y++)
        for (int x = 0; x < 9; x++)
            if (field.squares[y][x].mine)
                field_flag(&field, x, y);
    for (int round = 0; round < 9; round++)
        for (int y = 0; y < 9; y++)
            for (int x = 0; x < 9; x++)
                if (field.squares[y][x].state == SQUARE_OPEN)
                    field_open(&field, x, y);
    assert_int_equal(field.state, FIELD_WON);
}

static void test_sizes_and_places_are_checked(void **state)
{
    struct field field;

    (void)state;
    field_start(&field, 1000, -5, 100000, 0);
    assert_int_equal(field.width, FIELD_WIDTH_MAX);
    assert_int_equal(field.height, 4);
    assert_int_equal(field.mines, FIELD_WIDTH_MAX * 4 - 9);
    field_open(&field, -1, 0);
    field_flag(&field, 0, 4);
    assert_int_equal(field.state, FIELD_NEW);
    field_open(&field, 1, 1);
    assert_int_equal(field.state, FIELD_WON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_square_is_free),
        cmocka_unit_test(test_what_is_opened_has_no_mine_and_the_rest_is_counted),
        cmocka_unit_test(test_a_mine_ends_it),
        cmocka_unit_test(test_all_but_the_mines_win),
        cmocka_unit_test(test_a_flag_protects),
        cmocka_unit_test(test_a_number_opens_its_neighbours),
        cmocka_unit_test(test_sizes_and_places_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
