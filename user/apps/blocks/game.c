/* The rules, after the Tetris guideline: pieces come from a bag of seven, turn by the Super Rotation System.
 */
#include "user/apps/blocks/game.h"

#include <string.h>

/* Four turns of each piece as rows of four bits, the left cell the highest. */
static const uint16_t shapes[PIECES][4] = {
    {0x0F00, 0x2222, 0x00F0, 0x4444}, /* I */
    {0x6600, 0x6600, 0x6600, 0x6600}, /* O */
    {0x4E00, 0x4640, 0x0E40, 0x4C40}, /* T */
    {0x6C00, 0x4620, 0x06C0, 0x8C40}, /* S */
    {0xC600, 0x2640, 0x0C60, 0x4C80}, /* Z */
    {0x8E00, 0x6440, 0x0E20, 0x44C0}, /* J */
    {0x2E00, 0x4460, 0x0E80, 0xC440}, /* L */
};

/* Where a turned piece is tried, (x right, y down), from turn t clockwise; the other way they are negated. */
static const int8_t kicks[4][5][2] = {
    {{0, 0}, {-1, 0}, {-1, -1}, {0, 2}, {-1, 2}},
    {{0, 0}, {1, 0}, {1, 1}, {0, -2}, {1, -2}},
    {{0, 0}, {1, 0}, {1, -1}, {0, 2}, {1, 2}},
    {{0, 0}, {-1, 0}, {-1, 1}, {0, -2}, {-1, -2}},
}, long_kicks[4][5][2] = { /* of I */
    {{0, 0}, {-2, 0}, {1, 0}, {-2, 1}, {1, -2}},
    {{0, 0}, {-1, 0}, {2, 0}, {-1, -2}, {2, 1}},
    {{0, 0}, {2, 0}, {-1, 0}, {2, -1}, {-1, 2}},
    {{0, 0}, {1, 0}, {-2, 0}, {1, 2}, {-2, -1}},
};

bool piece_has(const struct piece *piece, int x, int y)
{
    if (x < 0 || y < 0 || x > 3 || y > 3)
        return false;
    return shapes[piece->kind][piece->turn] >> (15 - 4 * y - x) & 1;
}

/* Above the well there is room. */
static bool is_free(const struct game *game, int x, int y)
{
    return x >= 0 && x < WELL_WIDTH && y < WELL_HEIGHT && (y < 0 || game->well[y][x] == 0);
}

static bool fits(const struct game *game, const struct piece *piece)
{
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            if (piece_has(piece, x, y) && !is_free(game, piece->x + x, piece->y + y))
                return false;
    return true;
}

/* ---- new pieces ---------------------------------------------------------------------------------------- */

static unsigned next_random(struct game *game)
{
    game->random = game->random * 6364136223846793005u + 1442695040888963407u; /* Knuth's MMIX */
    return (unsigned)(game->random >> 33);
}

static int take_from_bag(struct game *game)
{
    if (game->bag_left == 0) {
        for (int i = 0; i < PIECES; i++)
            game->bag[i] = (uint8_t)i;
        game->bag_left = PIECES;
    }
    unsigned at = next_random(game) % (unsigned)game->bag_left;
    int kind = game->bag[at];

    game->bag[at] = game->bag[--game->bag_left];
    return kind;
}

static void bring(struct game *game, int kind)
{
    game->piece = (struct piece){.kind = kind, .x = 3, .y = kind == 0 ? -1 : 0};
    game->over = !fits(game, &game->piece);
}

static void bring_next(struct game *game)
{
    int kind = game->next;

    game->next = take_from_bag(game);
    game->may_hold = true;
    bring(game, kind);
}

void game_start(struct game *game, uint64_t seed)
{
    memset(game, 0, sizeof(*game));
    game->random = seed;
    game->held = -1;
    game->level = 1;
    game->next = take_from_bag(game);
    bring_next(game);
}

/* ---- moves --------------------------------------------------------------------------------------------- */

static bool try_piece(struct game *game, struct piece piece)
{
    if (game->over || !fits(game, &piece))
        return false;
    game->piece = piece;
    return true;
}

bool game_move(struct game *game, int by)
{
    struct piece piece = game->piece;

    piece.x += by < 0 ? -1 : 1;
    return try_piece(game, piece);
}

bool game_turn(struct game *game, int by)
{
    struct piece turned = game->piece;
    int from = by > 0 ? turned.turn : (turned.turn + 3) % 4, sign = by > 0 ? 1 : -1;
    const int8_t(*kick)[2] = turned.kind == 0 ? long_kicks[from] : kicks[from];

    turned.turn = (turned.turn + (by > 0 ? 1 : 3)) % 4;
    for (int i = 0; i < 5; i++) {
        struct piece piece = turned;

        piece.x += sign * kick[i][0];
        piece.y += sign * kick[i][1];
        if (try_piece(game, piece))
            return true;
    }
    return false;
}

static bool is_row_full(const struct game *game, int y)
{
    for (int x = 0; x < WELL_WIDTH; x++)
        if (game->well[y][x] == 0)
            return false;
    return true;
}

static int clear_rows(struct game *game)
{
    int cleared = 0;

    for (int y = WELL_HEIGHT - 1; y >= 0; y--) {
        if (!is_row_full(game, y))
            continue;
        memmove(game->well[1], game->well[0], (size_t)y * WELL_WIDTH);
        memset(game->well[0], 0, WELL_WIDTH);
        cleared++;
        y++; /* what came down is looked at, too */
    }
    return cleared;
}

static void count_rows(struct game *game, int rows)
{
    static const int worth[] = {0, 100, 300, 500, 800};

    game->score += (long)worth[rows] * game->level;
    game->lines += rows;
    game->level = 1 + game->lines / 10;
}

static void settle(struct game *game)
{
    for (int y = 0; y < 4; y++)
        for (int x = 0; x < 4; x++)
            if (piece_has(&game->piece, x, y) && game->piece.y + y >= 0)
                game->well[game->piece.y + y][game->piece.x + x] = (uint8_t)(game->piece.kind + 1);
    count_rows(game, clear_rows(game));
    bring_next(game);
}

bool game_fall(struct game *game)
{
    struct piece piece = game->piece;

    if (game->over)
        return false;
    piece.y++;
    if (!try_piece(game, piece))
        settle(game);
    return true;
}

int game_ghost(const struct game *game)
{
    struct piece piece = game->piece;

    while (fits(game, &piece))
        piece.y++;
    return piece.y - 1;
}

void game_drop(struct game *game)
{
    if (game->over)
        return;
    int rest = game_ghost(game);

    game->score += 2L * (rest - game->piece.y);
    game->piece.y = rest;
    settle(game);
}

bool game_hold(struct game *game)
{
    int kind = game->piece.kind;

    if (game->over || !game->may_hold)
        return false;
    if (game->held < 0)
        bring_next(game);
    else
        bring(game, game->held);
    game->held = kind;
    game->may_hold = false;
    return true;
}

int game_delay_ms(const struct game *game)
{
    int delay = 800;

    for (int level = 1; level < game->level && delay > 50; level++)
        delay = delay * 85 / 100;
    return delay;
}
