/* Rounded shapes and shadows: see draw.h. How much of a corner's pixel a circle covers comes from the
   distance of the pixel's middle, which is exact enough for what radii there are. */
#include "user/draw/draw.h"

#include "user/draw/pixel.h"

#define RADIUS_MAX 4096

/* From a circle's middle to the middle of the pixel `across` to its side and `down` below: 256ths. */
static int distance(int across, int down)
{
    uint64_t x = 2 * (uint64_t)across + 1, y = 2 * (uint64_t)down + 1;

    return (int)square_root((x * x + y * y) << 14);
}

/* 0 to 255: how much of that pixel a circle of this radius has. Most are all inside or all outside. */
static unsigned coverage(int radius, int across, int down)
{
    int64_t x = 2 * (int64_t)across + 1, y = 2 * (int64_t)down + 1, squared = x * x + y * y;
    int64_t least = 2 * radius - 1, most = 2 * radius + 1;

    if (squared >= most * most || (radius > 0 && squared <= least * least))
        return squared >= most * most ? 0 : 255;
    int inside = radius * 256 + 128 - distance(across, down);

    return inside <= 0 ? 0 : inside >= 256 ? 255 : (unsigned)inside * 255 / 256;
}

struct corner {
    int radius, inner; /* inner: of what is left free, -1: nothing is */
    colour_t colour;
};

static unsigned corner_alpha(const struct corner *corner, int across, int down)
{
    unsigned outer = coverage(corner->radius, across, down);
    unsigned inner = corner->inner >= 0 ? coverage(corner->inner, across, down) : 0;

    return (outer - (inner < outer ? inner : outer)) * (corner->colour >> 24) / 255;
}

/* The corner's square has its middle's pixel nearest at (x, y) and goes on by (step_x, step_y). */
static void draw_corner(const struct canvas *canvas, const struct corner *corner, int x, int y, int step_x,
                        int step_y)
{
    int size = corner->radius;
    struct rect square = {step_x < 0 ? x - size + 1 : x, step_y < 0 ? y - size + 1 : y, size, size};
    struct rect seen = rect_and(square, canvas->clip);

    for (int at_y = seen.y; at_y < seen.y + seen.h; at_y++) {
        uint32_t *pixel = pixel_row(canvas, seen.x, at_y);

        for (int at_x = seen.x; at_x < seen.x + seen.w; at_x++, pixel++) {
            unsigned alpha = corner_alpha(corner, (at_x - x) * step_x, (at_y - y) * step_y);

            if (alpha != 0)
                *pixel = pixel_mix(*pixel, corner->colour | 0xFF000000, alpha);
        }
    }
}

static void draw_corners(const struct canvas *canvas, const struct corner *corner, struct rect at,
                         unsigned corners)
{
    int radius = corner->radius, right = at.x + at.w - radius, bottom = at.y + at.h - radius;

    if (corners & 1)
        draw_corner(canvas, corner, at.x + radius - 1, at.y + radius - 1, -1, -1);
    if (corners & 2)
        draw_corner(canvas, corner, right, at.y + radius - 1, 1, -1);
    if (corners & 4)
        draw_corner(canvas, corner, at.x + radius - 1, bottom, -1, 1);
    if (corners & 8)
        draw_corner(canvas, corner, right, bottom, 1, 1);
}

static int fitting_radius(struct rect at, int radius)
{
    int most = (at.w < at.h ? at.w : at.h) / 2;

    return radius < 0 ? 0 : radius > most ? most : radius > RADIUS_MAX ? RADIUS_MAX : radius;
}

/* A strip `height` high at y, short by the radius where its corners are round. */
static void draw_strip(const struct canvas *canvas, struct rect at, int y, int radius, unsigned left,
                       unsigned right, colour_t colour)
{
    int from = left ? radius : 0, to = right ? radius : 0;

    draw_fill(canvas, (struct rect){at.x + from, y, at.w - from - to, radius}, colour);
}

void draw_round(const struct canvas *canvas, struct rect at, int radius, unsigned corners, colour_t colour)
{
    if (rect_empty(at) || !rect_near(at))
        return;
    struct corner corner = {fitting_radius(at, radius), -1, colour};
    int r = corner.radius;

    draw_strip(canvas, at, at.y, r, corners & 1, corners & 2, colour);
    draw_fill(canvas, (struct rect){at.x, at.y + r, at.w, at.h - 2 * r}, colour);
    draw_strip(canvas, at, at.y + at.h - r, r, corners & 4, corners & 8, colour);
    draw_corners(canvas, &corner, at, corners);
}

void draw_round_border(const struct canvas *canvas, struct rect at, int radius, unsigned corners, int width,
                       colour_t colour)
{
    if (rect_empty(at) || !rect_near(at) || width <= 0 || width > at.w || width > at.h)
        return;
    int r = fitting_radius(at, radius), inner = r > width ? r - width : 0;
    struct corner corner = {r, inner, colour};
    int top_left = corners & 1 ? r : 0, top_right = corners & 2 ? r : 0;
    int bottom_left = corners & 4 ? r : 0, bottom_right = corners & 8 ? r : 0, bottom = at.y + at.h;
    int left_from = top_left ? r : width, left_to = bottom_left ? r : width;
    int right_from = top_right ? r : width, right_to = bottom_right ? r : width;

    draw_fill(canvas, (struct rect){at.x + top_left, at.y, at.w - top_left - top_right, width}, colour);
    draw_fill(canvas,
              (struct rect){at.x + bottom_left, bottom - width, at.w - bottom_left - bottom_right, width},
              colour);
    draw_fill(canvas, (struct rect){at.x, at.y + left_from, width, at.h - left_from - left_to}, colour);
    draw_fill(canvas,
              (struct rect){at.x + at.w - width, at.y + right_from, width, at.h - right_from - right_to},
              colour);
    draw_corners(canvas, &corner, at, corners);
}

void draw_circle(const struct canvas *canvas, int centre_x, int centre_y, int radius, colour_t colour)
{
    struct rect middle = {centre_x, centre_y, 0, 0};

    if (radius > 0 && radius <= RADIUS_MAX && rect_near(middle))
        draw_round(canvas, (struct rect){centre_x - radius, centre_y - radius, 2 * radius, 2 * radius},
                   radius, CORNERS_ALL, colour);
}

/* ---- shadows -------------------------------------------------------------------------------------- */

struct shadow {
    struct rect at;   /* what casts it */
    struct rect core; /* the same, moved, without its rounding */
    int radius, spread;
    unsigned alpha;
    bool kept; /* its falloff */
};

static int beyond(int value, int low, int end)
{
    return value < low ? low - value - 1 : value >= end ? value - end : -1;
}

/* It is soft on both sides of the edge: full (256) at half the spread within, from there it falls off.
   `across`, `down`: how far beyond the core, -1: not. */
static unsigned falloff(int radius, int spread, int across, int down)
{
    int far = across < 0 ? down * 256 + 128 : down < 0 ? across * 256 + 128 : distance(across, down);
    int whole = spread * 384, left = spread * 256 - (far - radius * 256);

    if (left <= 0)
        return 0;
    return left >= whole ? 256 : (unsigned)(left * 2 / (spread * 3));
}

/* The last shadow's falloff, which the next mostly has too: a pixel costs no root and no division then. */
#define FALLOFF_REACH 100
static struct {
    int radius, spread;
    uint16_t at[FALLOFF_REACH + 1][FALLOFF_REACH + 1]; /* [down + 1][across + 1] */
} kept;

static bool keep_falloff(int radius, int spread)
{
    int reach = radius + spread;

    if (reach >= FALLOFF_REACH || (kept.radius == radius && kept.spread == spread))
        return reach < FALLOFF_REACH;
    for (int down = -1; down < reach; down++) {
        for (int across = -1; across < reach; across++)
            kept.at[down + 1][across + 1] = (uint16_t)falloff(radius, spread, across, down);
    }
    kept.radius = radius;
    kept.spread = spread;
    return true;
}

static unsigned shadow_alpha(const struct shadow *shadow, int x, int y)
{
    int across = beyond(x, shadow->core.x, shadow->core.x + shadow->core.w);
    int down = beyond(y, shadow->core.y, shadow->core.y + shadow->core.h);
    int reach = shadow->radius + shadow->spread;
    unsigned part;

    if (across >= reach || down >= reach)
        return 0;
    part = shadow->kept ? kept.at[down + 1][across + 1]
                        : falloff(shadow->radius, shadow->spread, across, down);
    return shadow->alpha * part / 256 * part / 256;
}

/* What of the pixel is not hidden by what casts the shadow: 0 to 255. */
static unsigned open_part(const struct shadow *shadow, int x, int y)
{
    struct rect core = rect_inset(shadow->at, shadow->radius);
    int across = beyond(x, core.x, core.x + core.w), down = beyond(y, core.y, core.y + core.h);

    if (!rect_has(shadow->at, x, y))
        return 255;
    return across < 0 || down < 0 ? 0 : 255 - coverage(shadow->radius, across, down);
}

/* Where from x on all pixels up to `end` are alike, as they are above and below the core. */
static int run_at(const struct shadow *shadow, int x, int end)
{
    int first = shadow->core.x, last = shadow->core.x + shadow->core.w;

    return x < first || x >= last ? 1 : (last < end ? last : end) - x;
}

static void shade(const struct canvas *canvas, const struct shadow *shadow, int y, int x, int end)
{
    for (int run; x < end; x += run) {
        unsigned alpha = shadow_alpha(shadow, x, y);

        if (alpha && rect_has(shadow->at, x, y))
            alpha = alpha * open_part(shadow, x, y) / 255;
        run = run_at(shadow, x, end);
        if (alpha)
            row_mix(pixel_row(canvas, x, y), run, 0xFF000000, alpha);
    }
}

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

void draw_shadow(const struct canvas *canvas, struct rect at, int radius, int spread, int down,
                 unsigned alpha)
{
    if (rect_empty(at) || !rect_near(at) || spread <= 0 || spread > RADIUS_MAX || down < -RADIUS_MAX
        || down > RADIUS_MAX)
        return;
    int r = fitting_radius(at, radius);
    struct rect moved = rect_moved(at, 0, down);
    struct shadow shadow = {at, rect_inset(moved, r), r, spread, alpha, keep_falloff(r, spread)};
    struct rect area = rect_and(rect_inset(moved, -spread), canvas->clip);
    int end = area.x + area.w;

    for (int y = area.y; y < area.y + area.h; y++) {
        bool hides = y >= at.y && y < at.y + at.h, rounded = y < at.y + r || y >= at.y + at.h - r;
        int left = hides ? within(at.x + (rounded ? r : 0), area.x, end) : end; /* [left, right): hidden */
        int right = hides ? within(at.x + at.w - (rounded ? r : 0), area.x, end) : end;

        shade(canvas, &shadow, y, area.x, left);
        shade(canvas, &shadow, y, right, end);
    }
}
