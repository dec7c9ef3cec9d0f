/* The System Monitor's window: tabs, a status line, and the look each second. See monitor.h. */
#include "user/apps/monitor/monitor.h"

#include <stdio.h>
#include <string.h>

#define LOOK_MS   1000
#define FILE_MOST (64u << 10)

static struct monitor monitor; /* the program has one window */

static const struct {
    void (*make)(struct monitor *monitor, struct widget *page);
    void (*look)(struct monitor *monitor);
    const char *english, *spanish;
} tabs[] = {
    [TAB_OVERVIEW] = {overview_make, overview_look, "&Overview", "&General"},
    [TAB_PROCESSES] = {process_page_make, process_page_look, "&Processes", "&Procesos"},
    [TAB_DRIVERS] = {driver_page_make, driver_page_look, "&Drivers", "&Controladores"},
    [TAB_DISKS] = {disk_page_make, disk_page_look, "D&isks", "D&iscos"},
};
#define TABS (sizeof(tabs) / sizeof(tabs[0]))

struct text monitor_read(const struct monitor *from, const char *name)
{
    struct text text = {0};
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", from->world->proc, name);
    (void)text_read(&text, path, FILE_MOST);
    return text;
}

void monitor_tell(struct monitor *of, const char *what, int error)
{
    if (error)
        ui_message(of->window, ICON_WARNING, what, strerror(-error));
}

/* ---- the status line -------------------------------------------------------------------------------- */
static void print_status(char *to, size_t room)
{
    const struct overview *overview = &monitor.overview;
    unsigned cpu = samples_at(&overview->samples, SERIES_CPU, 0);
    unsigned frame = samples_at(&overview->samples, SERIES_FRAME_US, 0);
    unsigned long long seconds = (unsigned long long)ui_now_ms() / 1000;

    snprintf(to, room, ui_say("CPU %u %%  ·  compositor %u.%u ms/frame  ·  up %llu:%02llu:%02llu",
                              "CPU %u %%  ·  compositor %u.%u ms/cuadro  ·  en marcha %llu:%02llu:%02llu"),
             cpu / 10, frame / 1000, frame % 1000 / 100, seconds / 3600, seconds / 60 % 60, seconds % 60);
}

/* It is always in the window: while it is painted, the window is seen. */
static void paint_status(struct widget *widget, const struct canvas *canvas, void *context)
{
    char text[160];
    int width, height;

    (void)context;
    ui_canvas_size(widget, &width, &height);
    print_status(text, sizeof(text));
    draw_fill(canvas, (struct rect){0, 0, width, height}, ui_theme()->surface);
    draw_label(canvas, (struct rect){ui_px(16), 0, width - ui_px(32), height}, ui_font(FONT_UI, UI_SMALL),
               text, ALIGN_START, ui_theme()->dim_text);
    monitor.painted = true;
}

/* ---- looking ---------------------------------------------------------------------------------------- */
static void look_now(void)
{
    int tab = ui_value(monitor.tabs);

    monitor.painted = false;
    overview_look(&monitor);
    if (tab > TAB_OVERVIEW && tab < (int)TABS)
        tabs[tab].look(&monitor);
    ui_redraw(monitor.status);
}

static void look_each_second(void *context)
{
    (void)context;
    if (monitor.painted)
        look_now();
}

static void show_tab(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    look_now();
}

/* ---- the window ------------------------------------------------------------------------------------- */
static bool close_window(struct ui_window *window, void *context)
{
    (void)window;
    (void)context;
    ui_timer_stop(monitor.timer);
    process_page_end(&monitor);
    return true;
}

static void make_tabs(struct widget *content)
{
    monitor.tabs = ui_tabs(content, show_tab, NULL);
    ui_set_grow(monitor.tabs, 1);
    for (size_t i = 0; i < TABS; i++)
        tabs[i].make(&monitor, ui_tab(monitor.tabs, ui_say(tabs[i].english, tabs[i].spanish)));
}

static void make_status(struct widget *content)
{
    static const struct ui_canvas_calls calls = {.paint = paint_status};

    monitor.status = ui_canvas(content, &calls, NULL);
    ui_set_grow(monitor.status, 0);
    ui_set_least(monitor.status, 300, 20);
}

struct monitor *monitor_open(const struct monitor_world *world, enum monitor_tab tab)
{
    monitor = (struct monitor){.world = world};
    monitor.window = ui_window(ui_say("System Monitor", "Monitor del sistema"), 680, 480);
    if (!monitor.window)
        return NULL;
    struct widget *content = ui_window_content(monitor.window);

    ui_set_padding(content, 0, 8); /* tabs have a margin of their own */
    ui_set_gap(content, 0);
    ui_window_set_context(monitor.window, &monitor);
    ui_window_set_icon(monitor.window, "monitor");
    ui_window_on_close(monitor.window, close_window, NULL);
    make_tabs(content);
    make_status(content);
    ui_set_value(monitor.tabs, (int)tab);
    monitor.timer = ui_timer(LOOK_MS, true, look_each_second, NULL);
    look_now();
    ui_window_show(monitor.window);
    return &monitor;
}
