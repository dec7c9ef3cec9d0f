/* See panel.h. */
#include "user/desktop/panel.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "user/desktop/apps.h"
#include "user/desktop/calendar_layer.h"
#include "user/desktop/launcher.h"
#include "user/desktop/layer.h"
#include "user/desktop/load.h"
#include "user/desktop/notify.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/switcher.h"
#include "user/desktop/system.h"
#include "user/desktop/words.h"

#define HEIGHT     44
#define CELL       44   /* of a program */
#define ENTRIES_MAX 40
#define LOAD_BARS  9
#define LOAD_NS    2000000000u
#define LOAD_REST_NS 10000000000u /* while there has been none */
#define SECOND_NS  1000000000u

/* What can be clicked. */
enum kind { ENTRY_LAUNCHER, ENTRY_APP, ENTRY_WORKSPACE, ENTRY_LAYOUT, ENTRY_NOTES, ENTRY_CLOCK };
struct entry {
    enum kind kind;
    struct rect box;
    int number;             /* of a workspace */
    const struct app *app;  /* of a program; NULL: it has no file */
    const char *name;       /* of its client */
};

static void draw(const struct canvas *canvas);
static void point(int x, int y, int pressed, bool outside);
static void wheel(int notches);

static struct layer layer = {.level = 0, .draw = draw, .point = point, .wheel = wheel};
static struct entry entries[ENTRIES_MAX];
static int count, hot = -1;
static unsigned char load[LOAD_BARS]; /* eighths, the newest last */
static struct rect load_box, clock_box;
static uint64_t load_taken_ns;
static int minute_shown = -1;

static int scaled(int length)
{
    return draw_scale(length, look.percent);
}

static struct rect panel_box(void)
{
    struct rect screen = scene_screen();

    return (struct rect){0, screen.h - scaled(HEIGHT), screen.w, scaled(HEIGHT)};
}

/* ---- which entries there are ------------------------------------------------------------------- */

static struct entry *add(enum kind kind, struct rect box)
{
    struct entry *entry = &entries[count < ENTRIES_MAX - 1 ? count++ : count];

    *entry = (struct entry){.kind = kind, .box = box};
    return entry;
}

static struct surface *window_of(const char *name, const struct surface *behind)
{
    struct surface *s;
    bool passed = !behind;

    for (unsigned i = 0; (s = scene_window(i)); i++) {
        if (passed && s->kind == SURFACE_WINDOW && strcmp(s->client->name, name) == 0)
            return s;
        passed = passed || s == behind;
    }
    return NULL;
}

static bool is_listed(const char *name)
{
    for (int i = 0; i < count; i++) {
        if (entries[i].kind == ENTRY_APP && strcmp(entries[i].name, name) == 0)
            return true;
    }
    return false;
}

static int add_app(int x, int limit, const struct app *app, const char *name)
{
    struct entry *entry;

    if (x + scaled(CELL) > limit || is_listed(name))
        return x;
    entry = add(ENTRY_APP, (struct rect){x, scaled(4), scaled(CELL - 4), scaled(HEIGHT - 8)});
    entry->app = app;
    entry->name = name;
    return x + scaled(CELL);
}

/* Programs that have a window. */
static int count_running(void)
{
    struct surface *s;
    int running = 0;

    for (unsigned i = 0; (s = scene_window(i)); i++)
        running += s->kind == SURFACE_WINDOW && window_of(s->client->name, NULL) == s;
    return running;
}

/* Where there is no room for all, those that run are there and the last of the others are not. */
static void add_apps(int x, int limit)
{
    int spare = (limit - x) / scaled(CELL) - count_running();
    const struct app *app;
    struct surface *s;

    for (int place = 1; place <= 9; place++) {
        for (unsigned i = 0; (app = app_at(i)); i++) {
            if (app->pinned == place && (window_of(app->id, NULL) || spare-- > 0))
                x = add_app(x, limit, app, app->id);
        }
    }
    for (unsigned i = 0; (s = scene_window(i)); i++) {
        if (s->kind == SURFACE_WINDOW)
            x = add_app(x, limit, app_of(s->client->name), s->client->name);
    }
}

static int add_right(int right, enum kind kind, int width, int number)
{
    struct entry *entry = add(kind, (struct rect){right - scaled(width), 0, scaled(width), scaled(HEIGHT)});

    entry->number = number;
    return right - scaled(width);
}

static void lay_out(void)
{
    int right = panel_box().w - scaled(8);

    count = 0;
    add(ENTRY_LAUNCHER, (struct rect){scaled(8), scaled(6), scaled(84), scaled(32)});
    right = add_right(right, ENTRY_CLOCK, 92, 0);
    right = add_right(right, ENTRY_NOTES, 28, 0);
    right -= scaled(LOAD_BARS * 4 + 10);
    right = add_right(right, ENTRY_LAYOUT, 46, 0);
    for (int i = WORKSPACES - 1; i >= 0; i--)
        right = add_right(right, ENTRY_WORKSPACE, 26, i);
    add_apps(scaled(104), right - scaled(8));
}

/* ---- drawing ----------------------------------------------------------------------------------- */

static bool is_lit(const struct entry *entry)
{
    const struct surface *focused = scene_focused();

    return focused && strcmp(focused->client->name, entry->name) == 0;
}

static void draw_launcher(const struct canvas *canvas, const struct entry *entry)
{
    const struct theme *t = &look.theme;
    struct rect box = entry->box, sign = {box.x + scaled(8), box.y + scaled(7), scaled(18), scaled(18)},
                text = box;

    text.x += scaled(30);
    text.w -= scaled(30);
    draw_round(canvas, box, scaled(8), CORNERS_ALL, t->accent);
    draw_icon(canvas, sign, ICON_LOGO, t->accent_text);
    draw_label(canvas, text, font_get(FONT_UI_BOLD, scaled(13)), "FastOS", ALIGN_START, t->accent_text);
}

static enum icon icon_of(const struct entry *entry, const struct surface *window)
{
    if (entry->app)
        return icon_named(entry->app->icon);
    return icon_named(window ? window->window.icon : entry->name);
}

/* An icon; a line below it when it runs, long when it has the focus. */
static void draw_app(const struct canvas *canvas, const struct entry *entry, bool is_hot)
{
    const struct theme *t = &look.theme;
    struct rect box = entry->box, icon;
    const struct surface *window = window_of(entry->name, NULL);
    bool lit = is_lit(entry);
    int size = scaled(30), width = scaled(lit ? 16 : 6);

    if (is_hot || lit)
        draw_round(canvas, box, scaled(8), CORNERS_ALL, t->hover);
    icon = (struct rect){box.x + (box.w - size) / 2, box.y + (box.h - size) / 2, size, size};
    draw_icon(canvas, icon, icon_of(entry, window), t->panel_text);
    if (window)
        draw_round(canvas, (struct rect){box.x + (box.w - width) / 2, scaled(HEIGHT - 4), width, scaled(3)},
                   scaled(1), CORNERS_ALL, lit ? t->accent : t->dim_text);
}

static void draw_workspace(const struct canvas *canvas, const struct entry *entry)
{
    struct rect box = entry->box, pill = {box.x + scaled(2), box.y + scaled(14), scaled(22), scaled(16)};

    draw_round(canvas, pill, scaled(4), CORNERS_ALL,
               entry->number == scene_workspace() ? look.theme.accent : look.theme.hover);
}

static void draw_layout(const struct canvas *canvas, const struct entry *entry)
{
    struct rect box = rect_inset(entry->box, scaled(6));
    char name[8];

    box.y = scaled(10);
    box.h = scaled(24);
    snprintf(name, sizeof(name), "%.7s", keyboard.layout.name);
    for (char *c = name; *c; c++)
        *c = *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c;
    draw_round(canvas, box, scaled(6), CORNERS_ALL, look.theme.hover);
    draw_label(canvas, box, font_get(FONT_UI_BOLD, scaled(12)), name, ALIGN_CENTRE, look.theme.panel_text);
}

static void draw_load(const struct canvas *canvas, int x)
{
    for (int i = 0; i < LOAD_BARS; i++) {
        int height = scaled(2 + load[i] * 2);

        draw_fill(canvas, (struct rect){x + scaled(i * 4), scaled(30) - height, scaled(3), height},
                  look.theme.good);
    }
}

static void draw_notes(const struct canvas *canvas, const struct entry *entry)
{
    struct rect box = entry->box, sign = {box.x + scaled(6), scaled(14), scaled(16), scaled(16)};

    draw_icon(canvas, sign, ICON_BELL, look.theme.panel_text);
    if (notify_unseen())
        draw_circle(canvas, sign.x + scaled(14), sign.y + scaled(2), scaled(3), look.theme.accent);
}

static void draw_clock(const struct canvas *canvas, const struct entry *entry)
{
    const struct theme *t = &look.theme;
    time_t now = system_time();
    struct tm tm;
    char text[48];
    struct rect box = entry->box, line = {box.x + scaled(12), scaled(6), box.w - scaled(12), scaled(18)};

    localtime_r(&now, &tm);
    minute_shown = tm.tm_min;
    clock_box = box;
    snprintf(text, sizeof(text), "%02d:%02d", tm.tm_hour, tm.tm_min);
    draw_label(canvas, line, font_get(FONT_UI_BOLD, scaled(14)), text, ALIGN_START, t->panel_text);
    line.y += scaled(17);
    line.h = scaled(16);
    snprintf(text, sizeof(text), "%s %d %s", words_day((tm.tm_wday + 6) % 7), tm.tm_mday,
             words_month(tm.tm_mon));
    draw_label(canvas, line, font_get(FONT_UI, scaled(12)), text, ALIGN_START, t->dim_text);
}

static void draw_entry(const struct canvas *canvas, int number)
{
    const struct entry *entry = &entries[number];

    switch (entry->kind) {
    case ENTRY_LAUNCHER:
        draw_launcher(canvas, entry);
        break;
    case ENTRY_APP:
        draw_app(canvas, entry, number == hot);
        break;
    case ENTRY_WORKSPACE:
        draw_workspace(canvas, entry);
        break;
    case ENTRY_LAYOUT:
        draw_layout(canvas, entry);
        load_box = (struct rect){entry->box.x + entry->box.w, 0, scaled(LOAD_BARS * 4 + 10), scaled(HEIGHT)};
        draw_load(canvas, load_box.x + scaled(4));
        break;
    case ENTRY_NOTES:
        draw_notes(canvas, entry);
        break;
    case ENTRY_CLOCK:
        draw_clock(canvas, entry);
        break;
    }
}

static void draw(const struct canvas *canvas)
{
    lay_out();
    draw_fill(canvas, (struct rect){0, 0, canvas->width, canvas->height}, look.theme.panel);
    draw_fill(canvas, (struct rect){0, 0, canvas->width, look.measures.edge}, look.theme.border);
    for (int i = 0; i < count; i++)
        draw_entry(canvas, i);
}

/* ---- acting ------------------------------------------------------------------------------------ */

/* The program's window, or the next of several; away when it is in front; started when there is none. */
static void choose_app(const struct entry *entry)
{
    struct surface *focused = scene_focused(), *window = window_of(entry->name, NULL), *next;

    if (!window) {
        if (entry->app)
            (void)app_start(entry->app);
        return;
    }
    if (!focused || strcmp(focused->client->name, entry->name)) {
        scene_focus(window);
        return;
    }
    next = window;
    for (struct surface *s = window; (s = window_of(entry->name, s));)
        next = s; /* the one that was in front least lately */
    if (next != focused)
        scene_focus(next);
    else
        window_set_state(focused, STATE_MINIMISED);
}

static void choose(const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_LAUNCHER:
        launcher_toggle();
        break;
    case ENTRY_APP:
        choose_app(entry);
        break;
    case ENTRY_WORKSPACE:
        scene_set_workspace(entry->number);
        break;
    case ENTRY_LAYOUT:
        settings_next_layout();
        break;
    case ENTRY_NOTES:
        notify_toggle_history();
        break;
    case ENTRY_CLOCK:
        calendar_toggle();
        break;
    }
}

static void point(int x, int y, int pressed, bool outside)
{
    int now = -1;

    for (int i = 0; i < count && !outside; i++) {
        if (rect_has(entries[i].box, x, y))
            now = i;
    }
    if (now != hot && ((now >= 0 && entries[now].kind == ENTRY_APP) || (hot >= 0 && hot < count)))
        layer_changed(&layer);
    hot = now;
    if (pressed == 1 && now >= 0)
        choose(&entries[now]);
}

static void wheel(int notches)
{
    scene_set_workspace(scene_workspace() - (notches > 0 ? 1 : -1));
}

/* ---- what changes by itself -------------------------------------------------------------------- */

int panel_start(void)
{
    scene_set_panel(scaled(HEIGHT));
    load_taken_ns = 0;
    return layer_show(&layer, panel_box());
}

void panel_changed(void)
{
    layer_changed(&layer);
    switcher_changed();
}

void panel_relook(void)
{
    scene_set_panel(scaled(HEIGHT));
    (void)layer_show(&layer, panel_box());
}

static void take_load(void)
{
    unsigned char now = (unsigned char)((load_percent() * 8 + 50) / 100), before[LOAD_BARS];

    memcpy(before, load, sizeof(load));
    memmove(load, load + 1, LOAD_BARS - 1);
    load[LOAD_BARS - 1] = now > 8 ? 8 : now;
    if (memcmp(before, load, sizeof(load)))
        layer_changed_in(&layer, load_box);
}

static uint64_t watch_clock(uint64_t now_ns)
{
    time_t now = system_time();
    struct tm tm;

    localtime_r(&now, &tm);
    if (tm.tm_min != minute_shown && minute_shown >= 0)
        layer_changed_in(&layer, clock_box);
    return now_ns + (uint64_t)(60 - tm.tm_sec) * SECOND_NS;
}

/* A machine at rest is seldom woken for this; what wakes it otherwise brings the next look forward. */
static uint64_t watch_load(uint64_t now_ns)
{
    static const unsigned char none[LOAD_BARS];

    if (now_ns >= load_taken_ns + LOAD_NS) {
        take_load();
        load_taken_ns = now_ns;
    }
    return load_taken_ns + (memcmp(load, none, sizeof(load)) ? LOAD_NS : LOAD_REST_NS);
}

uint64_t panel_watch(uint64_t now_ns)
{
    uint64_t clock = watch_clock(now_ns), load_next = watch_load(now_ns);

    return clock < load_next ? clock : load_next;
}
