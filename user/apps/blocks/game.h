/* The game of falling blocks: its rules, without a screen. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define WELL_WIDTH  10
#define WELL_HEIGHT 20
#define PIECES      7

struct piece {
    int kind;         /* 0 to PIECES - 1: I O T S Z J L */
    int turn;         /* 0 to 3, clockwise */
    int x, y;         /* of its 4 × 4 box's corner, from the well's top left; may be negative */
};

struct game {
    uint8_t well[WELL_HEIGHT][WELL_WIDTH]; /* 0: empty, else kind + 1 */
    struct piece piece;
    int next;         /* kind */
    int held;         /* kind, or -1 */
    bool may_hold;    /* once a piece */
    bool over;
    int lines, level; /* level: from 1 */
    long score;
    uint64_t random;
    uint8_t bag[PIECES];
    int bag_left;
};

void game_start(struct game *game, uint64_t seed);
/* Whether the piece covers the cell (x, y) of its box. */
bool piece_has(const struct piece *piece, int x, int y);
/* Each returns whether something changed. */
bool game_move(struct game *game, int by);       /* -1 left, 1 right */
bool game_turn(struct game *game, int by);       /* 1 clockwise, -1 back; pushed away from walls */
bool game_fall(struct game *game); /* a row down; where it cannot, it stays and the next one comes */
void game_drop(struct game *game);               /* all the way */
bool game_hold(struct game *game);               /* puts it aside, or takes what is there */
int game_ghost(const struct game *game);         /* y where the piece would come to rest */
int game_delay_ms(const struct game *game);      /* between two falls of this level */
