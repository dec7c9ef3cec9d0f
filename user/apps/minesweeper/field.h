/* The field of Minesweeper: its rules, without a screen. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define FIELD_WIDTH_MAX  30
#define FIELD_HEIGHT_MAX 24

enum square_state { SQUARE_COVERED, SQUARE_FLAGGED, SQUARE_OPEN };
struct square {
    bool mine;
    uint8_t state;  /* enum square_state */
    uint8_t around; /* mines in the eight squares around it */
};

enum field_state { FIELD_NEW, FIELD_PLAYED, FIELD_WON, FIELD_LOST };
struct field {
    int width, height, mines;
    enum field_state state;
    int flags, covered;     /* how many there are */
    int burst_x, burst_y;   /* the mine that was opened */
    uint64_t random;
    struct square squares[FIELD_HEIGHT_MAX][FIELD_WIDTH_MAX];
};

/* Sizes are cut to what there is room for, mines to what leaves nine squares free. The same seed and the same
   first square give the same field. */
void field_start(struct field *field, int width, int height, int mines, uint64_t seed);
/* Opens a covered square; with no mine around it its neighbours too. The first one is never a mine, nor are
   its neighbours. On an open square whose mines are all flagged: opens the others around it. Coordinates
   outside do nothing. */
void field_open(struct field *field, int x, int y);
void field_flag(struct field *field, int x, int y); /* or no longer */
