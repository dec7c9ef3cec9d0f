/* Canvases, colours, pictures: see draw.h. Rows are stored eight bytes at a time: that is what both emulators
   and old CPUs do best (no string instructions, no SSE). */
#include "user/draw/draw.h"

#include "user/draw/pixel.h"

/* ---- canvases ------------------------------------------------------------------------------------- */

struct canvas canvas_of(uint32_t *pixels, int width, int height, int stride)
{
    return (struct canvas){pixels, width, height, stride, {0, 0, width, height}};
}

struct canvas canvas_clipped(const struct canvas *canvas, struct rect to)
{
    struct canvas clipped = *canvas;

    clipped.clip = rect_and(canvas->clip, to);
    return clipped;
}

struct canvas canvas_part(const struct canvas *canvas, struct rect at)
{
    struct canvas part = *canvas;
    struct rect seen = rect_and(canvas->clip, at);

    part.clip = rect_empty(seen) || at.x < -RECT_FAR || at.y < -RECT_FAR ? (struct rect){0, 0, 0, 0}
                                                                           : rect_moved(seen, -at.x, -at.y);
    part.pixels = (uint32_t *)((uintptr_t)canvas->pixels
                               + ((intptr_t)at.y * canvas->stride + at.x) * (intptr_t)sizeof(uint32_t));
    part.width = at.w;
    part.height = at.h;
    return part;
}

/* ---- colours -------------------------------------------------------------------------------------- */

colour_t colour_mix(colour_t a, colour_t b, unsigned at)
{
    return pixel_mix(a, b, at);
}

/* ---- rectangles ----------------------------------------------------------------------------------- */

void draw_fill(const struct canvas *canvas, struct rect at, colour_t colour)
{
    struct rect r = rect_and(at, canvas->clip);
    unsigned alpha = colour >> 24;

    if (alpha == 0)
        return;
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *row = pixel_row(canvas, r.x, y);

        if (alpha == 255)
            row_fill(row, r.w, colour);
        else
            row_mix(row, r.w, colour | 0xFF000000, alpha);
    }
}

static uint32_t dithered(const int32_t level[3], int x, int y) /* levels in 4096ths of a step */
{
    int32_t more = pixel_dither(x, y);
    uint32_t pixel = 0xFF;

    for (int i = 0; i < 3; i++)
        pixel = pixel << 8 | (uint32_t)(level[i] + more) >> 12;
    return pixel;
}

void draw_gradient(const struct canvas *canvas, struct rect at, colour_t top, colour_t bottom)
{
    struct rect r = rect_and(at, canvas->clip);

    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *row = pixel_row(canvas, r.x, y);
        int32_t level[3];

        for (int i = 0; i < 3; i++) {
            int32_t from = top >> (16 - 8 * i) & 0xFF, to = bottom >> (16 - 8 * i) & 0xFF;

            level[i] = (from << 12) + (int32_t)((int64_t)((to - from) * 4095) * ((int64_t)y - at.y) /
                                                (at.h > 1 ? at.h - 1 : 1));
        }
        for (int x = 0; x < r.w; x++)
            row[x] = dithered(level, r.x + x, y);
    }
}

/* ---- pictures ------------------------------------------------------------------------------------- */

/* Where the clip of `from`, laid with its (0, 0) at (x, y), meets that of the canvas. */
static struct rect meeting(const struct canvas *canvas, int x, int y, const struct canvas *from)
{
    int64_t far_x = (int64_t)x + from->clip.x, far_y = (int64_t)y + from->clip.y;

    if (far_x < -0x20000000 || far_x > 0x20000000 || far_y < -0x20000000 || far_y > 0x20000000)
        return (struct rect){0, 0, 0, 0};
    return rect_and(rect_moved(from->clip, x, y), canvas->clip);
}

void draw_copy(const struct canvas *canvas, int x, int y, const struct canvas *from)
{
    struct rect r = meeting(canvas, x, y, from);

    for (int line = r.y; line < r.y + r.h; line++)
        row_copy(pixel_row(canvas, r.x, line), pixel_row(from, r.x - x, line - y), r.w);
}

static void row_blend(uint32_t *to, const uint32_t *from, int count)
{
    for (int i = 0; i < count; i++) {
        unsigned alpha = from[i] >> 24;

        if (alpha == 255)
            to[i] = from[i];
        else if (alpha != 0)
            to[i] = pixel_over(to[i], from[i]);
    }
}

void draw_blend(const struct canvas *canvas, int x, int y, const struct canvas *from)
{
    struct rect r = meeting(canvas, x, y, from);

    for (int line = r.y; line < r.y + r.h; line++)
        row_blend(pixel_row(canvas, r.x, line), pixel_row(from, r.x - x, line - y), r.w);
}

void draw_scroll(const struct canvas *canvas, struct rect at, int dx, int dy)
{
    struct rect area = rect_and(at, canvas->clip);

    if (dx > area.w || dx < -area.w || dy > area.h || dy < -area.h)
        return;
    struct rect to = rect_and(rect_moved(area, dx, dy), area);

    for (int i = 0; i < to.h; i++) {
        int y = dy > 0 ? to.y + to.h - 1 - i : to.y + i; /* what is read was not written yet */

        if (dy == 0 && dx > 0)
            row_copy_back(pixel_row(canvas, to.x, y), pixel_row(canvas, to.x - dx, y), to.w);
        else
            row_copy(pixel_row(canvas, to.x, y), pixel_row(canvas, to.x - dx, y - dy), to.w);
    }
}

/* Where a pixel of the larger or smaller picture comes from: [from, to) along one side, and in which steps,
   so that no more than SAMPLES are looked at. */
#define SAMPLES 8
struct reach {
    int from, to, step;
};

/* Number `at` of `count` pixels, of `length`; not outside of [low, end). */
static struct reach reach_of(int64_t at, int count, int length, int low, int end)
{
    int from = (int)(at * length / count), to = (int)((at + 1) * length / count);

    from = from < low ? low : from >= end ? end - 1 : from;
    to = to <= from ? from + 1 : to > end ? end : to;
    return (struct reach){from, to, (to - from + SAMPLES - 1) / SAMPLES};
}

static uint32_t average(const struct canvas *from, const struct reach *across, const struct reach *down)
{
    uint32_t red = 0, green = 0, blue = 0, count = 0;

    for (int y = down->from; y < down->to; y += down->step) {
        const uint32_t *row = pixel_row(from, 0, y);

        for (int x = across->from; x < across->to; x += across->step, count++) {
            red += row[x] >> 16 & 0xFF;
            green += row[x] >> 8 & 0xFF;
            blue += row[x] & 0xFF;
        }
    }
    return 0xFF000000 | red / count << 16 | green / count << 8 | blue / count;
}

void draw_scaled(const struct canvas *canvas, struct rect at, const struct canvas *from)
{
    struct rect r = rect_and(at, canvas->clip), source = from->clip;

    if (rect_empty(source))
        return;
    for (int y = r.y; y < r.y + r.h; y++) {
        uint32_t *row = pixel_row(canvas, r.x, y);
        struct reach down = reach_of((int64_t)y - at.y, at.h, from->height, source.y, source.y + source.h);

        for (int x = 0; x < r.w; x++) {
            struct reach across = reach_of((int64_t)r.x + x - at.x, at.w, from->width, source.x,
                                           source.x + source.w);

            row[x] = average(from, &across, &down);
        }
    }
}
