/* See place.h. No state. */
#include "user/desktop/place.h"

#include "user/draw/draw.h"

#define BUTTONS 3

struct measures place_measures(int percent)
{
    return (struct measures){.title = draw_scale(34, percent), .edge = draw_scale(1, percent),
                             .grab = draw_scale(8, percent), .button = draw_scale(32, percent),
                             .step = draw_scale(32, percent)};
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

static int most(int a, int b)
{
    return a > b ? a : b;
}

static int within(int value, int low, int high)
{
    return value < low ? low : value > high ? high : value;
}

struct rect place_content(struct rect frame, const struct measures *m)
{
    return (struct rect){frame.x + m->edge, frame.y + m->title, most(frame.w - 2 * m->edge, 0),
                         most(frame.h - m->title - m->edge, 0)};
}

struct rect place_frame(struct rect content, const struct measures *m)
{
    return (struct rect){content.x - m->edge, content.y - m->title, content.w + 2 * m->edge,
                         content.h + m->title + m->edge};
}

/* ---- what is where ----------------------------------------------------------------------------- */

/* From the right: close, maximise, minimise. */
struct rect place_button(struct rect frame, const struct measures *m, enum part part)
{
    int from_right = part == PART_CLOSE ? 1 : part == PART_MAXIMISE ? 2 : 3;

    return (struct rect){frame.x + frame.w - m->edge - m->button / 6 - from_right * m->button, frame.y,
                         m->button, m->title};
}

/* Which edges are near: a corner reaches twice as far along both of its edges. */
static unsigned edges_near(struct rect frame, int x, int y, int grab)
{
    struct rect inside = rect_inset(frame, grab / 2);
    unsigned edges = 0;

    if (rect_has(inside, x, y))
        return 0;
    if (x < frame.x + 2 * grab)
        edges |= EDGE_LEFT;
    else if (x >= frame.x + frame.w - 2 * grab)
        edges |= EDGE_RIGHT;
    if (y < frame.y + 2 * grab)
        edges |= EDGE_TOP;
    else if (y >= frame.y + frame.h - 2 * grab)
        edges |= EDGE_BOTTOM;
    return edges;
}

enum part place_part(struct rect frame, const struct measures *m, int x, int y, bool fixed, unsigned *edges)
{
    *edges = 0;
    if (!rect_has(rect_inset(frame, fixed ? 0 : -m->grab / 2), x, y))
        return PART_NONE;
    if (!fixed && (*edges = edges_near(frame, x, y, m->grab)))
        return PART_EDGE;
    if (y >= frame.y + m->title)
        return PART_CONTENT;
    for (enum part part = PART_MINIMISE; part <= PART_CLOSE; part++) {
        if (rect_has(place_button(frame, m, part), x, y))
            return part;
    }
    return PART_TITLE;
}

/* ---- sizes ------------------------------------------------------------------------------------- */

struct rect place_limited(struct rect frame, unsigned edges, const struct limits *limits,
                          const struct measures *m)
{
    int side = 2 * m->edge, top = m->title + m->edge;
    int least_w = most(limits->least_width + side, (BUTTONS + 1) * m->button),
        least_h = limits->least_height + top;
    int w = most(frame.w, least_w), h = most(frame.h, most(least_h, top + m->grab));

    if (limits->most_width > 0)
        w = least(w, most(limits->most_width + side, least_w));
    if (limits->most_height > 0)
        h = least(h, most(limits->most_height, limits->least_height) + top);
    if (edges & EDGE_LEFT)
        frame.x += frame.w - w;
    if (edges & EDGE_TOP)
        frame.y += frame.h - h;
    frame.w = w;
    frame.h = h;
    return frame;
}

struct rect place_resized(struct rect frame, unsigned edges, int dx, int dy, const struct limits *limits,
                          const struct measures *m)
{
    if (edges & EDGE_LEFT)
        frame.x += dx, frame.w -= dx;
    if (edges & EDGE_RIGHT)
        frame.w += dx;
    if (edges & EDGE_TOP)
        frame.y += dy, frame.h -= dy;
    if (edges & EDGE_BOTTOM)
        frame.h += dy;
    return place_limited(frame, edges, limits, m);
}

struct rect place_kept(struct rect frame, struct rect area, const struct measures *m)
{
    int seen = 2 * m->step;

    frame.x = within(frame.x, area.x + seen - frame.w, area.x + area.w - seen);
    frame.y = within(frame.y, area.y, most(area.y, area.y + area.h - m->title));
    return frame;
}

struct rect place_new(struct rect area, int width, int height, unsigned number, const struct measures *m)
{
    int w = least(width + 2 * m->edge, area.w), h = least(height + m->title + m->edge, area.h);
    int free_x = area.w - w, free_y = area.h - h;
    int x = free_x / 4 + (int)(number % 5) * m->step, y = free_y / 4 + (int)(number % 5) * m->step;

    return (struct rect){area.x + within(x, 0, free_x), area.y + within(y, 0, free_y), w, h};
}

struct rect place_popup(struct rect wanted, struct rect area)
{
    wanted.x = most(area.x, least(wanted.x, area.x + area.w - wanted.w));
    wanted.y = most(area.y, least(wanted.y, area.y + area.h - wanted.h));
    return wanted;
}

/* ---- halves and quarters ----------------------------------------------------------------------- */

/* Of each tile: which halves, -1 left or top, 1 right or bottom, 0 both. */
static const struct {
    signed char x, y;
} halves[TILES] = {
    [TILE_NONE] = {0, 0},       [TILE_FULL] = {0, 0},       [TILE_LEFT] = {-1, 0},
    [TILE_RIGHT] = {1, 0},      [TILE_TOP_LEFT] = {-1, -1}, [TILE_TOP_RIGHT] = {1, -1},
    [TILE_BOTTOM_LEFT] = {-1, 1}, [TILE_BOTTOM_RIGHT] = {1, 1},
};

static enum tile tile_of(int x, int y)
{
    enum tile tile = TILE_FULL;

    while (tile < TILES && (halves[tile].x != x || halves[tile].y != y))
        tile++;
    return tile < TILES ? tile : TILE_FULL;
}

struct rect place_tile(struct rect area, enum tile tile)
{
    int x = halves[tile].x, y = halves[tile].y, left = area.w / 2, top = area.h / 2;

    if (x)
        area.w = x < 0 ? left : area.w - left;
    if (x > 0)
        area.x += left;
    if (y)
        area.h = y < 0 ? top : area.h - top;
    if (y > 0)
        area.y += top;
    return area;
}

enum tile place_snap(struct rect screen, int x, int y, const struct measures *m)
{
    int corner = 3 * m->title, near = m->edge; /* the screen's edge itself stops the pointer */
    bool left = x < screen.x + near, right = x >= screen.x + screen.w - near, top = y < screen.y + near;

    if (!left && !right)
        return top ? TILE_FULL : TILE_NONE;
    if (y < screen.y + corner)
        return left ? TILE_TOP_LEFT : TILE_TOP_RIGHT;
    if (y >= screen.y + screen.h - corner)
        return left ? TILE_BOTTOM_LEFT : TILE_BOTTOM_RIGHT;
    return left ? TILE_LEFT : TILE_RIGHT;
}

static enum tile step_across(enum tile tile, int dx)
{
    int x = halves[tile].x, y = halves[tile].y;

    if (x != -dx) /* also of one that is free or has all */
        return tile_of(dx, y);
    return y ? tile_of(dx, y) : TILE_NONE;
}

static enum tile step_along(enum tile tile, int dy)
{
    int x = halves[tile].x, y = halves[tile].y;

    if (x == 0) /* free, or all */
        return dy < 0 ? TILE_FULL : TILE_NONE;
    if (y == 0)
        return tile_of(x, dy);
    if (y != dy)
        return tile_of(x, 0);
    return dy < 0 ? TILE_FULL : tile;
}

enum tile place_step(enum tile tile, int dx, int dy)
{
    return dx ? step_across(tile, dx) : step_along(tile, dy);
}
