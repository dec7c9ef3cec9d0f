/* Box drawing (U+2500), blocks (U+2580), Braille (U+2800) and triangles (U+E0B0) as pixels: made for the
   cell's own size, so that neighbours join without a gap and lines are sharp. Names and shapes: The Unicode
   Standard, code charts. */
#include "tools/fonts/cells.h"

#include <math.h>
#include <stdlib.h>

#define NONE   0
#define LIGHT  1
#define HEAVY  2
#define DOUBLE 3

/* U+2500 to U+257F: the weight of the lines to the left, right, top, bottom. */
static const char arms[] =
    "1100 2200 0011 0022 .... .... .... .... .... .... .... .... 0101 0201 0102 0202 "
    "1001 2001 1002 2002 0110 0210 0120 0220 1010 2010 1020 2020 0111 0211 0121 0112 "
    "0122 0221 0212 0222 1011 2011 1021 1012 1022 2021 2012 2022 1101 2101 1201 2201 "
    "1102 2102 1202 2202 1110 2110 1210 2210 1120 2120 1220 2220 1111 2111 1211 2211 "
    "1121 1112 1122 2121 1221 2112 1212 2221 2212 2122 1222 2222 .... .... .... .... "
    "3300 0033 0301 0103 0303 3001 1003 3003 0310 0130 0330 3010 1030 3030 0311 0133 "
    "0333 3011 1033 3033 3301 1103 3303 3310 1130 3330 3311 1133 3333 .... .... .... "
    ".... .... .... .... 1000 0010 0100 0001 2000 0020 0200 0002 1200 0012 2100 0021 ";

static int light(const struct cell *cell)
{
    return cell->height < 26 ? 1 : 2;
}

static int weight_of(const struct cell *cell, int weight)
{
    return weight == HEAVY ? light(cell) + (light(cell) > 1 ? 2 : 1) : light(cell);
}

/* [x0, x1) × [y0, y1), as far as it is in the cell. */
static void bar(struct cell *cell, int x0, int y0, int x1, int y1, int coverage)
{
    for (int y = y0 < 0 ? 0 : y0; y < y1 && y < cell->height; y++)
        for (int x = x0 < 0 ? 0 : x0; x < x1 && x < cell->width; x++)
            cell->coverage[y * cell->width + x] = (uint8_t)coverage;
}

static int middle(int length, int weight)
{
    return (length - weight) / 2;
}

/* ---- lines ------------------------------------------------------------------------------------------ */

/* One line from the cell's middle to its side. Lying ones have `along` = x; `begin` is where it starts,
   relative to the middle; `aside` how far it is from the middle line. */
static void arm(struct cell *cell, int side, int begin, int aside, int weight)
{
    int t = weight_of(cell, weight), one = light(cell);
    bool lying = side < 2;
    int length = lying ? cell->width : cell->height, across = lying ? cell->height : cell->width;
    int at = middle(across, t) + aside, from = side & 1 ? middle(length, one) + begin : 0;
    int to = side & 1 ? length : middle(length, one) + one - begin;

    if (lying)
        bar(cell, from, at, to, at + t, 255);
    else
        bar(cell, at, from, at + t, to, 255);
}

/* Of a pair of lines, or a single one that meets a pair: where it begins so that corners close and the inside
   of a pair stays free. near, far: the weights of the arms across, on this line's side and on the other. */
static int begin_of(int gap, int near, int far, int opposite, bool single)
{
    if (single)
        return near == DOUBLE && far == DOUBLE   ? gap
               : near == DOUBLE || far == DOUBLE ? (opposite ? 0 : -gap)
                                                 : 0;
    if (near == DOUBLE)
        return gap;
    return near == NONE && far == DOUBLE ? -gap : 0;
}

static void draw_arm(struct cell *cell, const int weights[4], int side)
{
    int gap = light(cell) * 2 - (cell->width < 8 ? 1 : 0), across = side < 2 ? 2 : 0;
    int before = weights[across], after = weights[across + 1], opposite = weights[side ^ 1];

    if (gap < light(cell) + 1)
        gap = light(cell) + 1;
    if (weights[side] == DOUBLE) {
        arm(cell, side, begin_of(gap, before, after, opposite, false), -gap, LIGHT);
        arm(cell, side, begin_of(gap, after, before, opposite, false), gap, LIGHT);
        return;
    }
    int begin = begin_of(gap, before, after, opposite, true);

    if (before == HEAVY || after == HEAVY) /* the corner is filled */
        begin -= (weight_of(cell, HEAVY) - light(cell) + 1) / 2;
    arm(cell, side, begin, 0, weights[side]);
}

static void draw_arms(struct cell *cell, const char *text)
{
    const int weights[4] = {text[0] - '0', text[1] - '0', text[2] - '0', text[3] - '0'};

    for (int side = 0; side < 4; side++)
        if (weights[side] != NONE)
            draw_arm(cell, weights, side);
}

/* `count` dashes, with half a gap at both ends. */
static void draw_dashes(struct cell *cell, bool lying, int weight, int count)
{
    int length = lying ? cell->width : cell->height, t = weight_of(cell, weight);
    int at = middle(lying ? cell->height : cell->width, t);

    for (int i = 0; i < count; i++) {
        int from = (2 * i * length + length / 2) / (2 * count),
            to = ((2 * i + 2) * length - length / 2) / (2 * count);

        if (to <= from)
            to = from + 1;
        if (lying)
            bar(cell, from, at, to, at + t, 255);
        else
            bar(cell, at, from, at + t, to, 255);
    }
}

/* ---- slanted and round: 8 × 8 samples a pixel ------------------------------------------------------- */

typedef bool shape(const struct cell *cell, double x, double y, int kind);

static void sample(struct cell *cell, shape *inside, int kind)
{
    for (int i = 0; i < cell->width * cell->height; i++) {
        int hits = 0;

        for (int k = 0; k < 64; k++)
            hits += inside(cell, i % cell->width + (k % 8 + 0.5) / 8, i / cell->width + (k / 8 + 0.5) / 8,
                           kind);
        cell->coverage[i] = (uint8_t)(hits * 255 / 64);
    }
}

static bool in_diagonal(const struct cell *cell, double x, double y, int kind)
{
    double w = cell->width, h = cell->height, half = light(cell) * 0.6 * sqrt(w * w + h * h);
    bool rising = fabs(h * x + w * y - w * h) <= half, falling = fabs(h * x - w * y) <= half;

    return (kind != 1 && rising) || (kind != 0 && falling);
}

/* U+256D to U+2570: a quarter circle that goes on straight to the longer sides. */
static bool in_arc(const struct cell *cell, double x, double y, int kind)
{
    double one = light(cell), half = one / 2;
    double line_x = middle(cell->width, light(cell)) + half,
           line_y = middle(cell->height, light(cell)) + half;
    bool right = kind == 0 || kind == 3, down = kind < 2;
    double dx = right ? x - line_x : line_x - x, dy = down ? y - line_y : line_y - y;
    double radius = right ? cell->width - line_x : line_x, other = down ? cell->height - line_y : line_y;

    if (radius > other)
        radius = other;
    if (dx >= radius)
        return fabs(dy) <= half;
    if (dy >= radius)
        return fabs(dx) <= half;
    double from = hypot(dx - radius, dy - radius);

    return dx >= -half && dy >= -half && fabs(from - radius) <= half;
}

/* U+E0B0 to U+E0B3: filled and open triangles, to the right, to the left. */
static bool in_triangle(const struct cell *cell, double x, double y, int kind)
{
    double w = cell->width, h = cell->height, edge = w * (1 - fabs(y - h / 2) / (h / 2));
    double from_left = kind < 2 ? x : w - x;

    return kind & 1 ? from_left <= edge && from_left >= edge - light(cell) * 1.3 : from_left <= edge;
}

static void draw_line_character(struct cell *cell, unsigned number)
{
    if (number >= 0x04 && number <= 0x0b) /* three and four dashes */
        draw_dashes(cell, !(number & 2), number & 1 ? HEAVY : LIGHT, number < 0x08 ? 3 : 4);
    else if (number >= 0x4c && number <= 0x4f)
        draw_dashes(cell, number < 0x4e, number & 1 ? HEAVY : LIGHT, 2);
    else if (number >= 0x6d && number <= 0x70)
        sample(cell, in_arc, (int)number - 0x6d);
    else if (number >= 0x71 && number <= 0x73)
        sample(cell, in_diagonal, (int)number - 0x71);
    else
        draw_arms(cell, arms + 5 * number);
}

/* ---- blocks ----------------------------------------------------------------------------------------- */

static int eighths(int length, int count)
{
    return (length * count + 4) / 8;
}

/* Upper left, upper right, lower left, lower right. */
static void draw_quadrants(struct cell *cell, unsigned which)
{
    int x = eighths(cell->width, 4), y = eighths(cell->height, 4);

    if (which & 1)
        bar(cell, 0, 0, x, y, 255);
    if (which & 2)
        bar(cell, x, 0, cell->width, y, 255);
    if (which & 4)
        bar(cell, 0, y, x, cell->height, 255);
    if (which & 8)
        bar(cell, x, y, cell->width, cell->height, 255);
}

static void draw_block(struct cell *cell, unsigned number)
{
    static const uint8_t quadrants[] = {4, 8, 1, 13, 9, 7, 11, 2, 6, 14};
    int w = cell->width, h = cell->height;

    if (number == 0)
        bar(cell, 0, 0, w, eighths(h, 4), 255);
    else if (number <= 0x08)
        bar(cell, 0, h - eighths(h, (int)number), w, h, 255);
    else if (number <= 0x0f)
        bar(cell, 0, 0, eighths(w, 0x10 - (int)number), h, 255);
    else if (number == 0x10)
        bar(cell, eighths(w, 4), 0, w, h, 255);
    else if (number <= 0x13)
        bar(cell, 0, 0, w, h, 64 * ((int)number - 0x10));
    else if (number == 0x14)
        bar(cell, 0, 0, w, eighths(h, 1), 255);
    else if (number == 0x15)
        bar(cell, w - eighths(w, 1), 0, w, h, 255);
    else
        draw_quadrants(cell, quadrants[number - 0x16]);
}

/* Dots 1 to 8 are bits 0 to 7: three down the left, three down the right, then the two of the last row. */
static void draw_braille(struct cell *cell, unsigned dots)
{
    static const uint8_t column[8] = {0, 0, 0, 1, 1, 1, 0, 1}, row[8] = {0, 1, 2, 0, 1, 2, 3, 3};
    int size = cell->width / 4 > 0 ? cell->width / 4 : 1;

    for (int i = 0; i < 8; i++) {
        int x = (2 * column[i] + 1) * cell->width / 4 - size / 2,
            y = (2 * row[i] + 1) * cell->height / 8 - size / 2;

        if (dots >> i & 1)
            bar(cell, x, y, x + size, y + size, 255);
    }
}

bool cell_draw(struct cell *cell, uint32_t codepoint)
{
    if (codepoint >= 0x2500 && codepoint <= 0x257f)
        draw_line_character(cell, codepoint - 0x2500);
    else if (codepoint >= 0x2580 && codepoint <= 0x259f)
        draw_block(cell, codepoint - 0x2580);
    else if (codepoint >= 0x2800 && codepoint <= 0x28ff)
        draw_braille(cell, codepoint - 0x2800);
    else if (codepoint >= 0xe0b0 && codepoint <= 0xe0b3)
        sample(cell, in_triangle, (int)codepoint - 0xe0b0);
    else
        return false;
    return true;
}
