/* Lines of the screen from lines of a part of the picture. See magnify.h. One thread. */
#include "user/desktop/magnify.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "user/desktop/output.h"

#define ONE 65536 /* a pixel of the picture, in its parts */

static struct {
    int percent, width, height;
    int step;                        /* of the picture's pixels, from one of the screen to the next */
    struct rect view;
    uint32_t *rows[2], *mixed, *line; /* the picture's from view.x - 1 on; the screen's */
    int row_of[2];
} m;

static struct canvas row_canvas(uint32_t *pixels)
{
    return canvas_of(pixels, m.view.w + 2, 1, m.view.w + 2);
}

int magnify_set(int percent, int width, int height)
{
    size_t most = (size_t)width + 4;
    uint32_t *memory = percent ? malloc(4 * most * sizeof(*memory)) : NULL;

    free(m.rows[0]);
    memset(&m, 0, sizeof(m));
    if (!memory)
        return percent ? -ENOMEM : 0;
    m.rows[0] = memory;
    m.rows[1] = memory + most;
    m.mixed = memory + 2 * most;
    m.line = memory + 3 * most;
    m.percent = percent;
    m.width = width;
    m.height = height;
    m.step = ONE * 100 / percent;
    m.view.w = (width * 100 + percent - 1) / percent;
    m.view.h = (height * 100 + percent - 1) / percent;
    return 0;
}

int magnify_percent(void)
{
    return m.percent;
}

struct rect magnify_view(void)
{
    return m.view;
}

/* ---- where the view is ------------------------------------------------------------------------- */

static int within(int value, int most)
{
    return value < 0 ? 0 : value > most ? most : value;
}

static bool move_to(int x, int y)
{
    struct rect before = m.view;

    m.view.x = within(x, m.width - m.view.w);
    m.view.y = within(y, m.height - m.view.h);
    return m.view.x != before.x || m.view.y != before.y;
}

bool magnify_follow(int x, int y)
{
    int right = m.width - m.view.w, down = m.height - m.view.h;

    return move_to((int)((long)x * right / (m.width > 1 ? m.width - 1 : 1)),
                   (int)((long)y * down / (m.height > 1 ? m.height - 1 : 1)));
}

/* The nearest place of a view `size` long that has `length` from `at` on. */
static int nearest(int view, int size, int at, int length)
{
    if (at < view || length > size)
        return at;
    return at + length > view + size ? at + length - size : view;
}

bool magnify_show(struct rect box)
{
    return move_to(nearest(m.view.x, m.view.w, box.x, box.w), nearest(m.view.y, m.view.h, box.y, box.h));
}

/* ---- writing ----------------------------------------------------------------------------------- */

/* Of a pixel of the screen: its place in the picture, from the view's first pixel on. */
static int place_of(int pixel)
{
    return pixel * m.step + m.step / 2 - ONE / 2;
}

static int floor_of(int place)
{
    return place >> 16;
}

static unsigned part_of(int place)
{
    return (unsigned)place >> 8 & 255;
}

/* A line of the picture with the pointer on it; beyond its edges it goes on as it ends. */
static uint32_t *row(const struct canvas *picture, const struct canvas *pointer, int x, int y, int number)
{
    uint32_t *to = m.rows[number & 1];
    const uint32_t *from = picture->pixels + (long)within(number, m.height - 1) * picture->stride;
    struct canvas canvas = row_canvas(to);

    if (m.row_of[number & 1] == number)
        return to;
    m.row_of[number & 1] = number;
    memcpy(to + 1, from + m.view.x, (size_t)m.view.w * sizeof(*to));
    to[0] = from[within(m.view.x - 1, m.width - 1)];
    to[m.view.w + 1] = from[within(m.view.x + m.view.w, m.width - 1)];
    if (pointer)
        draw_blend(&canvas, x - m.view.x + 1, y - number, pointer);
    return to;
}

/* The pixels from `first` to before `end` of a line of the screen, of two lines of the picture. */
static void make_line(const uint32_t *above, const uint32_t *below, unsigned down, int first, int end)
{
    int from = floor_of(place_of(first)) + 1, to = floor_of(place_of(end - 1)) + 2;

    for (int i = from; i <= to; i++)
        m.mixed[i] = colour_mix(above[i], below[i], down);
    for (int i = first; i < end; i++) {
        int place = place_of(i), at = floor_of(place) + 1;

        m.line[i] = colour_mix(m.mixed[at], m.mixed[at + 1], part_of(place));
    }
}

/* Which pixels of the screen show some of the picture's from `at` on: one more at each end, for mixing. */
static void reach(int at, int length, int most, int *first, int *end)
{
    *first = within((at - 1) * m.percent / 100 - 1, most);
    *end = within((at + length + 1) * m.percent / 100 + 1, most);
}

void magnify_write(const struct canvas *picture, const struct canvas *pointer, int x, int y,
                   struct rect changed)
{
    struct canvas line = canvas_of(m.line, m.width, 1, m.width);
    int left, right, top, bottom;

    changed = rect_and(changed, rect_inset(m.view, -1));
    reach(changed.x - m.view.x, changed.w, m.width, &left, &right);
    reach(changed.y - m.view.y, changed.h, m.height, &top, &bottom);
    if (rect_empty(changed))
        return;
    m.row_of[0] = m.row_of[1] = INT_MIN;
    for (int i = top; i < bottom; i++) {
        int place = place_of(i), number = m.view.y + floor_of(place);
        const uint32_t *above = row(picture, pointer, x, y, number);

        make_line(above, row(picture, pointer, x, y, number + 1), part_of(place), left, right);
        output_write(&line, (struct rect){left, 0, right - left, 1}, left, i);
    }
}
