/* A curve of the last minute, smooth and antialiased, over a faint grid. */
#pragma once

#include "user/draw/draw.h"

#define GRAPH_POINTS 64u

struct graph {
    uint32_t values[GRAPH_POINTS]; /* the oldest first */
    unsigned count, points;        /* there are, and fit in the width: the newest is at the right edge */
    uint32_t top;                  /* what reaches the upper edge; not 0 */
    colour_t line, grid;
    int width;                     /* of the line, 256ths of a pixel */
};

/* Within `at`, on what is there. Nothing is drawn outside, the line goes not beyond its points' values. */
void graph_draw(const struct canvas *canvas, struct rect at, const struct graph *graph);
