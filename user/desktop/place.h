/*
 * Where windows lie: geometry alone, in pixels, without a window or a screen (place.c).
 *
 * `area` is the screen without the panel. `measures` are for a scale.
 */
#pragma once

#include <stdbool.h>

#include "user/draw/rect.h"

struct measures {
    int title;  /* height of a title bar: 34 */
    int edge;   /* width of the line around a window: 1 */
    int grab;   /* how near to an edge a window is taken by it: 8 */
    int button; /* width of a button in the title bar: 32 */
    int step;   /* by keys, and from one new window to the next: 32 */
};
struct measures place_measures(int percent);

/* A window's content by its frame, and back. */
struct rect place_content(struct rect frame, const struct measures *m);
struct rect place_frame(struct rect content, const struct measures *m);

/* ---- what is at a point of a frame ---- */
#define EDGE_LEFT   1u
#define EDGE_RIGHT  2u
#define EDGE_TOP    4u
#define EDGE_BOTTOM 8u
enum part { PART_NONE, PART_CONTENT, PART_TITLE, PART_MINIMISE, PART_MAXIMISE, PART_CLOSE, PART_EDGE };
/* *edges: EDGE_… of PART_EDGE. `fixed`: it cannot be resized. PART_NONE: outside, the grab zone included. */
enum part place_part(struct rect frame, const struct measures *m, int x, int y, bool fixed, unsigned *edges);
/* Of the buttons: where they are. */
struct rect place_button(struct rect frame, const struct measures *m, enum part part);

/* ---- sizes ---- */
struct limits {
    int least_width, least_height, most_width, most_height; /* of the content; most 0: any */
};
/* The frame with its content's size within the limits; `edges`: which sides move, else right and bottom. */
struct rect place_limited(struct rect frame, unsigned edges, const struct limits *limits,
                          const struct measures *m);
/* The frame whose `edges` were moved by (dx, dy). */
struct rect place_resized(struct rect frame, unsigned edges, int dx, int dy, const struct limits *limits,
                          const struct measures *m);
/* So that the title bar can be reached: it is below the area's top, and a part of it is in the area. */
struct rect place_kept(struct rect frame, struct rect area, const struct measures *m);
/* A new window of that size, the number-th (0 …). */
struct rect place_new(struct rect area, int width, int height, unsigned number, const struct measures *m);
/* Of a popup: wholly in `area` where it fits, else at its top left. */
struct rect place_popup(struct rect wanted, struct rect area);

/* ---- halves and quarters ---- */
enum tile { TILE_NONE, TILE_FULL, TILE_LEFT, TILE_RIGHT, TILE_TOP_LEFT, TILE_TOP_RIGHT, TILE_BOTTOM_LEFT,
            TILE_BOTTOM_RIGHT, TILES };
struct rect place_tile(struct rect area, enum tile tile);
/* What a window becomes that is let go with the pointer at (x, y) of the screen. */
enum tile place_snap(struct rect screen, int x, int y, const struct measures *m);
/* And by Super with an arrow, dx or dy being 1 or -1. */
enum tile place_step(enum tile tile, int dx, int dy);
