/*
 * The log's window. Text is appended while the cursor is at its end, and followed; whoever puts the cursor
 * elsewhere reads in peace. What another filter shows is made anew.
 */
#include "user/apps/log/window.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS   500
#define FILE_MOST (1u << 20)

static struct log_window window; /* the program has one */

/* ---- colours ---------------------------------------------------------------------------------------- */
enum { STYLE_TEXT, STYLE_TIME, STYLE_AREA, STYLE_WARNING, STYLE_ERROR };

static void style_line(struct text_buffer *buffer, size_t number, const char *text, size_t size,
                       uint8_t *styles, void *context)
{
    const struct piece line = {text, size};
    struct log_figures figures;

    (void)buffer;
    (void)number;
    (void)context;
    if (!figures_log(line, &figures))
        return;
    size_t area = (size_t)(figures.area.at - text), behind = area + figures.area.size;
    int mark = figures.level == LOG_LEVEL_ERROR ? STYLE_ERROR
        : figures.level == LOG_LEVEL_WARNING ? STYLE_WARNING : STYLE_TEXT;

    memset(styles, STYLE_TIME, area);
    memset(styles + area, STYLE_AREA, figures.area.size);
    memset(styles + behind, mark, size - behind);
}

static void set_colours(void *context)
{
    const struct theme *theme = ui_theme();
    const colour_t colours[16] = {[STYLE_TIME] = theme->dim_text, [STYLE_AREA] = theme->accent,
                                  [STYLE_WARNING] = theme->warning, [STYLE_ERROR] = theme->bad};

    (void)context;
    ui_area_set_styler(window.text, style_line, colours, NULL);
}

/* ---- what is shown ---------------------------------------------------------------------------------- */
static struct text_buffer *buffer(void)
{
    return ui_area_buffer(window.text);
}

static void go_to_end(void)
{
    size_t end = text_buffer_size(buffer());

    ui_area_select(window.text, end, end);
}

static bool is_at_end(void)
{
    size_t end = text_buffer_size(buffer());

    return ui_area_cursor(window.text) == end && ui_area_anchor(window.text) == end;
}

static void show_status(void)
{
    ui_set_textf(window.status, ui_say("%zu of %zu lines%s", "%zu de %zu líneas%s"), window.view.count,
                 window.lines.count, window.paused ? ui_say(" · paused", " · en pausa") : "");
}

/* All of it anew: the filter changed, or the beginning was forgotten. */
static void show_all(void)
{
    struct text text = {0};

    log_view_make(&window.view, &window.lines, &window.filter);
    log_view_print(&window.view, &window.lines, &text);
    (void)text_buffer_load(buffer(), text.at ? text.at : "", text.size);
    text_free(&text);
    go_to_end();
    show_status();
}

/* The last `count` lines came. */
static void show_more(size_t count)
{
    struct log_view more = {0};
    struct log_lines last = {.at = window.lines.at + window.lines.count - count, .count = count};
    struct text text = {0};
    bool follow = is_at_end();

    log_view_make(&more, &last, &window.filter);
    log_view_print(&more, &last, &text);
    window.view.count += more.count;
    if (text.size)
        (void)text_buffer_insert(buffer(), text_buffer_size(buffer()), text.at, text.size);
    if (follow)
        go_to_end();
    log_view_free(&more);
    text_free(&text);
    show_status();
}

/* ---- areas ------------------------------------------------------------------------------------------ */
static void show_areas(void)
{
    char areas[32][24];
    size_t count = log_areas(&window.lines, areas, sizeof(areas) / sizeof(areas[0]));
    int chosen = 0;

    if (count == window.area_count && memcmp(areas, window.areas, count * sizeof(areas[0])) == 0)
        return;
    memset(window.areas, 0, sizeof(window.areas));
    memcpy(window.areas, areas, count * sizeof(areas[0]));
    window.area_count = count;
    ui_choice_clear(window.area);
    ui_choice_add(window.area, ui_say("All areas", "Todas las áreas"));
    for (size_t i = 0; i < count; i++) {
        ui_choice_add(window.area, areas[i]);
        if (strcmp(areas[i], window.filter.area) == 0)
            chosen = (int)i + 1;
    }
    ui_set_value(window.area, chosen);
}

void log_look(struct log_window *log)
{
    struct text text = {0};
    unsigned long forgotten = log->lines.forgotten;

    (void)text_read(&text, log->path, FILE_MOST);
    int added = log_lines_take(&log->lines, text_piece(&text));

    text_free(&text);
    if (added <= 0)
        return;
    if (log->lines.forgotten != forgotten)
        show_all();
    else
        show_more((size_t)added);
    show_areas();
}

static void look_again(void *context)
{
    if (!window.paused)
        log_look(context);
}

/* ---- what the user does ----------------------------------------------------------------------------- */
static void filter_changed(struct widget *widget, void *context)
{
    static const enum log_level levels[] = {LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR};
    int area = ui_value(window.area), level = ui_value(window.level);

    (void)widget;
    (void)context;
    window.filter.level = level >= 0 && level < 3 ? levels[level] : LOG_LEVEL_INFO;
    snprintf(window.filter.area, sizeof(window.filter.area), "%s",
             area > 0 && (size_t)area <= window.area_count ? window.areas[area - 1] : "");
    snprintf(window.filter.text, sizeof(window.filter.text), "%s", ui_text(window.search));
    show_all();
}

static void pause_changed(struct widget *widget, void *context)
{
    (void)context;
    window.paused = ui_value(widget) != 0;
    show_status();
}

/* What is selected, else all that is shown. */
static void copy(struct widget *widget, void *context)
{
    struct text text = {0};

    (void)widget;
    (void)context;
    if (ui_area_cursor(window.text) != ui_area_anchor(window.text)) {
        ui_area_copy(window.text);
        return;
    }
    log_view_make(&window.view, &window.lines, &window.filter);
    log_view_print(&window.view, &window.lines, &text);
    (void)ui_clipboard_set("text/plain", text.at ? text.at : "", text.size);
    text_free(&text);
}

static int write_file(const char *path)
{
    struct text text = {0};
    FILE *file = fopen(path, "w");
    bool good = file != NULL;

    log_view_make(&window.view, &window.lines, &window.filter);
    log_view_print(&window.view, &window.lines, &text);
    if (file) {
        good = fwrite(text.at ? text.at : "", 1, text.size, file) == text.size;
        good = fclose(file) == 0 && good;
    }
    text_free(&text);
    return good && !text.broken ? 0 : -1;
}

static void save_to(const char *path, void *context)
{
    (void)context;
    if (path && write_file(path))
        ui_message(window.window, ICON_WARNING, ui_say("It was not saved", "No se guardó"), path);
}

static void save(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_save_file(window.window, NULL, "kernel.log", save_to, NULL);
}

static bool close_window(struct ui_window *of, void *context)
{
    (void)of;
    (void)context;
    ui_timer_stop(window.timer);
    log_view_free(&window.view);
    log_lines_free(&window.lines);
    return true;
}

/* ---- making ----------------------------------------------------------------------------------------- */
static void make_level(struct widget *row)
{
    window.level = ui_choice(row, filter_changed, NULL);
    ui_set_name(window.level, "level");
    ui_choice_add(window.level, ui_say("All lines", "Todo"));
    ui_choice_add(window.level, ui_say("Warnings and errors", "Avisos y errores"));
    ui_choice_add(window.level, ui_say("Errors", "Errores"));
    ui_set_value(window.level, 0);
}

static void make_bar(struct widget *content)
{
    struct widget *row = ui_row(content);

    window.search = ui_entry(row, "", filter_changed, NULL);
    ui_entry_set_placeholder(window.search, ui_say("Text", "Texto"));
    ui_entry_set_icon(window.search, ICON_SEARCH);
    ui_set_name(window.search, "search");
    ui_set_grow(window.search, 1);
    window.area = ui_choice(row, filter_changed, NULL);
    ui_set_name(window.area, "area");
    ui_choice_add(window.area, ui_say("All areas", "Todas las áreas"));
    ui_set_value(window.area, 0);
    make_level(row);
}

static void make_foot(struct widget *content)
{
    struct widget *row = ui_row(content);

    window.pause = ui_switch(row, ui_say("&Pause", "&Pausa"), false, pause_changed, NULL);
    window.status = ui_label(row, "");
    ui_label_set_style(window.status, UI_DIM);
    ui_set_grow(window.status, 1);
    ui_button(row, ui_say("&Copy", "&Copiar"), copy, NULL);
    ui_button(row, ui_say("&Save as…", "&Guardar como…"), save, NULL);
    ui_shortcut(window.window, "Ctrl+S", save, NULL);
}

struct log_window *log_open(const char *path)
{
    window = (struct log_window){.path = path, .filter = {.level = LOG_LEVEL_INFO}};
    window.window = ui_window(ui_say("Log", "Registro"), 760, 480);
    if (!window.window)
        return NULL;
    struct widget *content = ui_window_content(window.window);

    ui_window_set_icon(window.window, "log");
    ui_window_on_close(window.window, close_window, NULL);
    make_bar(content);
    window.text = ui_text_area(content, NULL, NULL, NULL);
    ui_set_name(window.text, "lines");
    ui_area_set_read_only(window.text, true);
    ui_set_grow(window.text, 1);
    make_foot(content);
    set_colours(NULL);
    ui_on_desktop(set_colours, NULL);
    log_look(&window);
    window.timer = ui_timer(LOOK_MS, true, look_again, &window);
    ui_window_show(window.window);
    ui_focus(window.text);
    return &window;
}
