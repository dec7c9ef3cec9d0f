/*
 * Cubic pieces between the points, with slopes that keep each piece between its two values (Fritsch and
 * Carlson, "Monotone Piecewise Cubic Interpolation", 1980): a curve that never says more than was measured.
 */
#include "user/apps/monitor/graph.h"

#define ONE 256 /* a pixel */
#define GRID_LINES 4

struct curve {
    int64_t x[GRAPH_POINTS], y[GRAPH_POINTS], slope[GRAPH_POINTS]; /* 256ths; slope: down over a whole step */
    unsigned count;
};

static void place_points(struct curve *curve, struct rect at, const struct graph *graph)
{
    const unsigned points = graph->points > 1 ? graph->points : 2;
    const int64_t width = (int64_t)at.w * ONE, height = (int64_t)at.h * ONE - graph->width;

    curve->count = graph->count < points ? graph->count : points;
    for (unsigned i = 0; i < curve->count; i++) {
        uint32_t value = graph->values[graph->count - curve->count + i];
        unsigned place = points - curve->count + i;

        value = value < graph->top ? value : graph->top;
        curve->x[i] = (int64_t)at.x * ONE + width * place / (points - 1);
        curve->y[i] = (int64_t)at.y * ONE + graph->width / 2 + height - height * value / graph->top;
    }
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Flat at a turn; else the mean, at most three times the flatter neighbour. */
static int64_t slope_between(int64_t before, int64_t behind)
{
    bool down = before > 0;
    int64_t mean = (before + behind) / 2;

    if ((before > 0) != (behind > 0) || before == 0 || behind == 0)
        return 0;
    int64_t limit = 3 * smaller(down ? before : -before, down ? behind : -behind);

    mean = smaller(down ? mean : -mean, limit);
    return down ? mean : -mean;
}

static void find_slopes(struct curve *curve)
{
    for (unsigned i = 0; i < curve->count; i++)
        curve->slope[i] = i == 0 || i + 1 == curve->count
            ? 0 : slope_between(curve->y[i] - curve->y[i - 1], curve->y[i + 1] - curve->y[i]);
}

static void add_pieces(struct path *path, const struct curve *curve)
{
    for (unsigned i = 0; i + 1 < curve->count; i++) {
        int64_t third = (curve->x[i + 1] - curve->x[i]) / 3;

        path_curve(path, (int)(curve->x[i] + third), (int)(curve->y[i] + curve->slope[i] / 3),
                   (int)(curve->x[i + 1] - third), (int)(curve->y[i + 1] - curve->slope[i + 1] / 3),
                   (int)curve->x[i + 1], (int)curve->y[i + 1]);
    }
}

static void draw_below(const struct canvas *canvas, struct rect at, const struct curve *curve,
                       colour_t colour)
{
    struct path *path = path_start();
    int bottom = (at.y + at.h) * ONE;

    path_move(path, (int)curve->x[0], bottom);
    path_line(path, (int)curve->x[0], (int)curve->y[0]);
    add_pieces(path, curve);
    path_line(path, (int)curve->x[curve->count - 1], bottom);
    path_close(path);
    path_fill(canvas, path, colour);
    path_end(path);
}

static void draw_line_over(const struct canvas *canvas, const struct curve *curve, int width, colour_t colour)
{
    struct path *path = path_start();

    path_move(path, (int)curve->x[0], (int)curve->y[0]);
    add_pieces(path, curve);
    path_stroke(canvas, path, width, colour);
    path_end(path);
}

static void draw_grid(const struct canvas *canvas, struct rect at, colour_t colour)
{
    for (int i = 1; i < GRID_LINES; i++)
        draw_fill(canvas, (struct rect){at.x, at.y + at.h * i / GRID_LINES, at.w, 1}, colour);
}

void graph_draw(const struct canvas *canvas, struct rect at, const struct graph *graph)
{
    struct canvas inside = canvas_clipped(canvas, at);
    struct curve curve;

    if (at.w <= 0 || at.h <= 0 || at.w > 16384 || at.h > 16384 || graph->top == 0
        || graph->count > GRAPH_POINTS)
        return;
    draw_grid(&inside, at, graph->grid);
    place_points(&curve, at, graph);
    if (curve.count < 2)
        return;
    find_slopes(&curve);
    draw_below(&inside, at, &curve, colour_alpha(graph->line, 56));
    draw_line_over(&inside, &curve, graph->width, graph->line);
}
