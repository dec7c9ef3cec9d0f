/* The overview: four graphs of the last minute. The server counts its frames itself (ui_count). */
#include <stdio.h>

#include "user/apps/monitor/graph.h"
#include "user/apps/monitor/monitor.h"

static const struct {
    enum series series;
    const char *english, *spanish;
    uint32_t least_top;
} graphs[4] = {
    {SERIES_CPU, "CPU", "CPU", 1000},
    {SERIES_MEMORY, "Memory", "Memoria", 1000},
    {SERIES_INTERRUPTS, "Interrupts", "Interrupciones", 100},
    {SERIES_FRAME_US, "Frame time", "Tiempo por cuadro", 1000},
};

static colour_t colour_of(unsigned which)
{
    const struct theme *theme = ui_theme();
    const colour_t colours[4] = {theme->accent, theme->good, theme->warning,
                                 colour_mix(theme->accent, theme->bad, 128)};

    return colours[which];
}

/* ---- what is said ----------------------------------------------------------------------------------- */
static void print_value(const struct overview *overview, unsigned which, char *to, size_t room)
{
    uint32_t value = samples_at(&overview->samples, graphs[which].series, 0);
    const struct memory_figures *memory = &overview->memory;

    switch (graphs[which].series) {
    case SERIES_CPU:
        snprintf(to, room, "%u.%u %%", value / 10, value % 10);
        break;
    case SERIES_MEMORY:
        snprintf(to, room, ui_say("%llu of %llu MiB", "%llu de %llu MiB"),
                 (unsigned long long)(memory->total - memory->available) / 1024,
                 (unsigned long long)memory->total / 1024);
        break;
    case SERIES_INTERRUPTS:
        snprintf(to, room, "%u/s", value);
        break;
    default:
        snprintf(to, room, "%u.%02u ms · %u fps", value / 1000, value % 1000 / 10,
                 samples_at(&overview->samples, SERIES_FRAMES, 0));
    }
}

/* What the upper edge stands for. */
static void print_top(unsigned which, uint32_t top, char *to, size_t room)
{
    switch (graphs[which].series) {
    case SERIES_CPU: case SERIES_MEMORY:
        snprintf(to, room, "%u %%", top / 10);
        break;
    case SERIES_INTERRUPTS:
        snprintf(to, room, "%u/s", top);
        break;
    default:
        snprintf(to, room, "%u ms", top / 1000);
    }
}

/* ---- painting --------------------------------------------------------------------------------------- */
static void fill_graph(const struct overview *overview, unsigned which, struct graph *graph)
{
    const struct samples *samples = &overview->samples;
    enum series series = graphs[which].series;

    *graph = (struct graph){
        .count = samples->taken,
        .points = SAMPLES,
        .top = samples_top(samples_most(samples, series), graphs[which].least_top),
        .line = colour_of(which),
        .grid = colour_mix(ui_theme()->field, ui_theme()->border, 128),
        .width = ui_px(2) * 256 * 4 / 5,
    };
    for (unsigned i = 0; i < graph->count; i++)
        graph->values[i] = samples_at(samples, series, graph->count - 1 - i);
}

static void paint_texts(const struct canvas *canvas, struct rect head, const struct overview *overview,
                        unsigned which)
{
    const struct font *bold = ui_font(FONT_UI_BOLD, UI_TEXT), *plain = ui_font(FONT_UI, UI_SMALL);
    char value[64];

    print_value(overview, which, value, sizeof(value));
    draw_label(canvas, head, bold, ui_say(graphs[which].english, graphs[which].spanish), ALIGN_START,
               ui_theme()->field_text);
    draw_label(canvas, head, plain, value, ALIGN_END, ui_theme()->field_text);
}

static void paint_scale(const struct canvas *canvas, struct rect foot, unsigned which, uint32_t top)
{
    const struct font *font = ui_font(FONT_UI, UI_SMALL);
    char text[32];

    print_top(which, top, text, sizeof(text));
    draw_label(canvas, foot, font, "60 s", ALIGN_START, ui_theme()->dim_text);
    draw_label(canvas, foot, font, text, ALIGN_END, ui_theme()->dim_text);
}

static void paint_graph(struct widget *widget, const struct canvas *canvas, void *context)
{
    struct monitor *monitor = ui_window_context(ui_window_of(widget));
    const struct overview *overview = &monitor->overview;
    unsigned which = (unsigned)(uintptr_t)context;
    int width, height, pad = ui_px(12), line = ui_px(20);
    struct graph graph;

    ui_canvas_size(widget, &width, &height);
    fill_graph(overview, which, &graph);
    const struct rect all = {0, 0, width, height};

    draw_fill(canvas, all, ui_theme()->surface);
    draw_round(canvas, all, ui_px(8), CORNERS_ALL, ui_theme()->field);
    draw_round_border(canvas, all, ui_px(8), CORNERS_ALL, ui_px(1), ui_theme()->border);
    paint_texts(canvas, (struct rect){pad, ui_px(8), width - 2 * pad, line}, overview, which);
    graph_draw(canvas, (struct rect){pad, ui_px(36), width - 2 * pad, height - ui_px(36 + 30)}, &graph);
    paint_scale(canvas, (struct rect){pad, height - ui_px(26), width - 2 * pad, line}, which, graph.top);
}

/* ---- looking ---------------------------------------------------------------------------------------- */
static void take_statistics(const struct ui_statistics *statistics, void *context)
{
    struct monitor *monitor = context;

    monitor->overview.counters.frames = statistics->frames;
    monitor->overview.counters.busy_ns = statistics->busy_ns;
}

static void take_figures(struct monitor *monitor)
{
    struct overview *overview = &monitor->overview;
    struct text stat = monitor_read(monitor, "stat"), memory = monitor_read(monitor, "meminfo");
    struct cpu_figures cpu;

    (void)figures_cpu(text_piece(&stat), &cpu);
    (void)figures_memory(text_piece(&memory), &overview->memory);
    if (overview->memory.available > overview->memory.total)
        overview->memory.available = overview->memory.total;
    overview->running = cpu.running;
    overview->counters.now_ms = ui_now_ms();
    overview->counters.busy = cpu.busy;
    overview->counters.idle = cpu.idle;
    overview->counters.interrupts = cpu.interrupts;
    overview->counters.memory = overview->memory.total;
    overview->counters.memory_used = overview->memory.total - overview->memory.available;
    text_free(&stat);
    text_free(&memory);
}

/* What the server answers counts from the next look on. */
void overview_look(struct monitor *monitor)
{
    struct overview *overview = &monitor->overview;

    take_figures(monitor);
    samples_add(&overview->samples, &overview->counters);
    ui_count(take_statistics, monitor);
    for (unsigned i = 0; i < 4; i++)
        ui_redraw(overview->canvas[i]);
}

void overview_make(struct monitor *monitor, struct widget *page)
{
    static const struct ui_canvas_calls calls = {.paint = paint_graph};

    ui_set_gap(page, 12);
    for (unsigned i = 0; i < 4; i += 2) {
        struct widget *row = ui_row(page);

        ui_set_grow(row, 1);
        ui_set_gap(row, 12);
        for (unsigned j = i; j < i + 2; j++) {
            struct widget *canvas = monitor->overview.canvas[j] =
                ui_canvas(row, &calls, (void *)(uintptr_t)j);

            ui_set_grow(canvas, 1);
            ui_set_least(canvas, 240, 130);
        }
    }
}
