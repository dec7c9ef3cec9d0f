/*
 * The wallpaper: soft clouds of the theme's four colours, the first one below, as northern lights. Each cloud
 * is an ellipse whose weight falls off smoothly. The field is worked out on a coarse grid and interpolated
 * along rows with integers; an ordered dither hides the steps of the colours.
 */
#include "user/draw/icon.h"

#include "user/draw/pixel.h"

#define CELL 16 /* pixels between two points of the grid */

struct cloud {
    int colour;                     /* of theme->desktop */
    int x, y, across, down, weight; /* thousandths of the picture; of 256 */
};

static const struct cloud clouds[] = {
    {1, 860, 80, 420, 420, 235}, {1, 1000, 950, 300, 330, 110}, {3, 520, 690, 480, 330, 230},
    {2, 130, 880, 330, 300, 240}, {3, 1040, 380, 260, 300, 90}, {1, 200, 120, 260, 200, 50},
};

/* 256 in the middle, 0 at the rim: (1 - d²)². */
static int falloff(const struct cloud *cloud, int x, int y) /* thousandths */
{
    int64_t dx = (int64_t)(x - cloud->x) * 1024 / cloud->across,
            dy = (int64_t)(y - cloud->y) * 1024 / cloud->down;
    int64_t left = 1024 * 1024 - dx * dx - dy * dy;

    return left <= 0 ? 0 : (int)((left >> 10) * (left >> 10) >> 12);
}

struct point {
    int32_t level[3]; /* 4096ths */
};

static struct point point_at(const struct theme *theme, int x, int y)
{
    struct point point;

    for (int i = 0; i < 3; i++)
        point.level[i] = (int32_t)(theme->desktop[0] >> (16 - 8 * i) & 0xFF) << 12;
    for (unsigned k = 0; k < sizeof(clouds) / sizeof(clouds[0]); k++) {
        int weight = falloff(&clouds[k], x, y) * clouds[k].weight >> 8;

        for (int i = 0; i < 3; i++) {
            int32_t to = (int32_t)(theme->desktop[clouds[k].colour] >> (16 - 8 * i) & 0xFF) << 12;

            point.level[i] += (int32_t)((int64_t)(to - point.level[i]) * weight >> 8);
        }
    }
    return point;
}

static struct point between(struct point a, struct point b, int at) /* of CELL */
{
    for (int i = 0; i < 3; i++)
        a.level[i] += (b.level[i] - a.level[i]) * at / CELL;
    return a;
}

static const uint8_t dither[4][4] = {{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

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
        int32_t more = dither[y & 3][x & 3] << 8;

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
