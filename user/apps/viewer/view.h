/*
 * How a picture lies in its window: zoom, place, quarter turns; and the drawing of it. No window here.
 *
 *     view_fit(&view, width, height) or view_zoom(&view, 5, 4, x, y), view_move(&view, dx, dy)
 *     view_paint(&view, &canvas, theme colours)
 */
#pragma once

#include "user/apps/viewer/image.h"
#include "user/draw/draw.h"

#define ZOOM_ONE   65536 /* a pixel of the picture is one of the screen */
#define ZOOM_LEAST (ZOOM_ONE / 64)
#define ZOOM_MOST  (ZOOM_ONE * 32)

struct view {
    const struct image *image;
    int width, height; /* of the window's part, pixels */
    int64_t zoom;      /* 65,536ths */
    int64_t x, y;      /* of the picture's corner, in the window's pixels */
    unsigned turns;    /* quarters to the right: 0 to 3 */
    bool fit;          /* as large as the window, but not larger than it is */
};

void view_show(struct view *view, const struct image *image); /* from now on this one, fitted; NULL: none */
void view_resize(struct view *view, int width, int height);
void view_fit(struct view *view);
/* Times up/down, with the window's point (x, y) staying where it is in the picture. */
void view_zoom(struct view *view, int up, int down, int x, int y);
void view_zoom_one(struct view *view, int x, int y);
void view_move(struct view *view, int dx, int dy);
void view_turn(struct view *view, int quarters);
/* The picture's size on the screen. */
void view_size(const struct view *view, int64_t *width, int64_t *height);
int view_percent(const struct view *view); /* of the file's own size */
bool view_can_move(const struct view *view);
/* `back` around it; where it is not opaque, squares of the other two. */
void view_paint(const struct view *view, const struct canvas *canvas, colour_t back, colour_t light,
                colour_t dark);
