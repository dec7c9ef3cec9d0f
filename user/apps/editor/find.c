/*
 * The bar to find and replace: see find.h. All in the thread of libui. Matches are found a slice at a time by
 * a timer; what the user asked for meanwhile (`wish`) is done when enough of them are known.
 */
#include "user/apps/editor/find.h"

#include <stdio.h>
#include <string.h>

#include "lib/abi/keys.h"
#include "user/apps/editor/search.h"
#include "user/desktop/protocol.h"

enum wish { WISH_NONE, WISH_HERE, WISH_NEXT, WISH_PREVIOUS, WISH_REPLACE_ALL };

static struct {
    struct ui_window *window;
    struct widget *bar, *what, *with_row, *with, *said, *match_case, *word, *regex;
    struct widget *area; /* NULL: none */
    struct search *search;
    unsigned timer;
    enum wish wish;
    size_t from;  /* where the wish begins */
    bool wrapped; /* it went round */
    bool wrong;   /* the pattern is no expression */
} find;

static struct text_buffer *buffer_now(void)
{
    return ui_area_buffer(find.area);
}

static size_t selected_from(void)
{
    size_t cursor = ui_area_cursor(find.area), anchor = ui_area_anchor(find.area);
    return cursor < anchor ? cursor : anchor;
}

static size_t selected_to(void)
{
    size_t cursor = ui_area_cursor(find.area), anchor = ui_area_anchor(find.area);
    return cursor > anchor ? cursor : anchor;
}

/* The number of the match that is selected; search_count: none is. */
static size_t match_selected(void)
{
    size_t from = selected_from(), which = search_first(find.search, from);
    struct match match = search_match(find.search, which);
    return match.at == from && match.at + match.size == selected_to() ? which : search_count(find.search);
}

/* ---- what is said ---------------------------------------------------------------------------- */
static void say_count(char *text, size_t size)
{
    size_t count = search_count(find.search), which = match_selected();
    const char *more = search_done(find.search) ? "" : "+";
    if (which < count)
        snprintf(text, size, ui_say("%zu of %zu%s%s", "%zu de %zu%s%s"), which + 1, count, more,
                 find.wrapped ? ui_say(", went round", ", dio la vuelta") : "");
    else
        snprintf(text, size, count == 1 ? ui_say("%zu%s match", "%zu%s resultado")
                                        : ui_say("%zu%s matches", "%zu%s resultados"), count, more);
}

static void show_said(void)
{
    char text[160] = "";
    if (find.search == NULL || ui_text(find.what)[0] == 0)
        ;
    else if (find.wrong)
        snprintf(text, sizeof(text), "%.150s", search_wrong(find.search));
    else if (search_count(find.search) == 0 && search_done(find.search))
        snprintf(text, sizeof(text), "%s", ui_say("Not found", "No se encuentra"));
    else
        say_count(text, sizeof(text));
    bool bad = find.search != NULL && search_done(find.search) && search_count(find.search) == 0;
    ui_label_set_style(find.said, bad ? UI_BAD : UI_PLAIN);
    ui_set_text(find.said, text);
}

/* ---- wishes ---------------------------------------------------------------------------------- */
static void select_match(size_t which, bool wrapped)
{
    struct match match = search_match(find.search, which);
    find.wrapped = wrapped;
    find.wish = WISH_NONE;
    ui_area_select(find.area, match.at, match.at + match.size);
}

static void wish_forward(void)
{
    size_t which = search_first(find.search, find.from), count = search_count(find.search);
    if (which < count)
        select_match(which, false);
    else if (search_done(find.search) && count > 0)
        select_match(0, true);
}

static void wish_back(void)
{
    size_t which = search_first(find.search, find.from), count = search_count(find.search);
    if (which > 0 && search_passed(find.search, find.from))
        select_match(which - 1, false);
    else if (search_done(find.search) && count > 0)
        select_match(count - 1, true);
}

static void wish_replace_all(void)
{
    size_t cursor = ui_area_cursor(find.area);
    const char *with = ui_text(find.with);
    if (!search_done(find.search))
        return;
    find.wish = WISH_NONE;
    long count = search_replace_all(find.search, with, strlen(with), &cursor);
    if (count < 0)
        ui_message(find.window, ICON_WARNING, ui_say("Replace all", "Reemplazar todo"),
                   strerror((int)-count));
    if (count <= 0)
        return;
    ui_area_select(find.area, cursor, cursor);
    ui_area_edited(find.area);
    ui_label_set_style(find.said, UI_PLAIN);
    ui_set_textf(find.said, ui_say("%ld replaced", "%ld reemplazados"), count);
}

static void do_wish(void)
{
    if (find.wish == WISH_HERE || find.wish == WISH_NEXT)
        wish_forward();
    else if (find.wish == WISH_PREVIOUS)
        wish_back();
    if (find.wish != WISH_REPLACE_ALL)
        show_said();
    else
        wish_replace_all();
    if (search_done(find.search))
        find.wish = WISH_NONE;
}

static void slice(void *context)
{
    (void)context;
    find.timer = 0;
    if (find.search == NULL)
        return;
    if (search_step(find.search))
        find.timer = ui_timer(1, false, slice, NULL);
    do_wish();
}

static void wish(enum wish wish, size_t from)
{
    find.wish = wish;
    find.from = from;
    find.wrapped = false;
    if (find.timer == 0)
        slice(NULL);
    else
        do_wish();
}

void find_finish(void)
{
    if (find.search == NULL || find.wish != WISH_REPLACE_ALL)
        return;
    while (search_step(find.search))
        continue;
    do_wish();
}

void find_text_changed(void)
{
    if (find.search == NULL)
        return;
    if (!search_done(find.search) && find.timer == 0)
        find.timer = ui_timer(1, false, slice, NULL);
    show_said();
}

/* ---- pattern --------------------------------------------------------------------------------- */
static void set_pattern(void)
{
    struct search_options options = { ui_value(find.match_case) != 0, ui_value(find.word) != 0,
                                      ui_value(find.regex) != 0 };
    find.wrong = search_set(find.search, ui_text(find.what), options) != 0;
    ui_redraw(find.area);
}

static void on_pattern(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (find.search == NULL)
        return;
    set_pattern();
    wish(WISH_HERE, selected_from());
}

void find_attach(struct widget *area)
{
    if (area == find.area)
        return;
    find_finish();
    search_end(find.search);
    find.area = area;
    find.search = area != NULL ? search_new(buffer_now()) : NULL;
    find.wish = WISH_NONE;
    if (find.search == NULL || !ui_visible(find.bar))
        return;
    set_pattern();
    wish(WISH_NONE, 0);
}

void find_mark_line(const char *text, size_t size, uint8_t *styles)
{
    struct match match;
    if (find.search == NULL || !ui_visible(find.bar))
        return;
    for (size_t at = 0; search_line(find.search, text, size, at, &match); at = match.at + match.size)
        for (size_t i = match.at; i < match.at + match.size; i++)
            styles[i] |= UI_STYLE_MARK;
}

/* ---- what the user does ---------------------------------------------------------------------- */
static void take_selection(void)
{
    char text[256];
    size_t from = selected_from(), size = selected_to() - from;
    if (size == 0 || size >= sizeof(text))
        return;
    text_buffer_copy(buffer_now(), from, size, text);
    text[size] = 0;
    if (strlen(text) == size && strpbrk(text, "\r\n") == NULL)
        ui_set_text(find.what, text);
}

/* What is selected, if it is within a line, is what to find. */
static void open_bar(bool replace)
{
    if (find.search == NULL)
        return;
    take_selection();
    ui_set_visible(find.with_row, replace);
    ui_set_visible(find.bar, true);
    ui_entry_select(find.what, 0, (size_t)-1);
    ui_focus(find.what);
    on_pattern(NULL, NULL);
}

/* Behind the cursor, or the last before it; goes round. Without a pattern the bar opens. */
static void go_to_next(bool back)
{
    if (find.search == NULL)
        return;
    if (ui_text(find.what)[0] == 0) {
        open_bar(false);
        return;
    }
    if (!ui_visible(find.bar)) /* the pattern was there before this page */
        set_pattern();
    wish(back ? WISH_PREVIOUS : WISH_NEXT, back ? selected_from() : selected_to());
}

static void do_find(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    open_bar(false);
}

static void do_replace(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    open_bar(true);
}

static void do_close(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (!ui_visible(find.bar))
        return;
    ui_set_visible(find.bar, false);
    ui_focus(find.area);
    ui_redraw(find.area);
}

static void do_next(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_to_next(false);
}

static void do_previous(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    go_to_next(true);
}

static void do_replace_one(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    const char *with = ui_text(find.with);
    if (find.search == NULL)
        return;
    if (match_selected() < search_count(find.search))
        ui_area_replace(find.area, with, strlen(with));
    wish(WISH_NEXT, selected_to());
}

static void do_replace_all(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    if (find.search != NULL)
        wish(WISH_REPLACE_ALL, 0);
}

static bool on_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)context;
    bool enter = key->code == KEY_ENTER || key->code == KEY_KPENTER;
    struct widget *other = key->modifiers & MODIFIER_SHIFT ? find.what : find.with; /* to which Tab goes */
    if (!key->pressed)
        return false;
    if (key->code == KEY_TAB && other != widget && ui_visible(find.with_row)) {
        ui_focus(other);
        return true;
    }
    if (enter && widget == find.with)
        do_replace_one(NULL, NULL);
    else if (enter)
        go_to_next(key->modifiers & MODIFIER_SHIFT);
    return enter;
}

/* ---- making ---------------------------------------------------------------------------------- */
static struct widget *make_row(void)
{
    struct widget *row = ui_row(find.bar);
    ui_set_gap(row, 6);
    return row;
}

static struct widget *make_entry(struct widget *row, const char *name, const char *placeholder,
                                 ui_action changed)
{
    struct widget *entry = ui_entry(row, "", changed, NULL);
    ui_entry_set_placeholder(entry, placeholder);
    ui_entry_set_limit(entry, SEARCH_WHAT - 1);
    ui_set_name(entry, name);
    ui_set_grow(entry, 1);
    ui_on_key(entry, on_key, NULL);
    return entry;
}

static void make_find_row(void)
{
    struct widget *row = make_row();
    find.what = make_entry(row, "find", ui_say("Find", "Buscar"), on_pattern);
    ui_entry_set_icon(find.what, ICON_SEARCH);
    find.said = ui_label(row, "");
    ui_set_name(find.said, "found");
    ui_set_least(find.said, 150, 0);
    ui_tool(row, ICON_UP, ui_say("Previous (Shift+F3)", "Anterior (Mayús+F3)"), do_previous, NULL);
    ui_tool(row, ICON_DOWN, ui_say("Next (F3)", "Siguiente (F3)"), do_next, NULL);
    ui_tool(row, ICON_CLOSE, ui_say("Close (Esc)", "Cerrar (Esc)"), do_close, NULL);
}

static void make_replace_row(void)
{
    find.with_row = make_row();
    find.with = make_entry(find.with_row, "replace", ui_say("Replace with", "Reemplazar con"), NULL);
    ui_button(find.with_row, ui_say("Replace", "Reemplazar"), do_replace_one, NULL);
    ui_button(find.with_row, ui_say("Replace &all", "Reemplazar &todo"), do_replace_all, NULL);
    ui_set_visible(find.with_row, false);
}

static void make_options_row(void)
{
    struct widget *row = make_row();
    ui_set_gap(row, 16);
    find.match_case = ui_check(row, ui_say("Match case", "Distinguir mayúsculas"), false, on_pattern, NULL);
    find.word = ui_check(row, ui_say("Whole word", "Palabra completa"), false, on_pattern, NULL);
    find.regex = ui_check(row, ui_say("Regular expression", "Expresión regular"), false, on_pattern, NULL);
    ui_spacer(row);
}

void find_fill_menu(struct ui_menu *menu)
{
    ui_menu_item(menu, ui_say("Find…", "Buscar…"), "Ctrl+F", do_find, NULL);
    ui_menu_item(menu, ui_say("Replace…", "Reemplazar…"), "Ctrl+H", do_replace, NULL);
    ui_menu_item(menu, ui_say("Find next", "Buscar siguiente"), "F3", do_next, NULL);
    ui_menu_item(menu, ui_say("Find previous", "Buscar anterior"), "Shift+F3", do_previous, NULL);
}

void find_make(struct ui_window *window, struct widget *parent)
{
    memset(&find, 0, sizeof(find));
    find.window = window;
    find.bar = ui_column(parent);
    ui_set_padding(find.bar, 12, 8);
    ui_set_gap(find.bar, 6);
    make_find_row();
    make_replace_row();
    make_options_row();
    ui_set_visible(find.bar, false);
    ui_shortcut(window, "Esc", do_close, NULL);
}
