/*
 * See terminal.h.
 *
 *     Ctrl+Shift+T  new tab         Ctrl+Shift+C, V  copy, paste     Shift+Page Up …  look back
 *     Ctrl+Shift+W  close it        Ctrl+Shift+F     find            Ctrl+Shift+N     new window
 *     Ctrl+Page Up, Down  other tab                                  Ctrl+plus, minus, 0  size of the text
 */
#include "user/apps/terminal/terminal.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/apps/terminal/view.h"

#define FONT_SIZE 14
#define TABS_MAX  32

struct terminal {
    struct ui_window *window;
    struct widget *tabs, *find, *find_text;
    struct view *views[TABS_MAX]; /* as many as there are pages, in no order */
    char *const *words;           /* what a tab runs */
    const char *folder;
    int font_size;
};

static struct terminal terminal;

/* ---- tabs ----------------------------------------------------------------------------------------- */

static struct widget *page_of(const struct view *view)
{
    return ui_parent(ui_parent(view->canvas));
}

static struct view *view_of(const struct widget *page)
{
    for (int i = 0; i < TABS_MAX; i++)
        if (terminal.views[i] && page_of(terminal.views[i]) == page)
            return terminal.views[i];
    return NULL;
}

static struct view *shown(void)
{
    int which = ui_value(terminal.tabs);

    return which < 0 ? NULL : view_of(ui_tabs_page(terminal.tabs, (unsigned)which));
}

static const char *name_of(const struct view *view)
{
    return view->session.title[0] ? view->session.title : terminal.words[0];
}

static void show_title(void)
{
    const struct view *view = shown();
    char title[160];

    if (!view)
        return;
    snprintf(title, sizeof(title), "%s — %s", ui_say("Terminal", "Terminal"), name_of(view));
    ui_window_set_title(terminal.window, title);
}

/* Once the page is gone the one beside it has the keyboard. */
static void focus_shown(void *context)
{
    struct view *view = shown();

    (void)context;
    if (view)
        ui_focus(view->canvas);
    show_title();
}

static bool any_view(void)
{
    for (int i = 0; i < TABS_MAX; i++)
        if (terminal.views[i])
            return true;
    return false;
}

static void close_view(struct view *view)
{
    struct widget *page = page_of(view);

    for (int i = 0; i < TABS_MAX; i++)
        if (terminal.views[i] == view)
            terminal.views[i] = NULL;
    view_end(view);
    ui_remove(page);
    free(view);
    if (any_view())
        (void)ui_post(focus_shown, NULL);
    else
        ui_window_end(terminal.window);
}

/* Title, bell, or the end of its program. */
static void on_changed(struct view *view)
{
    view->session.bell = false;
    if (view->session.has_title) {
        view->session.has_title = false;
        ui_set_text(page_of(view), name_of(view));
        show_title();
    }
    if (view->session.fd < 0)
        close_view(view);
}

static int free_place(void)
{
    for (int i = 0; i < TABS_MAX; i++)
        if (!terminal.views[i])
            return i;
    return -1;
}

static void say_it_failed(int error)
{
    char text[160];

    snprintf(text, sizeof(text), "%s: %s", terminal.words[0], strerror(-error));
    ui_message(terminal.window, ICON_WARNING, ui_say("It could not be started", "No se pudo iniciar"), text);
}

static void open_tab(void)
{
    int place = free_place();
    struct view *view = place < 0 ? NULL : calloc(1, sizeof(*view));

    if (!view)
        return;
    struct widget *page = ui_tab(terminal.tabs, terminal.words[0]);

    ui_set_padding(page, 0, 0);
    terminal.views[place] = view;
    view->changed = on_changed;
    view->font_size = terminal.font_size;
    int error = view_start(view, page, terminal.words, terminal.folder);

    if (error) {
        close_view(view);
        say_it_failed(error);
        return;
    }
    ui_set_value(terminal.tabs, (int)ui_tabs_count(terminal.tabs) - 1);
    ui_focus(view->canvas);
    show_title();
}

static void on_tab(struct widget *tabs, void *context)
{
    struct view *view = shown();

    (void)tabs;
    (void)context;
    if (view)
        ui_focus(view->canvas);
    show_title();
}

static void on_add(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    open_tab();
}

/* ---- closing what still runs ---------------------------------------------------------------------- */

static struct view *view_to_close;

static void on_close_answer(bool yes, void *context)
{
    (void)context;
    if (yes && view_to_close)
        close_view(view_to_close);
    view_to_close = NULL;
}

static void ask_to_close(struct view *view)
{
    if (!view)
        return;
    if (!session_is_busy(&view->session)) {
        close_view(view);
        return;
    }
    view_to_close = view;
    ui_confirm(
        terminal.window, ui_say("Close this tab?", "¿Cerrar esta pestaña?"),
        ui_say("A program still runs in it. It will be ended.", "Un programa sigue en marcha. Se terminará."),
        ui_say("Close", "Cerrar"), on_close_answer, NULL);
}

static void on_close_page(struct widget *page, void *context)
{
    (void)context;
    ask_to_close(view_of(page));
}

static void on_close_tab(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ask_to_close(shown());
}

static void on_window_answer(bool yes, void *context)
{
    (void)context;
    if (yes)
        ui_window_end(terminal.window);
}

static bool on_window_close(struct ui_window *window, void *context)
{
    (void)context;
    for (int i = 0; i < TABS_MAX; i++)
        if (terminal.views[i] && session_is_busy(&terminal.views[i]->session)) {
            ui_confirm(window, ui_say("Close the terminal?", "¿Cerrar el terminal?"),
                       ui_say("Programs still run in it. They will be ended.",
                              "Hay programas en marcha. Se terminarán."),
                       ui_say("Close", "Cerrar"), on_window_answer, NULL);
            return false;
        }
    return true;
}

/* ---- finding -------------------------------------------------------------------------------------- */

static void find(bool back)
{
    struct view *view = shown();
    const char *text = ui_text(terminal.find_text);

    if (view && text[0] && !view_find(view, text, back)) {
        view->selection.any = false; /* from the other end, the next time */
        (void)view_find(view, text, back);
    }
}

static void on_find_back(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    find(true);
}

static void on_find_on(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    find(false);
}

static void hide_find(void)
{
    ui_set_visible(terminal.find, false);
    on_tab(NULL, NULL);
}

static void on_find_close(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    hide_find();
}

static void on_find(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_set_visible(terminal.find, true);
    ui_focus(terminal.find_text);
    ui_entry_select(terminal.find_text, 0, (size_t)-1);
}

static void build_find(struct widget *parent)
{
    terminal.find = ui_row(parent);
    ui_set_padding(terminal.find, 8, 4);
    terminal.find_text = ui_entry(terminal.find, "", NULL, NULL);
    ui_entry_set_placeholder(terminal.find_text, ui_say("Find", "Buscar"));
    ui_entry_set_icon(terminal.find_text, ICON_SEARCH);
    ui_set_grow(terminal.find_text, 1);
    ui_on_activate(terminal.find_text, on_find_back, NULL);
    ui_tool(terminal.find, ICON_UP, ui_say("Before", "Anterior"), on_find_back, NULL);
    ui_tool(terminal.find, ICON_DOWN, ui_say("Behind", "Siguiente"), on_find_on, NULL);
    ui_tool(terminal.find, ICON_CLOSE, ui_say("Close", "Cerrar"), on_find_close, NULL);
    ui_set_visible(terminal.find, false);
}

/* ---- what else keys do ---------------------------------------------------------------------------- */

static void on_copy(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (shown())
        view_copy(shown());
}

static void on_paste(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (shown())
        view_paste(shown());
}

static void set_font(int size)
{
    terminal.font_size = size < 8 ? 8 : size > 40 ? 40 : size;
    for (int i = 0; i < TABS_MAX; i++)
        if (terminal.views[i])
            view_set_font(terminal.views[i], terminal.font_size);
}

static void on_larger(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_font(terminal.font_size + 2);
}

static void on_smaller(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_font(terminal.font_size - 2);
}

static void on_usual(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_font(FONT_SIZE);
}

static void go_to_tab(int by)
{
    int count = (int)ui_tabs_count(terminal.tabs);

    if (count > 0)
        ui_set_value(terminal.tabs, (ui_value(terminal.tabs) + by + count) % count);
    on_tab(NULL, NULL);
}

static void on_next(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_to_tab(1);
}

static void on_previous(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_to_tab(-1);
}

static void on_new_window(struct widget *widget, void *context)
{
    static char name[] = "terminal";
    char *words[] = {name, NULL};
    pid_t pid;

    (void)widget;
    (void)context;
    (void)posix_spawnp(&pid, name, NULL, NULL, words, environ);
}

static void add_shortcuts(void)
{
    static const struct {
        const char *keys;
        ui_action call;
    } shortcuts[] = {
        {"Ctrl+Shift+T", on_add},     {"Ctrl+Shift+W", on_close_tab},    {"Ctrl+Shift+C", on_copy},
        {"Ctrl+Shift+V", on_paste},   {"Ctrl+Shift+F", on_find},         {"Ctrl+Shift+N", on_new_window},
        {"Ctrl+PageDown", on_next},   {"Ctrl+PageUp", on_previous},      {"Ctrl++", on_larger},
        {"Ctrl+=", on_larger},        {"Ctrl+-", on_smaller},            {"Ctrl+0", on_usual},
    };

    for (size_t i = 0; i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++)
        (void)ui_shortcut(terminal.window, shortcuts[i].keys, shortcuts[i].call, NULL);
}

/* ---- start ---------------------------------------------------------------------------------------- */

static void build_window(void)
{
    terminal.window = ui_window("Terminal", 664, 480);
    struct widget *content = ui_window_content(terminal.window);

    ui_window_set_icon(terminal.window, "terminal");
    ui_set_padding(content, 0, 0);
    ui_set_gap(content, 0);
    terminal.tabs = ui_tabs(content, on_tab, NULL);
    ui_set_grow(terminal.tabs, 1);
    ui_tabs_set_closable(terminal.tabs, on_close_page, on_add, NULL);
    build_find(content);
    ui_window_on_close(terminal.window, on_window_close, NULL);
    add_shortcuts();
}

struct ui_window *terminal_open(char *const words[], const char *folder)
{
    terminal = (struct terminal){.words = words, .folder = folder, .font_size = FONT_SIZE};
    build_window();
    open_tab();
    ui_window_show(terminal.window);
    return terminal.window;
}

void terminal_end(void)
{
    for (int i = 0; i < TABS_MAX; i++) {
        if (terminal.views[i])
            view_end(terminal.views[i]);
        free(terminal.views[i]);
        terminal.views[i] = NULL;
    }
}
