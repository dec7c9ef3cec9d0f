/* The editor's menu "View": size of the text, long lines, line numbers, indentation. See page.h. */
#include "user/apps/editor/indent.h"
#include "user/apps/editor/page.h"

#include <stdio.h>

/* Those that the font has. */
static const int sizes[] = { 12, UI_TEXT, 14, 16, 18, 21, 24, 28 };
#define SIZES      ((int)(sizeof(sizes) / sizeof(sizes[0])))
#define SIZE_USUAL 1
#define TAB_WIDTH  8

static int size_now = SIZE_USUAL;
static struct ui_item *wrap, *numbers;

static void apply(struct page *page)
{
    ui_area_set_size(page->area, sizes[size_now]);
    ui_area_set_wrap(page->area, ui_item_checked(wrap));
    ui_area_set_numbers(page->area, ui_item_checked(numbers));
}

static void apply_to_all(void)
{
    for (unsigned i = 0; page_at(i) != NULL; i++)
        apply(page_at(i));
}

static void set_size(int size)
{
    if (size < 0 || size >= SIZES || size == size_now)
        return;
    size_now = size;
    apply_to_all();
}

static void do_larger(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_size(size_now + 1);
}

static void do_smaller(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_size(size_now - 1);
}

static void do_usual(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    set_size(SIZE_USUAL);
}

static void do_wrap(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_item_set_checked(wrap, !ui_item_checked(wrap));
    apply_to_all();
}

static void do_numbers(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    ui_item_set_checked(numbers, !ui_item_checked(numbers));
    apply_to_all();
}

/* ---- indentation ----------------------------------------------------------------------------- */
static const int steps[] = { 0, 2, 4, 8 };

static void set_indent(struct page *page, int spaces)
{
    page->indent = spaces;
    ui_area_set_indent(page->area, spaces);
    ui_area_set_tab(page->area, TAB_WIDTH);
}

static void do_indent(struct widget *widget, void *context)
{
    (void)widget;
    const int *spaces = context;
    if (page_now() == NULL)
        return;
    set_indent(page_now(), *spaces);
    page_show(page_now());
}

const char *view_indent_name(const struct page *page, char *room, size_t size)
{
    if (page->indent == 0)
        return ui_say("Tabs", "Tabuladores");
    snprintf(room, size, ui_say("%d spaces", "%d espacios"), page->indent);
    return room;
}

/* A text of both kinds gets what its first line ends with. */
static const char *newline_of(const struct page *page)
{
    struct text_buffer *buffer = page_buffer(page);
    size_t end = text_buffer_line_start(buffer, 1);
    bool mixed = page->document.ends == LINE_ENDS_MIXED;
    bool pairs = page->document.ends == LINE_ENDS_CRLF ||
                 (mixed && end > 1 && text_buffer_byte(buffer, end - 2) == '\r');
    return pairs ? "\r\n" : "\n";
}

void view_settle(struct page *page)
{
    set_indent(page, indent_guess(page_buffer(page), page->document.path));
    ui_area_set_newline(page->area, newline_of(page));
}

void view_set_up(struct page *page)
{
    apply(page);
    view_settle(page);
}

/* ---- menu ------------------------------------------------------------------------------------ */
static void fill_indent_menu(struct ui_menu *menu)
{
    static const char *const names[][2] = { { "Tabs", "Tabuladores" }, { "2 spaces", "2 espacios" },
                                            { "4 spaces", "4 espacios" }, { "8 spaces", "8 espacios" } };
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        ui_menu_item(menu, ui_say(names[i][0], names[i][1]), NULL, do_indent, (void *)(uintptr_t)&steps[i]);
}

void view_fill_menu(struct ui_window *window)
{
    struct ui_menu *menu = ui_menu_sub(ui_menu_bar(window), ui_say("View", "Ver"));
    ui_menu_item(menu, ui_say("Larger", "Más grande"), "Ctrl+Plus", do_larger, NULL);
    ui_menu_item(menu, ui_say("Smaller", "Más pequeño"), "Ctrl+Minus", do_smaller, NULL);
    ui_menu_item(menu, ui_say("Usual size", "Tamaño normal"), "Ctrl+0", do_usual, NULL);
    ui_menu_separator(menu);
    wrap = ui_menu_item(menu, ui_say("Wrap long lines", "Ajustar líneas largas"), "Alt+Z", do_wrap, NULL);
    ui_item_set_checked(wrap, false);
    numbers = ui_menu_item(menu, ui_say("Line numbers", "Números de línea"), NULL, do_numbers, NULL);
    ui_item_set_checked(numbers, true);
    fill_indent_menu(ui_menu_sub(menu, ui_say("Indent with", "Sangrar con")));
    size_now = SIZE_USUAL;
}
