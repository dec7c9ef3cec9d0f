/*
 * From things that lie one over the other to pixels on the screen.
 *
 *     compose_start(&info, pixels)
 *     compose_damage(rect) …                   what changed since the last frame
 *     compose_frame(items, count)              the first lies on top; the last covers the screen
 *     compose_pointer(shape, percent), compose_move(x, y)
 *                                              the pointer: its two boxes are written, nothing is composed
 *
 * The picture is put together in memory, from the damage alone: from the front each item takes what it covers
 * from what is left for those behind it, then they are painted from the back. So a pixel is painted once,
 * but under shadows, round corners and what has alpha. Then the damage goes to the screen, with the pointer.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "lib/abi/screen.h"
#include "user/draw/draw.h"
#include "user/draw/icon.h"

struct piece {
    struct rect at;         /* on the screen */
    struct canvas picture;  /* its (0, 0) at the corner of `at`; without pixels: `colour` */
    bool alpha;             /* mixed, not stored … */
    const struct region *opaque; /* … but for this part of the picture; NULL: none */
    colour_t colour;
};

#define ITEM_PIECES 4
struct item {
    struct rect box;        /* where its pieces lie, inside */
    struct piece pieces[ITEM_PIECES];
    unsigned piece_count;
    int radius;             /* of the round corners of box; 0: none */
    int border;             /* width of the line around, inside of box */
    colour_t border_colour;
    int shadow;             /* spread; 0: none */
    unsigned shadow_alpha;
    int shadow_radius;      /* where radius is 0 but the pieces have round corners of their own */
    unsigned fade;          /* 0: as it is, to 255: towards fade_colour */
    colour_t fade_colour;
};

int compose_start(const struct abi_screen *info, uint8_t *pixels);
void compose_end(void);
struct rect compose_box(void); /* the screen */

void compose_damage(struct rect r);
bool compose_needed(void); /* something changed */
/* All that an item touches, with its shadow: what is damaged when it comes or goes. */
struct rect compose_extent(const struct item *item);
void compose_frame(const struct item *items, unsigned count);
/* The picture as it was composed last, without the pointer. */
const struct canvas *compose_picture(void);

/* POINTER_NONE: not seen. */
void compose_pointer(enum pointer shape, int percent);
void compose_move(int x, int y);

/* The screen shows a part of the picture enlarged, percent (MAGNIFY_LEAST to MAGNIFY_MOST); 0: all of it. The
   part follows the pointer; a frame is needed then for each of its moves. Without memory it is 0. */
void compose_magnify(int percent);
/* The part has this box, too, until the pointer moves. */
void compose_show(struct rect box);

struct compose_counts {
    uint64_t frames, composed; /* pixels painted in memory */
};
struct compose_counts compose_counts(void);
