/* Minesweeper's rules. Mines are laid at the first opening, away from it. */
#include "user/apps/minesweeper/field.h"

#include <string.h>

static int clamp(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

/* xorshift64* (Vigna 2016). */
static uint64_t next_random(struct field *field)
{
    field->random ^= field->random >> 12;
    field->random ^= field->random << 25;
    field->random ^= field->random >> 27;
    return field->random * 2685821657736338717u;
}

void field_start(struct field *field, int width, int height, int mines, uint64_t seed)
{
    memset(field, 0, sizeof(*field));
    field->width = clamp(width, 4, FIELD_WIDTH_MAX);
    field->height = clamp(height, 4, FIELD_HEIGHT_MAX);
    field->mines = clamp(mines, 1, field->width * field->height - 9);
    field->covered = field->width * field->height;
    field->random = seed ? seed : 1;
}

static bool is_inside(const struct field *field, int x, int y)
{
    return x >= 0 && y >= 0 && x < field->width && y < field->height;
}

static bool is_near(int x, int y, int other_x, int other_y)
{
    return x - other_x >= -1 && x - other_x <= 1 && y - other_y >= -1 && y - other_y <= 1;
}

/* Does something with each square around one. */
static void each_around(struct field *field, int x, int y, void (*act)(struct field *, int, int))
{
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            if ((dx || dy) && is_inside(field, x + dx, y + dy))
                act(field, x + dx, y + dy);
}

static void count_mine(struct field *field, int x, int y)
{
    field->squares[y][x].around++;
}

static void lay_mines(struct field *field, int free_x, int free_y)
{
    for (int left = field->mines; left > 0;) {
        int x = (int)(next_random(field) >> 33) % field->width,
            y = (int)(next_random(field) >> 33) % field->height;

        if (field->squares[y][x].mine || is_near(x, y, free_x, free_y))
            continue;
        field->squares[y][x].mine = true;
        each_around(field, x, y, count_mine);
        left--;
    }
    field->state = FIELD_PLAYED;
}

static void lose(struct field *field, int x, int y)
{
    field->state = FIELD_LOST;
    field->burst_x = x;
    field->burst_y = y;
}

static void win(struct field *field)
{
    field->state = FIELD_WON;
    for (int y = 0; y < field->height; y++)
        for (int x = 0; x < field->width; x++)
            if (field->squares[y][x].mine)
                field->squares[y][x].state = SQUARE_FLAGGED;
    field->flags = field->mines;
}

static void uncover(struct field *field, int x, int y)
{
    field->squares[y][x].state = SQUARE_OPEN;
    field->covered--;
}

/* The open squares without mines around them spread, until nothing changes: no recursion, however large. */
static bool spread_from(struct field *field, int x, int y)
{
    bool changed = false;

    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            if (is_inside(field, x + dx, y + dy) && field->squares[y + dy][x + dx].state == SQUARE_COVERED) {
                uncover(field, x + dx, y + dy);
                changed = true;
            }
    return changed;
}

static void spread(struct field *field)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (int y = 0; y < field->height; y++)
            for (int x = 0; x < field->width; x++) {
                const struct square *square = &field->squares[y][x];

                if (square->state == SQUARE_OPEN && square->around == 0 && !square->mine)
                    changed |= spread_from(field, x, y);
            }
    }
}

static void open_covered(struct field *field, int x, int y)
{
    struct square *square = &field->squares[y][x];

    if (square->state != SQUARE_COVERED || field->state != FIELD_PLAYED)
        return;
    uncover(field, x, y);
    if (square->mine)
        lose(field, x, y);
    else if (square->around == 0)
        spread(field);
    if (field->state == FIELD_PLAYED && field->covered == field->mines)
        win(field);
}

static int flags_around(const struct field *field, int x, int y)
{
    int flags = 0;

    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++)
            flags +=
                is_inside(field, x + dx, y + dy) && field->squares[y + dy][x + dx].state == SQUARE_FLAGGED;
    return flags;
}

void field_open(struct field *field, int x, int y)
{
    if (!is_inside(field, x, y) || field->state >= FIELD_WON)
        return;
    const struct square *square = &field->squares[y][x];

    if (field->state == FIELD_NEW && square->state == SQUARE_COVERED)
        lay_mines(field, x, y);
    if (square->state == SQUARE_OPEN && square->around > 0 && flags_around(field, x, y) == square->around)
        each_around(field, x, y, open_covered);
    else
        open_covered(field, x, y);
}

void field_flag(struct field *field, int x, int y)
{
    if (!is_inside(field, x, y) || field->state >= FIELD_WON)
        return;
    struct square *square = &field->squares[y][x];

    if (square->state == SQUARE_OPEN)
        return;
    field->flags += square->state == SQUARE_COVERED ? 1 : -1;
    square->state = square->state == SQUARE_COVERED ? SQUARE_FLAGGED : SQUARE_COVERED;
}
