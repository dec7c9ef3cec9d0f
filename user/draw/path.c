/*
 * Paths: see draw.h. A path is kept as straight lines in 256ths of a pixel; curves are cut into them. Filling
 * goes row by row with exact areas: each line adds, to the cells that it crosses, how much of the cell's
 * height it covers and how much area lies to its right; the sum along the row is the coverage (as FreeType's
 * "smooth" rasteriser and font-rs do). Even-odd: the sum is folded into 0 … 1.
 */
#include "user/draw/draw.h"

#include <stdlib.h>
#include <string.h>

#include "user/draw/pixel.h"

#define LINES_MAX  8192u
#define ONE        256
#define FAR        (1 << 22) /* coordinates are cut to this: no product of two overflows */

struct line {
    int x0, y0, x1, y1;
};

struct path {
    struct line *lines;
    size_t count, room;
    int x, y, start_x, start_y; /* where the pen is; where this part began */
    bool lost;                  /* it grew beyond its memory */
};

struct path *path_start(void)
{
    return calloc(1, sizeof(struct path));
}

void path_end(struct path *path)
{
    if (path)
        free(path->lines);
    free(path);
}

static int cut(int value)
{
    return value < -FAR ? -FAR : value > FAR ? FAR : value;
}

static void add_line(struct path *path, int x0, int y0, int x1, int y1)
{
    if (path->count == path->room) {
        size_t room = path->room ? path->room * 2 : 64;
        struct line *lines = room > LINES_MAX ? NULL : realloc(path->lines, room * sizeof(*lines));

        if (!lines) {
            path->lost = true;
            return;
        }
        path->lines = lines;
        path->room = room;
    }
    path->lines[path->count++] = (struct line){x0, y0, x1, y1};
}

void path_move(struct path *path, int x, int y)
{
    if (!path)
        return;
    path->x = path->start_x = cut(x);
    path->y = path->start_y = cut(y);
}

void path_line(struct path *path, int x, int y)
{
    if (!path)
        return;
    add_line(path, path->x, path->y, cut(x), cut(y));
    path->x = cut(x);
    path->y = cut(y);
}

void path_close(struct path *path)
{
    if (path && (path->x != path->start_x || path->y != path->start_y))
        path_line(path, path->start_x, path->start_y);
}

static int distance(int a, int b)
{
    return a < b ? b - a : a - b;
}

/* As many lines as its length wants, at most 64. */
void path_curve(struct path *path, int x1, int y1, int x2, int y2, int x, int y)
{
    if (!path)
        return;
    int64_t px[4] = {path->x, cut(x1), cut(x2), cut(x)}, py[4] = {path->y, cut(y1), cut(y2), cut(y)};
    int length = 0;

    for (int i = 0; i < 3; i++)
        length += distance((int)px[i], (int)px[i + 1]) + distance((int)py[i], (int)py[i + 1]);
    int steps = 4 + length / (3 * ONE);

    steps = steps > 64 ? 64 : steps;
    for (int i = 1; i <= steps; i++) {
        int64_t t = i, u = steps - i, all = (int64_t)steps * steps * steps;

        path_line(
            path,
            (int)((u * u * u * px[0] + 3 * u * u * t * px[1] + 3 * u * t * t * px[2] + t * t * t * px[3]) /
                  all),
            (int)((u * u * u * py[0] + 3 * u * u * t * py[1] + 3 * u * t * t * py[2] + t * t * t * py[3]) /
                  all));
    }
}

/* ---- filling -------------------------------------------------------------------------------------- */

struct row {
    int first, width, y; /* cells first … first + width - 1, of the row y */
    int *cover, *area;   /* for each cell and one more: height that is crossed; twice the area left of it */
};

/* The part of a line within one cell's column: from (x0, y0) to (x1, y1), relative to cell and row. */
static void add_cell(struct row *row, int cell, int x0, int y0, int x1, int y1)
{
    int height = y1 - y0;

    cell -= row->first;
    if (cell >= row->width)
        return; /* all to the right of what is seen */
    if (cell < 0) { /* to the left: it covers whole cells */
        row->cover[0] += height;
        return;
    }
    row->cover[cell] += height;
    row->area[cell] += height * (x0 + x1);
}

static int floor_cell(int x)
{
    return x >> 8;
}

/* A line within the row, split at the borders of the cells. */
static void add_span(struct row *row, int x0, int y0, int x1, int y1)
{
    int step = x1 > x0 ? 1 : -1, cell = floor_cell(x0), last = floor_cell(x1);
    int64_t run = x1 - x0, rise = y1 - y0;
    int x = x0, y = y0;

    if (step < 0 && x0 == cell * ONE && cell != last) /* it stands on a border and goes left */
        cell--;
    int low = row->first - 1, high = row->first + row->width;

    if ((cell < low && last < low) || (cell > high && last > high)) {
        add_cell(row, cell, 0, y0, 0, y1);
        return;
    }
    while (cell != last) {
        int border = (step > 0 ? cell + 1 : cell) * ONE, at = y0 + (int)(rise * (border - x0) / run);

        add_cell(row, cell, x - cell * ONE, y, border - cell * ONE, at);
        x = border;
        y = at;
        cell += step;
    }
    add_cell(row, cell, x - cell * ONE, y, x1 - cell * ONE, y1);
}

static void add_to_row(struct row *row, const struct line *line)
{
    int top = row->y * ONE, bottom = top + ONE;
    int x0 = line->x0, y0 = line->y0, x1 = line->x1, y1 = line->y1;
    int64_t run = line->x1 - line->x0, rise = line->y1 - line->y0;

    if (rise == 0 || (y0 <= top && y1 <= top) || (y0 >= bottom && y1 >= bottom))
        return;
    int first = y0 < top ? top : y0 > bottom ? bottom : y0, last = y1 < top ? top : y1 > bottom ? bottom : y1;

    if (first != y0)
        x0 = line->x0 + (int)(run * (first - line->y0) / rise);
    if (last != y1)
        x1 = line->x0 + (int)(run * (last - line->y0) / rise);
    add_span(row, x0, first - top, x1, last - top);
}

/* Of the sum of areas, a whole cell being 2 * ONE * ONE: 0 to 255, folded for even-odd. */
static unsigned fold(uint32_t sum)
{
    uint32_t value = sum % (4 * ONE * ONE); /* of a negative one the same, seen from the other end */

    if (value > 2 * ONE * ONE)
        value = 4 * ONE * ONE - value;
    return value * 255 / (2 * ONE * ONE);
}

static void paint_row(const struct canvas *canvas, const struct row *row, colour_t colour)
{
    uint32_t *pixel = pixel_row(canvas, row->first, row->y);
    int cover = 0;

    for (int i = 0; i < row->width; i++) {
        unsigned alpha = fold(2u * ONE * (uint32_t)(cover + row->cover[i]) - (uint32_t)row->area[i]);

        cover += row->cover[i];
        alpha = alpha * (colour >> 24) / 255;
        if (alpha)
            pixel[i] = pixel_mix(pixel[i], colour | 0xFF000000, alpha);
    }
}

static struct rect bounds(const struct path *path)
{
    int left = FAR, top = FAR, right = -FAR, bottom = -FAR;

    for (size_t i = 0; i < path->count; i++) {
        const struct line *line = &path->lines[i];

        left = line->x0 < left ? line->x0 : left;
        left = line->x1 < left ? line->x1 : left;
        right = line->x0 > right ? line->x0 : right;
        right = line->x1 > right ? line->x1 : right;
        top = line->y0 < top ? line->y0 : top;
        top = line->y1 < top ? line->y1 : top;
        bottom = line->y0 > bottom ? line->y0 : bottom;
        bottom = line->y1 > bottom ? line->y1 : bottom;
    }
    left = floor_cell(left);
    top = floor_cell(top);
    return (struct rect){left, top, floor_cell(right) + 1 - left, floor_cell(bottom) + 1 - top};
}

/* Without memory nothing is drawn. */
void path_fill(const struct canvas *canvas, const struct path *path, colour_t colour)
{
    if (!path || path->lost || path->count == 0)
        return;
    struct rect at = rect_and(bounds(path), canvas->clip);
    size_t bytes = 2 * sizeof(int) * ((size_t)at.w + 2);
    int *cells = rect_empty(at) ? NULL : malloc(bytes);

    for (int y = at.y; cells && y < at.y + at.h; y++) {
        struct row row = {at.x, at.w, y, cells, cells + at.w + 2};

        memset(cells, 0, bytes);
        for (size_t i = 0; i < path->count; i++)
            add_to_row(&row, &path->lines[i]);
        paint_row(canvas, &row, colour);
    }
    free(cells);
}

/* ---- strokes ---------------------------------------------------------------------------------------- */
/* Each line is a band with round ends. Their union is wanted, where even-odd would leave holes: a pixel is
   covered by the band that covers most of it, by the distance of the pixel's middle from the line. */

static int64_t squared_distance(const struct line *line, int x, int y)
{
    int64_t run = line->x1 - line->x0, rise = line->y1 - line->y0, length = run * run + rise * rise;
    int64_t along = length ? ((x - line->x0) * run + (y - line->y0) * rise) : 0;
    int64_t near_x = line->x0, near_y = line->y0;

    if (length && along >= length) {
        near_x = line->x1;
        near_y = line->y1;
    } else if (length && along > 0) {
        int64_t part = (along << 15) / length; /* 2^47 at most, so that this fits */

        near_x += run * part >> 15;
        near_y += rise * part >> 15;
    }
    return (x - near_x) * (x - near_x) + (y - near_y) * (y - near_y);
}

/* Strips of a stroke's picture: how much of each pixel it covers. */
#define STRIP_ROWS 32

struct strip {
    struct rect at;
    uint8_t *alpha; /* at.w × at.h */
};

/* How much of the pixel the band along the line covers. */
static unsigned band_alpha(const struct line *line, int x, int y, int half)
{
    int64_t reach = half + ONE / 2, far = squared_distance(line, x * ONE + ONE / 2, y * ONE + ONE / 2);

    if (far >= reach * reach)
        return 0;
    if (half >= ONE / 2 && far <= (int64_t)(half - ONE / 2) * (half - ONE / 2))
        return 255;
    int inside = (int)(reach - square_root((uint64_t)far));

    return inside >= ONE ? 255 : (unsigned)inside * 255 / ONE;
}

static void add_band(struct strip *strip, const struct line *line, int half)
{
    int left = line->x0 < line->x1 ? line->x0 : line->x1, right = line->x0 + line->x1 - left;
    int top = line->y0 < line->y1 ? line->y0 : line->y1, bottom = line->y0 + line->y1 - top;
    int reach = half + ONE;
    struct rect around = {floor_cell(left - reach), floor_cell(top - reach), 0, 0};

    around.w = floor_cell(right + reach) + 1 - around.x;
    around.h = floor_cell(bottom + reach) + 1 - around.y;
    struct rect part = rect_and(around, strip->at);

    for (int y = part.y; y < part.y + part.h; y++) {
        uint8_t *row = strip->alpha + (ptrdiff_t)(y - strip->at.y) * strip->at.w;

        for (int x = part.x; x < part.x + part.w; x++) {
            unsigned alpha = row[x - strip->at.x] == 255 ? 0 : band_alpha(line, x, y, half);

            if (alpha > row[x - strip->at.x])
                row[x - strip->at.x] = (uint8_t)alpha;
        }
    }
}

static void paint_strip(const struct canvas *canvas, const struct strip *strip, colour_t colour)
{
    const uint8_t *alpha = strip->alpha;

    for (int y = strip->at.y; y < strip->at.y + strip->at.h; y++) {
        uint32_t *pixel = pixel_row(canvas, strip->at.x, y);

        for (int i = 0; i < strip->at.w; i++, alpha++)
            if (*alpha)
                pixel[i] = pixel_mix(pixel[i], colour | 0xFF000000, *alpha * (colour >> 24) / 255);
    }
}

/* Without memory nothing is drawn. */
void path_stroke(const struct canvas *canvas, const struct path *path, int width, colour_t colour)
{
    if (!path || path->lost || path->count == 0 || width <= 0)
        return;
    int half = cut(width) / 2;
    struct rect at = rect_and(rect_inset(bounds(path), -(half / ONE + 2)), canvas->clip);
    struct strip strip = {at, rect_empty(at) ? NULL : malloc((size_t)at.w * STRIP_ROWS)};

    for (int y = at.y; strip.alpha && y < at.y + at.h; y += STRIP_ROWS) {
        strip.at = rect_and(at, (struct rect){at.x, y, at.w, STRIP_ROWS});
        memset(strip.alpha, 0, (size_t)at.w * STRIP_ROWS);
        for (size_t i = 0; i < path->count; i++)
            add_band(&strip, &path->lines[i], half);
        paint_strip(canvas, &strip, colour);
    }
    free(strip.alpha);
}

/* Of a pixel, in 256ths. */
static int middle(int pixel)
{
    int most = FAR / ONE - 1;

    return (pixel < -most ? -most : pixel > most ? most : pixel) * ONE + ONE / 2;
}

void draw_line(const struct canvas *canvas, int x0, int y0, int x1, int y1, int width, colour_t colour)
{
    struct line line = {middle(x0), middle(y0), middle(x1), middle(y1)};
    struct path path = {.lines = &line, .count = 1, .room = 1};

    path_stroke(canvas, &path, (width > 1000 ? 1000 : width < 0 ? 0 : width) * ONE, colour);
}
