/* Rectangles and sets of pixels made of them: what is damaged, what is visible. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Half open: from x to x + w - 1. Empty when w or h is not above 0. x + w and y + h fit an int. */
struct rect {
    int x, y, w, h;
};

static inline bool rect_empty(struct rect r)
{
    return r.w <= 0 || r.h <= 0;
}
static inline bool rect_has(struct rect r, int x, int y)
{
    return x >= r.x && y >= r.y && x - r.x < r.w && y - r.y < r.h;
}
struct rect rect_and(struct rect a, struct rect b);   /* what both have */
struct rect rect_cover(struct rect a, struct rect b); /* the least that has both */
bool rect_inside(struct rect inner, struct rect outer);
static inline struct rect rect_moved(struct rect r, int dx, int dy)
{
    return (struct rect){r.x + dx, r.y + dy, r.w, r.h};
}
/* Where it can be moved and made larger without a thought of an int's end. */
#define RECT_FAR (1 << 28)
static inline bool rect_near(struct rect r)
{
    return r.x >= -RECT_FAR && r.y >= -RECT_FAR && r.x + r.w <= RECT_FAR && r.y + r.h <= RECT_FAR;
}
/* Smaller on every side by `by`; larger when it is negative. */
static inline struct rect rect_inset(struct rect r, int by)
{
    return (struct rect){r.x + by, r.y + by, r.w - 2 * by, r.h - 2 * by};
}

/* A set of pixels as rectangles that do not overlap. When it would need more than there is room for, it
   becomes the rectangle that covers all: never less than was added. */
#define REGION_RECTS 64u
struct region {
    size_t count;
    struct rect rects[REGION_RECTS];
};
void region_clear(struct region *region);
void region_add(struct region *region, struct rect r);
/* May leave too much when there is no room to be exact; never too little. */
void region_remove(struct region *region, struct rect r);
void region_and(struct region *region, struct rect r);
void region_add_all(struct region *region, const struct region *other);
struct rect region_bounds(const struct region *region);
long region_pixels(const struct region *region);
