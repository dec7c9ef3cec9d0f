/*
 * Contents and search at the left, the page at the right. Where one was is remembered, 64 places far.
 */
#include "user/apps/help/window.h"

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 280

extern char **environ;

static struct help help; /* the program has one */

static void say(const char *text)
{
    ui_set_text(help.status, text);
    ui_set_visible(help.status, *text != 0);
}

/* ---- the contents ----------------------------------------------------------------------------------- */
static size_t count_rows(void *context)
{
    (void)context;
    return help.row_count;
}

static void show_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct help_row *shown = &help.rows[row];

    (void)context;
    (void)column;
    cell->text = shown->text;
    cell->bold = shown->line == 0 && shown->page == help.page;
    cell->dim = shown->line != 0;
}

static struct help_row *add_row(size_t page, uint32_t line)
{
    struct help_row *larger = realloc(help.rows, (help.row_count + 1) * sizeof(*larger));

    if (!larger)
        return NULL;
    help.rows = larger;
    larger[help.row_count] = (struct help_row){.page = page, .line = line};
    return &larger[help.row_count++];
}

static void add_headings(void)
{
    char text[100];
    bool first = true;

    for (size_t i = 0; help.has_md && i < help.md.count; i++) {
        const struct md_block *block = &help.md.blocks[i];
        if (block->kind != MD_HEADING || block->level > 3)
            continue;
        struct help_row *row = first ? NULL : add_row(help.page, block->line);
        if (row)
            snprintf(row->text, sizeof(row->text), "%s%s", block->level > 2 ? "          " : "      ",
                     md_block_text(&help.md, block, text, sizeof(text)));
        first = false; /* the page's own title */
    }
}

/* Returns the row of the shown one. */
static size_t list_pages(void)
{
    size_t shown = UI_NO_ROW;

    for (size_t i = 0; i < help.pages.count; i++) {
        struct help_row *row = add_row(i, 0);
        if (row)
            snprintf(row->text, sizeof(row->text), "%s", help.pages.items[i].title);
        if (i != help.page)
            continue;
        shown = help.row_count - 1;
        add_headings();
    }
    return shown;
}

static void list_hits(const char *words)
{
    struct hit *hits = calloc(HELP_HITS, sizeof(*hits));
    size_t found = hits ? pages_search(&help.pages, words, hits, HELP_HITS) : 0;

    for (size_t i = 0; i < found; i++) {
        struct help_row *row = add_row(hits[i].page, hits[i].line);
        if (row)
            snprintf(row->text, sizeof(row->text), "%s: %.*s", help.pages.items[hits[i].page].name,
                     hits[i].size < 80 ? (int)hits[i].size : 80, hits[i].text);
    }
    free(hits);
    if (found == 0)
        say(ui_say("Nothing was found.", "No se encontró nada."));
}

static void list_rows(void)
{
    size_t shown = UI_NO_ROW;

    help.row_count = 0;
    if (*ui_text(help.search))
        list_hits(ui_text(help.search));
    else
        shown = list_pages();
    ui_list_changed(help.list, false);
    if (shown < help.row_count)
        ui_list_select(help.list, shown);
}

/* ---- pages ------------------------------------------------------------------------------------------ */
static void show_buttons(void)
{
    ui_set_enabled(help.back, help.now > 0);
    ui_set_enabled(help.forward, help.now < help.last);
}

static int show_page(size_t page)
{
    struct md md;
    int error = md_read(&md, help.pages.items[page].text, help.pages.items[page].size);

    if (error)
        return error;
    view_set(help.view, NULL); /* it looks no more at the old one */
    if (help.has_md)
        md_end(&help.md);
    help.md = md;
    help.has_md = true;
    help.page = page;
    view_set(help.view, &help.md);
    ui_set_text(help.title, help.pages.items[page].title);
    say("");
    if (*ui_text(help.search) == 0)
        list_rows();
    return 0;
}

static void remember(void)
{
    help.history[help.now].top = view_top(help.view);
    if (help.now + 1 == HELP_HISTORY) {
        memmove(help.history, help.history + 1, (HELP_HISTORY - 1) * sizeof(*help.history));
        help.now--;
    }
    help.last = ++help.now;
}

static void go(size_t page, uint32_t line)
{
    remember();
    if (page != help.page && show_page(page) != 0)
        say(strerror(ENOMEM));
    view_go(help.view, line);
    help.history[help.now] = (struct place){help.page, view_top(help.view)};
    show_buttons();
}

static bool go_to(const char *where, size_t size)
{
    const char *mark = memchr(where, '#', size);
    size_t name = mark ? (size_t)(mark - where) : size;
    size_t page = name ? pages_find(&help.pages, where, name) : help.page;
    char slug[200] = "";

    if (page == PAGES_NONE)
        return false;
    if (mark && size - name - 1 < sizeof(slug))
        memcpy(slug, mark + 1, size - name - 1);
    go(page, 0);
    const struct md_block *heading = *slug && help.has_md ? md_find_heading(&help.md, slug) : NULL;
    view_go(help.view, heading ? heading->line : 0);
    return true;
}

bool help_go(const char *where)
{
    return go_to(where, strlen(where));
}

static void go_in_history(int by)
{
    if ((by < 0 && help.now == 0) || (by > 0 && help.now == help.last))
        return;
    help.history[help.now].top = view_top(help.view);
    help.now += (unsigned)by;
    const struct place place = help.history[help.now];
    if (show_page(place.page) == 0)
        view_scroll(help.view, place.top);
    show_buttons();
}

static void go_back(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_in_history(-1);
}

static void go_forward(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_in_history(1);
}

/* ---- what is pressed in a page ---------------------------------------------------------------------- */
static void follow(const struct md_span *span)
{
    const char *target = help.md.text + span->target;
    char text[200];

    if (go_to(target, span->target_size))
        return;
    snprintf(text, sizeof(text), ui_say("Not one of these pages: %.*s", "No es una de estas páginas: %.*s"),
             span->target_size < 120 ? (int)span->target_size : 120, target);
    say(text);
}

static void edit(const struct md_block *block, const char *text, size_t size)
{
    const char *home = getenv("HOME");
    char folder[256], path[400], language[16], said[700];

    snprintf(folder, sizeof(folder), "%s/Documents", home ? home : "");
    snprintf(language, sizeof(language), "%.*s", block->info_size < 15 ? (int)block->info_size : 15,
             help.md.text + block->info);
    int error = pages_write_code(folder, help.pages.items[help.page].name, language, text, size, path,
                                 sizeof(path));
    if (!error)
        error = help.edit(path);
    snprintf(said, sizeof(said), "%s: %s", error ? folder : ui_say("Written", "Escrito"),
             error ? strerror(-error) : path);
    say(said);
}

static void press(const struct layout_target *target, void *context)
{
    const struct md_span *span = &help.md.spans[target->span];
    const char *text = help.md.text + span->at;

    (void)context;
    if (target->kind == TARGET_LINK)
        follow(span);
    else if (target->kind == TARGET_OPEN)
        edit(&help.md.blocks[target->block], text, span->size);
    else
        say(ui_clipboard_set("text/plain", text, span->size) == 0 ? ui_say("Copied.", "Copiado.")
                                                                  : strerror(ENOMEM));
}

static int start_editor(const char *path)
{
    char *const words[] = {(char *)(uintptr_t)"/bin/editor", (char *)(uintptr_t)path, NULL};
    pid_t child;

    return -posix_spawn(&child, words[0], NULL, NULL, words, environ);
}

/* ---- the window ------------------------------------------------------------------------------------- */
static void row_chosen(struct widget *list, void *context)
{
    size_t number = ui_list_row(list);

    (void)context;
    if (number >= help.row_count)
        return;
    const struct help_row row = help.rows[number]; /* other rows may come */
    if (row.page != help.page || row.line)
        go(row.page, row.line);
}

static void searched(struct widget *entry, void *context)
{
    (void)entry;
    (void)context;
    say("");
    list_rows();
}

static void find(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_focus(help.search);
    ui_entry_select(help.search, 0, (size_t)-1);
}

static void leave_search(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_set_text(help.search, "");
    searched(help.search, NULL);
    ui_focus(view_canvas(help.view));
}

static void say_texts(void *context)
{
    (void)context;
    ui_window_set_title(help.window, ui_say("Help", "Ayuda"));
    ui_entry_set_placeholder(help.search, ui_say("Search all pages", "Buscar en las páginas"));
    ui_set_tooltip(help.back, ui_say("Back (Alt+Left)", "Atrás (Alt+Izquierda)"));
    ui_set_tooltip(help.forward, ui_say("Forward (Alt+Right)", "Adelante (Alt+Derecha)"));
    view_look(help.view);
}

static void make_side(struct widget *split)
{
    static const struct ui_model model = {count_rows, show_cell};
    struct widget *side = ui_column(split);

    ui_set_padding(side, 8, 8);
    help.search = ui_entry(side, "", searched, NULL);
    ui_set_name(help.search, "search");
    ui_entry_set_icon(help.search, ICON_SEARCH);
    help.list = ui_list(side, &model, NULL, row_chosen, NULL);
    ui_set_name(help.list, "contents");
    ui_set_grow(help.list, 1);
}

static void make_bar(struct widget *column)
{
    struct widget *bar = ui_row(column);

    ui_set_padding(bar, 8, 6);
    help.back = ui_tool(bar, ICON_BACK, "", go_back, NULL);
    help.forward = ui_tool(bar, ICON_FORWARD, "", go_forward, NULL);
    ui_set_name(help.back, "back");
    ui_set_name(help.forward, "forward");
    help.title = ui_label(bar, "");
    ui_label_set_style(help.title, UI_BOLD);
    ui_set_grow(help.title, 1);
}

static bool make_window(void)
{
    help.window = ui_window("Help", 960, 660);
    struct widget *content = ui_window_content(help.window);

    ui_set_padding(content, 0, 0);
    ui_set_gap(content, 0);
    struct widget *split = ui_split(content, false);
    ui_set_grow(split, 1);
    make_side(split);
    struct widget *column = ui_column(split);
    ui_set_gap(column, 0);
    make_bar(column);
    help.view = view_make(column, press, NULL);
    help.status = ui_label(content, "");
    ui_set_value(split, SIDE);
    ui_shortcut(help.window, "Ctrl+F", find, NULL);
    ui_shortcut(help.window, "Alt+Left", go_back, NULL);
    ui_shortcut(help.window, "Alt+Right", go_forward, NULL);
    ui_shortcut(help.window, "Esc", leave_search, NULL);
    return help.view != NULL;
}

struct help *help_open(const char *folder, const char *where, int *error)
{
    help = (struct help){.edit = start_editor};
    *error = pages_load(&help.pages, folder);
    if (*error == 0 && !make_window())
        *error = -ENOMEM;
    if (*error == 0)
        *error = show_page(0);
    if (*error) {
        help_close();
        return NULL;
    }
    say_texts(NULL);
    ui_on_desktop(say_texts, NULL);
    if (where && !help_go(where))
        say(ui_say("There is no such page.", "No existe esa página."));
    help.now = help.last = 0;
    help.history[0] = (struct place){help.page, view_top(help.view)};
    show_buttons();
    ui_window_show(help.window);
    ui_focus(view_canvas(help.view));
    return &help;
}

void help_close(void)
{
    if (help.has_md)
        md_end(&help.md);
    pages_end(&help.pages);
    view_end(help.view);
    free(help.rows);
    help = (struct help){0};
}
