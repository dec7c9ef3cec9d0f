/*
 * See view.h. Drawing goes over the pixels of the screen, and looks for each at the pixels of the picture
 * that it covers: one when the picture is larger than life, the mean of all when it is smaller. Columns'
 * places are computed once for all rows.
 */
#include "user/apps/viewer/view.h"

#include <stdlib.h>
#include <string.h>

#define SQUARE 8

/* ---- geometry ------------------------------------------------------------------------------------------ */

static void turned_size(const struct view *view, int64_t *width, int64_t *height)
{
    *width = view->turns % 2 ? view->image->height : view->image->width;
    *height = view->turns % 2 ? view->image->width : view->image->height;
}

void view_size(const struct view *view, int64_t *width, int64_t *height)
{
    *width = *height = 0;
    if (!view->image)
        return;
    turned_size(view, width, height);
    *width = (*width * view->zoom + ZOOM_ONE / 2) / ZOOM_ONE;
    *height = (*height * view->zoom + ZOOM_ONE / 2) / ZOOM_ONE;
    *width = *width < 1 ? 1 : *width;
    *height = *height < 1 ? 1 : *height;
}

/* In the middle where there is room; else without a gap at any side. */
static int64_t held(int64_t at, int64_t size, int64_t room)
{
    if (size <= room)
        return (room - size) / 2;
    return at > 0 ? 0 : at < room - size ? room - size : at;
}

static void hold(struct view *view)
{
    int64_t width, height;

    view_size(view, &width, &height);
    view->x = held(view->x, width, view->width);
    view->y = held(view->y, height, view->height);
}

static int64_t bound_zoom(int64_t zoom)
{
    return zoom < ZOOM_LEAST ? ZOOM_LEAST : zoom > ZOOM_MOST ? ZOOM_MOST : zoom;
}

void view_fit(struct view *view)
{
    int64_t width, height, across, down;

    view->fit = true;
    if (!view->image || view->width < 1 || view->height < 1)
        return;
    turned_size(view, &width, &height);
    across = view->width * (int64_t)ZOOM_ONE / width;
    down = view->height * (int64_t)ZOOM_ONE / height;
    view->zoom = across < down ? across : down;
    if (view->zoom > (int64_t)ZOOM_ONE * view->image->reduced)
        view->zoom = (int64_t)ZOOM_ONE * view->image->reduced;
    if (view->zoom < 1)
        view->zoom = 1;
    hold(view);
}

void view_show(struct view *view, const struct image *image)
{
    view->image = image;
    view->turns = 0;
    view->zoom = ZOOM_ONE;
    view->x = view->y = 0;
    view_fit(view);
}

void view_resize(struct view *view, int width, int height)
{
    view->width = width;
    view->height = height;
    if (view->fit)
        view_fit(view);
    else
        hold(view);
}

static void zoom_to(struct view *view, int64_t zoom, int x, int y)
{
    int64_t before = view->zoom;

    zoom = bound_zoom(zoom);
    view->fit = false;
    if (!view->image || zoom == before)
        return;
    view->x = x - (x - view->x) * zoom / before;
    view->y = y - (y - view->y) * zoom / before;
    view->zoom = zoom;
    hold(view);
}

/* It stops at life size on its way. */
void view_zoom(struct view *view, int up, int down, int x, int y)
{
    int64_t zoom = view->zoom * up / down,
            one = view->image ? (int64_t)ZOOM_ONE * view->image->reduced : ZOOM_ONE;

    if ((view->zoom < one && zoom > one) || (view->zoom > one && zoom < one))
        zoom = one;
    zoom_to(view, zoom, x, y);
}

void view_zoom_one(struct view *view, int x, int y)
{
    if (view->image)
        zoom_to(view, (int64_t)ZOOM_ONE * view->image->reduced, x, y);
}

void view_move(struct view *view, int dx, int dy)
{
    view->x += dx;
    view->y += dy;
    hold(view);
}

void view_turn(struct view *view, int quarters)
{
    view->turns = (view->turns + (unsigned)(quarters + 4)) % 4;
    if (view->fit)
        view_fit(view);
    else
        hold(view);
}

int view_percent(const struct view *view)
{
    return view->image ? (int)((view->zoom * 100 / view->image->reduced + ZOOM_ONE / 2) / ZOOM_ONE) : 100;
}

bool view_can_move(const struct view *view)
{
    int64_t width, height;

    view_size(view, &width, &height);
    return width > view->width || height > view->height;
}

/* ---- drawing ------------------------------------------------------------------------------------------- */

/* The picture's pixels from..to - 1, along one of its sides, that a pixel of the screen covers. */
struct span {
    uint32_t from, to;
};

/* `which`th of `count` parts of `size` pixels, counted from the end when `back`. */
static struct span span_of(int64_t which, int64_t count, uint32_t size, bool back)
{
    if (back)
        which = count - 1 - which;
    struct span span = {(uint32_t)(which * size / count), (uint32_t)((which + 1) * size / count)};

    if (span.from >= size)
        span.from = size - 1;
    if (span.to <= span.from)
        span.to = span.from + 1;
    return span;
}

static uint32_t mean(const struct image *image, struct span across, struct span down)
{
    uint64_t even = 0, odd = 0;
    uint32_t count = (across.to - across.from) * (down.to - down.from);

    if (count == 1)
        return image->pixels[(size_t)down.from * image->width + across.from];
    for (uint32_t y = down.from; y < down.to; y++) {
        const uint32_t *row = image->pixels + (size_t)y * image->width;

        for (uint32_t x = across.from; x < across.to;
             x++) { /* two sums of 32 bits in each: up to 2^24 pixels */
            even += (uint64_t)(row[x] >> 16 & 0xFF) << 32 | (row[x] & 0xFF);
            odd += (uint64_t)(row[x] >> 24) << 32 | (row[x] >> 8 & 0xFF);
        }
    }
    return (uint32_t)(odd >> 32) / count << 24 | (uint32_t)(even >> 32) / count << 16 |
           (uint32_t)odd / count << 8 | (uint32_t)even / count;
}

static uint32_t over(uint32_t pixel, colour_t under)
{
    uint32_t alpha = pixel >> 24, rest = 255 - alpha, made = 0xFF000000;

    if (alpha == 255)
        return pixel;
    for (int shift = 0; shift < 24; shift += 8) {
        uint32_t part = (pixel >> shift & 255) + ((under >> shift & 255) * rest + 127) / 255;

        made |= (part > 255 ? 255 : part) << shift;
    }
    return made;
}

struct drawing {
    const struct view *view;
    const struct canvas *canvas;
    int64_t width, height; /* of the picture on the screen */
    struct rect at;        /* what of it is to be drawn */
    struct span *across;   /* for each column of `at` */
    colour_t light, dark;
};

/* Turned by 1 quarter, the picture's rows run down the screen from right to left; by 3, from left to right.
 */
static void draw_row(const struct drawing *drawing, int y)
{
    const struct view *view = drawing->view;
    const struct image *image = view->image;
    bool sideways = view->turns % 2;
    struct span down = span_of(y - view->y, drawing->height, sideways ? image->width : image->height,
                               view->turns == 2 || view->turns == 3);
    uint32_t *to = drawing->canvas->pixels + (ptrdiff_t)y * drawing->canvas->stride + drawing->at.x;

    for (int i = 0; i < drawing->at.w; i++) {
        struct span across = drawing->across[i];
        uint32_t pixel = sideways ? mean(image, down, across) : mean(image, across, down);
        bool light = ((drawing->at.x + i) / SQUARE + y / SQUARE) % 2;

        to[i] = over(pixel, light ? drawing->light : drawing->dark);
    }
}

static void find_columns(struct drawing *drawing)
{
    const struct view *view = drawing->view;
    uint32_t size = view->turns % 2 ? view->image->height : view->image->width;

    for (int i = 0; i < drawing->at.w; i++)
        drawing->across[i] = span_of(drawing->at.x + i - view->x, drawing->width, size,
                                     view->turns == 1 || view->turns == 2);
}

static struct rect picture_rect(const struct view *view, int64_t width, int64_t height)
{
    int64_t left = view->x < 0 ? 0 : view->x, top = view->y < 0 ? 0 : view->y;
    int64_t right = view->x + width > view->width ? view->width : view->x + width;
    int64_t bottom = view->y + height > view->height ? view->height : view->y + height;

    return (struct rect){(int)left, (int)top, (int)(right - left), (int)(bottom - top)};
}

static void fill_around(const struct canvas *canvas, struct rect all, struct rect at, colour_t back)
{
    draw_fill(canvas, (struct rect){all.x, all.y, all.w, at.y - all.y}, back);
    draw_fill(canvas, (struct rect){all.x, at.y + at.h, all.w, all.h - (at.y + at.h)}, back);
    draw_fill(canvas, (struct rect){all.x, at.y, at.x - all.x, at.h}, back);
    draw_fill(canvas, (struct rect){at.x + at.w, at.y, all.w - (at.x + at.w), at.h}, back);
}

void view_paint(const struct view *view, const struct canvas *canvas, colour_t back, colour_t light,
                colour_t dark)
{
    struct drawing drawing = {.view = view, .canvas = canvas, .light = light, .dark = dark};
    struct rect all = {0, 0, view->width, view->height};

    view_size(view, &drawing.width, &drawing.height);
    if (view->image) {
        struct rect whole = picture_rect(view, drawing.width, drawing.height);

        fill_around(canvas, all, whole, back);
        drawing.at = rect_and(whole, canvas->clip);
        drawing.across =
            rect_empty(drawing.at) ? NULL : malloc((size_t)drawing.at.w * sizeof(*drawing.across));
    }
    if (!drawing.across) {
        if (!view->image)
            draw_fill(canvas, all, back);
        return;
    }
    find_columns(&drawing);
    for (int y = drawing.at.y; y < drawing.at.y + drawing.at.h; y++)
        draw_row(&drawing, y);
    free(drawing.across);
}
