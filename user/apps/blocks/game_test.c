#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/blocks/game.h"

static void start_with(struct game *game, int kind)
{
    game_start(game, 1);
    game->piece = (struct piece){.kind = kind, .x = 3, .y = 0};
}

static int cells(const struct game *game)
{
    int count = 0;

    for (int y = 0; y < WELL_HEIGHT; y++)
        for (int x = 0; x < WELL_WIDTH; x++)
            count += game->well[y][x] != 0;
    return count;
}

static void test_each_piece_has_four_cells_in_every_turn(void **state)
{
    (void)state;
    for (int kind = 0; kind < PIECES; kind++)
        for (int turn = 0; turn < 4; turn++) {
            struct piece piece = {.kind = kind, .turn = turn};
            int count = 0;

            for (int y = -1; y < 5; y++)
                for (int x = -1; x < 5; x++)
                    count += piece_has(&piece, x, y);
            assert_int_equal(count, 4);
        }
}

static void test_a_bag_has_each_piece_once(void **state)
{
    struct game game;
    int seen[PIECES] = {0};

    (void)state;
    game_start(&game, 42);
    for (int i = 0; i < 7 * PIECES; i++) {
        seen[game.piece.kind]++;
        memset(game.well, 0, sizeof(game.well));
        game_drop(&game);
    }
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(seen[i], 7);
}

static void test_walls_and_floor(void **state)
{
    struct game game;

    (void)state;
    start_with(&game, 1);
    for (int i = 0; i < 20; i++)
        game_move(&game, -1);
    assert_int_equal(game.piece.x, -1); /* the box's first column is empty */
    for (int i = 0; i < 20; i++)
        game_move(&game, 1);
    assert_int_equal(game.piece.x, 7);
    assert_int_equal(game_ghost(&game), 18);
    game_drop(&game);
    assert_int_equal(game.well[19][9], 2);
    assert_int_equal(cells(&game), 4);
    assert_int_equal(game.score, 36);
}

static void test_a_wall_pushes_a_turned_piece(void **state)
{
    struct game game;

    (void)state;
    start_with(&game, 0);
    assert_true(game_turn(&game, 1)); /* upright */
    for (int i = 0; i < 20; i++)
        game_move(&game, -1);
    assert_int_equal(game.piece.x, -2);
    assert_true(game_turn(&game, 1));
    assert_int_equal(game.piece.x, 0);
}

static void test_turns_undo_each_other(void **state)
{
    (void)state;
    for (int kind = 0; kind < PIECES; kind++) {
        struct game game;

        start_with(&game, kind);
        game.piece.y = 8;
        for (int i = 0; i < 4; i++)
            assert_true(game_turn(&game, 1));
        for (int i = 0; i < 4; i++)
            assert_true(game_turn(&game, -1));
        assert_true(game.piece.x == 3 && game.piece.y == 8 && game.piece.turn == 0);
    }
}

static void test_full_rows_go(void **state)
{
    struct game game;

    (void)state;
    start_with(&game, 0);
    for (int y = 16; y < 20; y++)
        for (int x = 0; x < 9; x++)
            game.well[y][x] = 3;
    game.well[15][0] = 5;
    game_turn(&game, 1);
    while (game_move(&game, 1))
        ;
    game_drop(&game);
    assert_int_equal(game.lines, 4);
    assert_int_equal(cells(&game), 1);
    assert_int_equal(game.well[19][0], 5);
    assert_in_range(game.score, 800, 900);
}

static void test_levels_are_faster(void **state)
{
    struct game game;

    (void)state;
    game_start(&game, 1);
    int before = game_delay_ms(&game);

    game.level = 5;
    assert_in_range(game_delay_ms(&game), 1, before - 1);
    game.level = 1000;
    assert_in_range(game_delay_ms(&game), 20, 50);
}

static void test_hold_once_a_piece(void **state)
{
    struct game game;

    (void)state;
    game_start(&game, 9);
    int first = game.piece.kind, second = game.next;

    assert_true(game_hold(&game));
    assert_int_equal(game.held, first);
    assert_int_equal(game.piece.kind, second);
    assert_false(game_hold(&game));
    game_drop(&game);
    assert_true(game_hold(&game));
    assert_int_equal(game.piece.kind, first);
}

static void test_a_full_well_ends_it(void **state)
{
    struct game game;

    (void)state;
    game_start(&game, 3);
    for (int i = 0; i < 100 && !game.over; i++)
        game_drop(&game);
    assert_true(game.over);
    assert_false(game_move(&game, 1) || game_turn(&game, 1) || game_fall(&game) || game_hold(&game));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_piece_has_four_cells_in_every_turn),
        cmocka_unit_test(test_a_bag_has_each_piece_once),
        cmocka_unit_test(test_walls_and_floor),
        cmocka_unit_test(test_a_wall_pushes_a_turned_piece),
        cmocka_unit_test(test_turns_undo_each_other),
        cmocka_unit_test(test_full_rows_go),
        cmocka_unit_test(test_levels_are_faster),
        cmocka_unit_test(test_hold_once_a_piece),
        cmocka_unit_test(test_a_full_well_ends_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
