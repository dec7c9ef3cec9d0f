/*
 * The wallpaper: northern lights of the theme's four colours, the first one as the night behind them.
 * Clouds are ellipses whose weight falls off smoothly; curtains hang along a line, sharp below and fading
 * upwards. Both are bent by waves. The field is worked out on a coarse grid and interpolated along rows
 * with integers; an ordered dither hides the steps of the colours.
 */
#include "user/draw/icon.h"

#include "user/draw/pixel.h"

#define CELL 16 /* pixels between two points of the grid */

struct cloud {
    int colour;                     /* of theme->desktop */
    int x, y, across, down, weight; /* thousandths of the picture; of 256 */
};
static const struct cloud clouds[] = {
    {1, 800, 40, 640, 620, 250},   {3, 1010, 960, 470, 520, 180}, {3, 560, 1010, 700, 560, 230},
    {2, 150, 1000, 620, 560, 250}, {1, 1060, 420, 420, 480, 120},
};

struct curtain {
    int colour;
    int from, rise;       /* its lower edge at the left side; how much higher at the right one: thousandths */
    int phase, up, below; /* of its wave; how far it fades */
    int middle, across;   /* where it is brightest, and how far it goes from there */
    int weight;
};
static const struct curtain curtains[] = {
    {2, 900, 420, 300, 420, 60, 330, 480, 120},
    {1, 560, 330, 2300, 380, 70, 790, 460, 120},
};

/* -1024 to 1024, once in 4096. */
static int wave(int at)
{
    int half = at & 2047, height = half * (2048 - half) >> 10;

    return at & 2048 ? -height : height;
}

/* 256 in the middle, 0 at the rim: (1 - d²)³. */
static int falloff(const struct cloud *cloud, int x, int y) /* thousandths */
{
    int64_t dx = (int64_t)(x - cloud->x) * 1024 / cloud->across;
    int64_t dy = (int64_t)(y - cloud->y) * 1024 / cloud->down;
    int64_t left = (1024 * 1024 - dx * dx - dy * dy) >> 10;

    return left <= 0 ? 0 : (int)(left * left * left >> 22);
}

/* (1 - d²)², of 256, where d is `far` of `all`. */
static int fade(int far, int all)
{
    int64_t part = (int64_t)far * 1024 / all, left = part < 0 || part > 1024 ? 0 : 1024 - (part * part >> 10);

    return (int)(left * left >> 12);
}

static int curtain_weight(const struct curtain *curtain, int x, int y)
{
    int edge = curtain->from - curtain->rise * x / 1000 + wave(curtain->phase + x * 5) * 40 / 1024;
    int above = edge - y, aside = x < curtain->middle ? curtain->middle - x : x - curtain->middle;
    int hanging = above >= 0 ? fade(above, curtain->up) : fade(-above, curtain->below);
    int rays = 200 + wave(x * 37 + wave(x * 11) / 2) * 56 / 1024;

    return hanging * fade(aside, curtain->across) / 256 * rays / 256;
}

struct point {
    int32_t level[3]; /* 4096ths */
};

static void lay_on(struct point *point, colour_t colour, int weight)
{
    for (int i = 0; i < 3; i++) {
        int32_t to = (int32_t)(colour >> (16 - 8 * i) & 0xFF) << 12;

        point->level[i] += (int32_t)((int64_t)(to - point->level[i]) * weight >> 8);
    }
}

static struct point point_at(const struct theme *theme, int x, int y)
{
    struct point point = {{0, 0, 0}};
    int bent_x = x + wave(y * 3 + 600) * 50 / 1024, bent_y = y + wave(x * 4 + y * 2) * 55 / 1024;

    lay_on(&point, theme->desktop[0], 256);
    for (unsigned k = 0; k < sizeof(clouds) / sizeof(clouds[0]); k++)
        lay_on(&point, theme->desktop[clouds[k].colour],
               falloff(&clouds[k], bent_x, bent_y) * clouds[k].weight >> 8);
    for (unsigned k = 0; k < sizeof(curtains) / sizeof(curtains[0]); k++)
        lay_on(&point, theme->desktop[curtains[k].colour],
               curtain_weight(&curtains[k], x, y) * curtains[k].weight >> 8);
    return point;
}

static struct point between(struct point a, struct point b, int at) /* of CELL */
{
    for (int i = 0; i < 3; i++)
        a.level[i] += (b.level[i] - a.level[i]) * at / CELL;
    return a;
}

/* The pixels [from, to) of a row within one cell of the grid, from point a at its left to b at its right. */
static void paint_cell(uint32_t *row, struct point a, struct point b, int cell_x, int from, int to, int y)
{
    int32_t red = a.level[0], green = a.level[1], blue = a.level[2];
    int32_t red_step = (b.level[0] - red) / CELL, green_step = (b.level[1] - green) / CELL;
    int32_t blue_step = (b.level[2] - blue) / CELL;

    red += red_step * (from - cell_x);
    green += green_step * (from - cell_x);
    blue += blue_step * (from - cell_x);
    for (int x = from; x < to; x++) {
        int32_t more = pixel_dither(x, y);

        row[x] = 0xFF000000 | (uint32_t)(red + more) >> 12 << 16 | (uint32_t)(green + more) >> 12 << 8
                 | (uint32_t)(blue + more) >> 12;
        red += red_step;
        green += green_step;
        blue += blue_step;
    }
}

static struct point grid_point(const struct canvas *canvas, const struct theme *theme, int x, int y)
{
    return point_at(theme, (int)((int64_t)x * 1000 / canvas->width),
                    (int)((int64_t)y * 1000 / canvas->height));
}

/* The rows [top, end) of the clip within a column of cells between two lines of the grid. */
static void paint_block(const struct canvas *canvas, const struct theme *theme, int x, int y,
                        struct rect part)
{
    struct point top_left = grid_point(canvas, theme, x, y),
                 top_right = grid_point(canvas, theme, x + CELL, y);
    struct point low_left = grid_point(canvas, theme, x, y + CELL);
    struct point low_right = grid_point(canvas, theme, x + CELL, y + CELL);

    for (int line = part.y; line < part.y + part.h; line++)
        paint_cell(pixel_row(canvas, 0, line), between(top_left, low_left, line - y),
                   between(top_right, low_right, line - y), x, part.x, part.x + part.w, line);
}

void draw_wallpaper(const struct canvas *canvas, const struct theme *theme)
{
    struct rect clip = canvas->clip;

    if (rect_empty(clip))
        return;
    for (int y = clip.y / CELL * CELL; y < clip.y + clip.h; y += CELL)
        for (int x = clip.x / CELL * CELL; x < clip.x + clip.w; x += CELL)
            paint_block(canvas, theme, x, y, rect_and(clip, (struct rect){x, y, CELL, CELL}));
}
