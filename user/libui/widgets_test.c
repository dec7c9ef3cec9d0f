/* Each widget by keyboard and by mouse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/abi/keys.h"
#include "user/desktop/protocol.h"
#include "user/libui/headless.h"

/* links: user/libui/libui.a */

static struct ui_window *window;
static struct widget *content;
static int calls;

static int start(void **state)
{
    (void)state;
    headless_start("widgets", NULL);
    window = ui_window("Widgets", 400, 300);
    content = ui_window_content(window);
    calls = 0;
    return 0;
}

static int end(void **state)
{
    (void)state;
    headless_end();
    return 0;
}

static void called(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    calls++;
}

static void show(void)
{
    ui_window_show(window);
    headless_settle();
}

/* ---- simple ones ----------------------------------------------------------------------------- */

static void buttons(void **state)
{
    struct widget *tool;

    (void)state;
    ui_icon_set(ui_button(content, "First", called, NULL), ICON_SAVE);
    tool = ui_tool(content, ICON_ADD, "Adds one", called, NULL);
    ui_set_align(tool, UI_START);
    ui_set_name(tool, "add");
    show();
    headless_click(window, "add");
    assert_int_equal(calls, 1);
    headless_move(window, ui_area(tool).x + 2, ui_area(tool).y + 2);
    headless_button(window, BUTTON_LEFT, 1, 1); /* let go elsewhere: no click */
    headless_move(window, 390, 290);
    headless_button(window, BUTTON_LEFT, 0, 1);
    assert_int_equal(calls, 1);
    headless_move(window, ui_area(tool).x + 2, ui_area(tool).y + 2);
    assert_null(headless_popup());
    headless_advance(700);
    assert_non_null(headless_popup());
    headless_keys("Tab");
    assert_null(headless_popup());
}

static void checks_switches_radios(void **state)
{
    struct widget *check, *toggle, *one, *two, *three;

    (void)state;
    check = ui_check(content, "&Check", false, called, NULL);
    toggle = ui_switch(content, "&Switch", true, called, NULL);
    one = ui_radio(content, "&One", NULL, called, NULL);
    two = ui_radio(content, "&Two", one, called, NULL);
    three = ui_radio(content, "T&hree", one, called, NULL);
    show();
    assert_true(ui_focused(check));
    headless_keys("Space");
    assert_int_equal(ui_value(check), 1);
    headless_keys("Alt+S");
    assert_int_equal(ui_value(toggle), 0);
    headless_click(window, "Three");
    assert_int_equal(ui_value(one), 0);
    assert_int_equal(ui_value(three), 1);
    headless_keys("Down"); /* round */
    assert_int_equal(ui_value(one), 1);
    headless_keys("Up");
    headless_keys("Up");
    assert_int_equal(ui_value(two), 1);
    assert_int_equal(calls, 6);
    headless_keys("Tab"); /* leaves the group: one stop */
    assert_true(ui_focused(check));
    ui_set_value(one, 1);
    assert_int_equal(ui_value(two), 0);
}

static void sliders_and_progress(void **state)
{
    struct widget *slider, *progress;
    struct rect at;

    (void)state;
    slider = ui_slider(content, -10, 10, 3, called, NULL);
    progress = ui_progress(content);
    show();
    headless_keys("Right");
    assert_int_equal(ui_value(slider), 4);
    headless_keys("Home");
    assert_int_equal(ui_value(slider), -10);
    headless_keys("Left");
    assert_int_equal(ui_value(slider), -10);
    at = ui_area(slider);
    headless_drag(window, at.x + 8, at.y + at.h / 2, at.x + at.w - 8, at.y + 5);
    assert_int_equal(ui_value(slider), 10);
    ui_slider_set_range(slider, 0, 5);
    assert_int_equal(ui_value(slider), 5);
    ui_set_value(progress, 2000);
    headless_settle();
}

static void choices(void **state)
{
    struct widget *choice = ui_choice(content, called, NULL);

    (void)state;
    assert_int_equal(ui_value(choice), -1);
    ui_choice_add(choice, "Dark");
    ui_choice_add(choice, "Light");
    ui_choice_add(choice, "Classic");
    assert_int_equal(ui_value(choice), 0);
    show();
    headless_keys("Down");
    assert_int_equal(ui_value(choice), 1);
    headless_keys("Space");
    assert_non_null(headless_popup());
    headless_keys("Down");
    headless_keys("Enter");
    assert_null(headless_popup());
    assert_string_equal(ui_choice_text(choice, ui_value(choice)), "Classic");
    headless_click_at(window, ui_area(choice).x + 9, ui_area(choice).y + 9, BUTTON_LEFT, 1);
    assert_non_null(headless_popup());
    headless_click_at(headless_popup(), 20, 15, BUTTON_LEFT, 1);
    assert_int_equal(ui_value(choice), 0);
    assert_int_equal(calls, 3);
    headless_keys("Space");
    ui_remove(choice); /* and its popup */
    assert_null(headless_popup());
    choice = ui_choice(content, called, NULL);
    ui_choice_add(choice, "x");
    ui_choice_clear(choice);
    assert_int_equal(ui_value(choice), -1);
}

static void labels(void **state)
{
    struct widget *label = ui_label(content, "one two three four five six seven eight nine ten eleven");
    struct widget *second = ui_label(content, "second");

    (void)state;
    ui_label_set_style(label, UI_HEADING);
    ui_label_set_align(label, ALIGN_CENTRE);
    show();
    const int y = ui_area(second).y;

    ui_label_set_wrap(label, 120);
    headless_settle();
    assert_true(ui_area(second).y > y + 40);
    ui_set_visible(label, false);
    headless_settle();
    assert_true(ui_area(second).y < y);
    assert_false(ui_visible(label));
    ui_set_textf(second, "%d files", 7);
    assert_string_equal(ui_text(second), "7 files");
    ui_icon_set(ui_icon(content, ICON_FOLDER, 48), ICON_FILE);
    headless_settle();
}

/* ---- layout ---------------------------------------------------------------------------------- */

static void rows_and_grids(void **state)
{
    struct widget *row = ui_row(content), *a, *b, *grid, *cells[5];

    (void)state;
    a = ui_button(row, "a", NULL, NULL);
    b = ui_button(row, "b", NULL, NULL);
    ui_set_grow(b, 1);
    ui_separator(content);
    grid = ui_grid(content, 3);
    ui_grid_set_grow(grid, 1, 1);
    for (int i = 0; i < 5; i++)
        cells[i] = ui_label(grid, "cell");
    ui_set_span(cells[3], 2);
    ui_set_gap(content, 4);
    ui_set_padding(content, 10, 6);
    ui_set_align(cells[4], UI_END);
    ui_card(content);
    ui_spacer(content);
    show();
    assert_int_equal(ui_area(a).x, 10);
    assert_int_equal(ui_area(a).y, 6);
    assert_int_equal(ui_area(a).w, 72);
    assert_int_equal(ui_area(b).x, 10 + 72 + 8);
    assert_int_equal(ui_area(b).x + ui_area(b).w, 390);
    assert_int_equal(ui_area(cells[2]).x + ui_area(cells[2]).w, 390);
    assert_int_equal(ui_area(cells[3]).x, 10);
    assert_int_equal(ui_area(cells[4]).x, ui_area(cells[2]).x);
    assert_true(ui_area(cells[3]).y > ui_area(cells[0]).y);
    assert_ptr_equal(ui_parent(a), row);
    assert_ptr_equal(ui_window_of(a), window);
}

static void scrolls(void **state)
{
    struct widget *scroll = ui_scroll(content), *last = NULL, *first = NULL;

    (void)state;
    for (int i = 0; i < 40; i++) {
        last = ui_button(scroll, "button", called, NULL);
        first = first ? first : last;
    }
    show();
    assert_true(ui_area(last).y > 300);
    headless_move(window, 100, 100);
    headless_wheel(window, -3);
    assert_true(ui_area(first).y < 0);
    ui_scroll_to(scroll, last);
    headless_settle();
    assert_in_range(ui_area(last).y, 200, 284);
    headless_keys("Tab"); /* the focus goes to the second one, and comes into view */
    headless_keys("Shift+Tab");
    assert_in_range(ui_area(first).y, 0, 100);
    headless_keys("PgDn");
    assert_true(ui_area(first).y < 0);
}

static void splits(void **state)
{
    struct widget *split = ui_split(content, false);
    struct widget *left = ui_text_area(split, NULL, NULL, NULL),
                  *right = ui_text_area(split, NULL, NULL, NULL);

    (void)state;
    ui_set_value(split, 165);
    show();
    assert_int_equal(ui_area(left).w, 165);
    headless_drag(window, ui_area(right).x - 4, 100, ui_area(right).x + 16, 100);
    assert_int_equal(ui_area(left).w, 185);
    assert_int_equal(ui_value(split), 185);
    headless_drag(window, ui_area(right).x - 4, 100, 0, 100);
    assert_int_equal(ui_area(left).w, 160); /* what it needs at least */
    ui_set_visible(right, false);
    headless_settle();
    assert_int_equal(ui_area(left).w, 368);
}

static void close_page(struct widget *page, void *context)
{
    (void)context;
    calls++;
    ui_remove(page);
}

static void add_page(struct widget *tabs, void *context)
{
    (void)context;
    ui_tab(tabs, "New");
}

static void tabs(void **state)
{
    struct widget *tabs = ui_tabs(content, called, NULL), *pages[3], *inside;

    (void)state;
    for (int i = 0; i < 3; i++)
        pages[i] = ui_tab(tabs, i == 0 ? "&One" : i == 1 ? "&Two" : "T&hree");
    inside = ui_button(pages[1], "inside", NULL, NULL);
    show();
    assert_int_equal(ui_value(tabs), 0);
    headless_keys("Ctrl+PgDn");
    assert_int_equal(ui_value(tabs), 1);
    headless_click(window, "inside");
    assert_true(ui_focused(inside));
    headless_keys("Alt+O");
    assert_int_equal(ui_value(tabs), 0);
    assert_false(ui_focused(inside));
    headless_keys("Left");
    assert_int_equal(ui_value(tabs), 2);
    assert_int_equal(calls, 3);
    ui_tabs_set_closable(tabs, close_page, add_page, NULL);
    headless_settle();
    headless_click_at(window, ui_area(tabs).x + 20, ui_area(tabs).y + 10, BUTTON_MIDDLE, 1);
    assert_int_equal(ui_tabs_count(tabs), 2);
    assert_ptr_equal(ui_tabs_page(tabs, 0), pages[1]);
    assert_int_equal(ui_value(tabs), 1);
    assert_null(ui_tabs_page(tabs, 2));
    ui_remove(pages[1]);
    ui_remove(pages[2]);
    headless_settle();
    assert_int_equal(ui_value(tabs), -1);
    headless_click_at(window, ui_area(tabs).x + 15, ui_area(tabs).y + 15, BUTTON_LEFT, 1);
    assert_int_equal(ui_tabs_count(tabs), 1);
    assert_int_equal(ui_value(tabs), 0);
}

/* ---- text ------------------------------------------------------------------------------------ */

static void entries(void **state)
{
    struct widget *entry = ui_entry(content, "", called, NULL);

    (void)state;
    ui_on_activate(entry, called, NULL);
    ui_entry_set_placeholder(entry, "placeholder");
    ui_entry_set_icon(entry, ICON_SEARCH);
    show();
    headless_type("¿Qué tal?");
    assert_string_equal(ui_text(entry), "¿Qué tal?");
    assert_int_equal(calls, 9);
    headless_keys("Backspace");
    headless_keys("Ctrl+Left");
    headless_keys("Shift+Home");
    headless_keys("Ctrl+X");
    assert_string_equal(ui_text(entry), "tal");
    headless_keys("End");
    headless_keys("Ctrl+V");
    assert_string_equal(ui_text(entry), "tal¿Qué ");
    headless_keys("Ctrl+Z");
    headless_keys("Ctrl+Z");
    assert_string_equal(ui_text(entry), "¿Qué tal");
    headless_keys("Ctrl+Y");
    assert_string_equal(ui_text(entry), "tal");
    headless_clipboard_set("two\nlines");
    headless_keys("Ctrl+A");
    headless_keys("Ctrl+V");
    assert_string_equal(ui_text(entry), "two lines");
    headless_click_at(window, ui_area(entry).x + 45, ui_area(entry).y + 15, BUTTON_LEFT, 2);
    headless_keys("Delete");
    assert_true(strlen(ui_text(entry)) < 7);
    calls = 0;
    headless_keys("Enter");
    assert_int_equal(calls, 1);
    ui_entry_set_limit(entry, 5);
    ui_set_text(entry, "abcde");
    headless_type("f");
    assert_string_equal(ui_text(entry), "abcde");
    ui_entry_set_secret(entry, true);
    headless_clipboard_set("old");
    ui_entry_select(entry, 0, (size_t)-1);
    headless_keys("Ctrl+C");
    assert_string_equal(headless_clipboard(), "old");
}

static char *area_text(const struct widget *area)
{
    static char text[512];
    const size_t size = text_buffer_copy(ui_area_buffer(area), 0, sizeof(text) - 1, text);

    text[size] = '\0';
    return text;
}

static void text_areas(void **state)
{
    struct widget *area = ui_text_area(content, NULL, called, NULL);

    (void)state;
    ui_area_on_cursor(area, called, NULL);
    show();
    headless_type("  one\ntwo");
    assert_string_equal(area_text(area), "  one\n  two"); /* the new line is as deep */
    headless_keys("Up");
    assert_int_equal(ui_area_cursor(area), 5);
    headless_keys("Home");
    headless_keys("Shift+Down");
    assert_int_equal(ui_area_anchor(area), 0);
    assert_int_equal(ui_area_cursor(area), 6);
    headless_keys("Ctrl+X");
    assert_string_equal(area_text(area), "  two");
    assert_string_equal(headless_clipboard(), "  one\n");
    headless_keys("Ctrl+End");
    headless_keys("Ctrl+V");
    assert_string_equal(area_text(area), "  two  one\n");
    headless_keys("Ctrl+Z");
    ui_area_undo(area);
    assert_string_equal(area_text(area), "  one\n  two");
    ui_area_redo(area);
    assert_string_equal(area_text(area), "  two");
    ui_area_set_read_only(area, true);
    headless_type("x");
    headless_keys("Backspace");
    assert_string_equal(area_text(area), "  two");
    ui_area_select(area, 2, 5);
    ui_area_copy(area);
    assert_string_equal(headless_clipboard(), "two");
    ui_area_set_read_only(area, false);
    ui_area_cut(area);
    ui_area_paste(area);
    headless_settle();
    ui_area_replace(area, "!", 1);
    assert_string_equal(area_text(area), "  two!");
    assert_true(calls > 0);
}

static void fill_lines(struct text_buffer *buffer, unsigned lines)
{
    for (unsigned i = 0; i < lines; i++) {
        char line[64];
        int size = snprintf(line, sizeof(line), "line %u with several words in it, so that it is long\n", i);

        text_buffer_insert(buffer, text_buffer_size(buffer), line, (size_t)size);
    }
}

static void text_areas_scroll(void **state)
{
    struct text_buffer *buffer = text_buffer_new(), *other = text_buffer_new();
    struct widget *area = ui_text_area(content, buffer, NULL, NULL);

    (void)state;
    fill_lines(buffer, 1000);
    fill_lines(other, 3);
    show();
    headless_keys("Ctrl+End");
    assert_int_equal(ui_area_cursor(area), text_buffer_size(buffer));
    headless_keys("PgUp");
    assert_in_range(text_buffer_line_of(buffer, ui_area_cursor(area)), 980, 995);
    headless_move(window, 100, 100);
    headless_wheel(window, 20);
    headless_click_at(window, 60, 60, BUTTON_LEFT, 1);
    assert_in_range(text_buffer_line_of(buffer, ui_area_cursor(area)), 900, 940);
    ui_area_set_wrap(area, true);
    ui_area_set_mono(area, false);
    ui_area_set_numbers(area, true);
    headless_keys("Ctrl+Home");
    headless_keys("Down"); /* the second row of the first line */
    headless_keys("Down");
    headless_click_at(window, 200, 60, BUTTON_LEFT, 3);
    assert_true(ui_area_cursor(area) > ui_area_anchor(area));
    headless_keys("Ctrl+End");
    ui_area_set_buffer(area, other);
    headless_settle();
    assert_int_equal(ui_area_cursor(area), 0);
    ui_remove(area);
    headless_settle();
    text_buffer_end(buffer);
    text_buffer_end(other);
}

/* Ten megabytes in one line, and in many: to type in them takes no time. */
static void text_areas_bear_much(void **state)
{
    const size_t size = 10u << 20;
    struct text_buffer *buffer = text_buffer_new();
    struct widget *area = ui_text_area(content, buffer, NULL, NULL);
    char *bytes = malloc(size);

    (void)state;
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = i % 50 == 49 ? '\n' : (char)('a' + i % 26);
    text_buffer_load(buffer, bytes, size);
    free(bytes);
    show();
    for (int i = 0; i < 20; i++) {
        headless_keys(i % 2 ? "Ctrl+Home" : "Ctrl+End");
        headless_type("xyz");
    }
    assert_int_equal(text_buffer_size(buffer), size + 60);
    ui_remove(area);
    headless_settle();
    text_buffer_end(buffer);
}

static void style_all(struct text_buffer *buffer, size_t line, const char *text, size_t size, uint8_t *styles,
                      void *context)
{
    (void)buffer;
    (void)text;
    (void)context;
    memset(styles, line == 1 ? 3 : 200, size); /* 200: there is no such colour */
}

static unsigned pixels_of(colour_t colour)
{
    const struct canvas picture = headless_picture(window);
    unsigned count = 0;

    for (int i = 0; i < picture.width * picture.height; i++)
        count += (picture.pixels[i] & 0xFFFFFF) == (colour & 0xFFFFFF);
    return count;
}

static void text_areas_have_colours(void **state)
{
    const colour_t colours[16] = {[3] = 0xFF12F456};
    struct widget *area = ui_text_area(ui_column(content), NULL, NULL, NULL);

    (void)state;
    ui_set_grow(ui_parent(area), 1);
    ui_set_text(area, "one\n\ttwo HHHH\nthree");
    ui_area_set_styler(area, style_all, colours, NULL);
    show();
    assert_true(pixels_of(0xFF12F456) > 5);
    ui_area_set_tab(area, 1000); /* bounded */
    headless_settle();
    assert_true(pixels_of(0xFF12F456) > 5);
    ui_set_tooltip(area, "Here one writes");
    headless_move(window, 50, 50);
    headless_advance(700);
    assert_non_null(headless_popup());
    headless_move(window, 2, 2);
    assert_null(headless_popup());
}

static void expect_text(const struct widget *area, const char *wanted)
{
    char got[128];
    const size_t size = text_buffer_copy(ui_area_buffer(area), 0, sizeof(got) - 1, got);

    got[size] = '\0';
    assert_string_equal(got, wanted);
}

static void text_areas_shift_lines(void **state)
{
    struct widget *area = ui_text_area(ui_column(content), NULL, NULL, NULL);

    (void)state;
    ui_set_grow(ui_parent(area), 1);
    ui_set_text(area, "one\n\n\ttwo\nthree");
    show();
    ui_focus(area);
    ui_area_set_indent(area, 4);
    ui_area_select(area, 1, 9); /* to the beginning of "three" */
    headless_keys("Tab");
    expect_text(area, "    one\n\n    \ttwo\nthree");
    headless_keys("Shift+Tab");
    headless_keys("Shift+Tab");
    expect_text(area, "one\n\ntwo\nthree");
    headless_keys("Ctrl+Z");
    expect_text(area, "one\n\n\ttwo\nthree");
    ui_area_select(area, 1, 1);
    headless_keys("Tab");
    headless_type("x");
    expect_text(area, "o   xne\n\n\ttwo\nthree");
    headless_keys("Shift+Tab"); /* nothing to take away */
    headless_type("y");
    expect_text(area, "o   xyne\n\n\ttwo\nthree");
    ui_area_set_indent(area, 0);
    ui_area_select(area, 0, (size_t)-1);
    headless_keys("Tab");
    expect_text(area, "\to   xyne\n\n\t\ttwo\n\tthree");
}

static void text_areas_keep_line_ends(void **state)
{
    struct widget *area = ui_text_area(ui_column(content), NULL, NULL, NULL);

    (void)state;
    ui_set_grow(ui_parent(area), 1);
    ui_set_text(area, "  a\r\nb");
    show();
    ui_focus(area);
    ui_area_set_newline(area, "\r\n");
    headless_keys("End");
    headless_keys("Enter");
    headless_type("c");
    expect_text(area, "  a\r\n  c\r\nb");
    headless_keys("Del");
    expect_text(area, "  a\r\n  cb");
    headless_keys("Home");
    headless_keys("Backspace");
    expect_text(area, "  a  cb");
    headless_clipboard_set("x\ny\r\nz");
    headless_keys("Ctrl+V");
    expect_text(area, "  ax\r\ny\r\nz  cb");
    ui_area_set_newline(area, "\n");
    headless_keys("Ctrl+A");
    headless_keys("Ctrl+V");
    expect_text(area, "x\ny\nz");
}

static void text_areas_have_sizes(void **state)
{
    struct widget *area = ui_text_area(ui_column(content), NULL, NULL, NULL);
    unsigned small;

    (void)state;
    ui_set_grow(ui_parent(area), 1);
    ui_set_text(area, "MMMM");
    show();
    small = pixels_of(ui_theme()->field_text);
    ui_area_set_size(area, 28);
    headless_settle();
    assert_true(pixels_of(ui_theme()->field_text) > 2 * small);
}

/* ---- lists ----------------------------------------------------------------------------------- */

static size_t asked;

static size_t row_count(void *context)
{
    return *(size_t *)context;
}

static void row_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    (void)context;
    asked++;
    snprintf(cell->memory, sizeof(cell->memory), "%c row %zu", 'a' + (int)(row % 26), row);
    cell->text = column == 1 ? NULL : cell->memory;
    cell->icon = ICON_FILE;
}

static const struct ui_model model = {row_count, row_cell};

static void lists(void **state)
{
    size_t rows = 10000;
    struct widget *list = ui_list(content, &model, &rows, called, NULL);

    (void)state;
    ui_on_activate(list, called, NULL);
    asked = 0;
    show();
    assert_in_range(asked, 1, 30); /* only those that are seen */
    assert_int_equal(ui_list_row(list), UI_NO_ROW);
    headless_keys("Down");
    headless_keys("Down");
    assert_int_equal(ui_list_row(list), 1);
    headless_keys("End");
    assert_int_equal(ui_list_row(list), 9999);
    headless_keys("PgUp");
    assert_true(ui_list_row(list) < 9995);
    headless_type("a r");
    assert_int_equal(ui_list_row(list) % 26, 0);
    headless_keys("Home");
    headless_click_at(window, 60, 20 + 14 + 28, BUTTON_LEFT, 2);
    assert_int_equal(ui_list_row(list), 1);
    calls = 0;
    headless_keys("Enter");
    assert_int_equal(calls, 1);
    headless_wheel(window, -10);
    assert_true(ui_list_at(list, 40, 40) > 5 && ui_list_at(list, 40, 40) != UI_NO_ROW);
    rows = 3;
    ui_list_changed(list, true);
    assert_int_equal(ui_list_row(list), 1);
    ui_list_changed(list, false);
    assert_int_equal(ui_list_row(list), UI_NO_ROW);
    rows = 0;
    ui_list_changed(list, true);
    headless_keys("Down");
    headless_keys("End");
    assert_int_equal(ui_list_row(list), UI_NO_ROW);
}

static bool is_seen(struct widget *list, size_t row)
{
    for (int y = 0; y < 300; y += 4)
        if (ui_list_at(list, 40, y) == row)
            return true;
    return false;
}

static void a_row_is_seen_from_the_start(void **state)
{
    size_t rows = 100;
    struct widget *list = ui_list(content, &model, &rows, called, NULL);

    (void)state;
    ui_set_grow(list, 1);
    ui_list_select(list, 50);
    ui_list_changed(list, true); /* it has no size yet */
    show();
    assert_true(is_seen(list, 50));
}

static void a_row_stays_in_a_smaller_window(void **state)
{
    size_t rows = 9;
    struct widget *list = ui_list(content, &model, &rows, called, NULL);

    (void)state;
    ui_set_grow(list, 1);
    ui_list_select(list, 8);
    show();
    assert_true(is_seen(list, 8));
    headless_resize(window, 400, 160);
    assert_true(is_seen(list, 8));
    headless_move(window, 60, 60);
    headless_wheel(window, 10); /* away from it on purpose: it does not come back */
    assert_false(is_seen(list, 8));
    headless_resize(window, 400, 150);
    assert_false(is_seen(list, 8));
}

static void several_are_selected(void **state)
{
    size_t rows = 50;
    struct widget *list = ui_list(content, &model, &rows, called, NULL);

    (void)state;
    ui_list_set_multi(list, true);
    show();
    headless_keys("Down");
    headless_keys("Shift+Down");
    headless_keys("Shift+Down");
    assert_int_equal(ui_list_selected_count(list), 3);
    headless_keys("Ctrl+Down");
    headless_keys("Ctrl+Down");
    headless_keys("Ctrl+Space");
    assert_int_equal(ui_list_selected_count(list), 4);
    assert_int_equal(ui_list_selected(list, 3), 4);
    headless_keys("Ctrl+A");
    assert_int_equal(ui_list_selected_count(list), 50);
    ui_list_select(list, 7);
    ui_list_select_also(list, 9, true);
    assert_int_equal(ui_list_selected(list, 8), 9);
    assert_int_equal(ui_list_selected(list, 10), UI_NO_ROW);
    ui_list_select(list, UI_NO_ROW);
    assert_int_equal(ui_list_selected_count(list), 0);
}

static void drag_it(struct widget *list, void *context)
{
    (void)context;
    ui_drag(list, TYPE_TEXT, "row", 3, UI_COPY, NULL, NULL);
}

static void sorted(struct widget *table, unsigned column, bool down, void *context)
{
    (void)table;
    *(int *)context = (int)column * 2 + down;
}

static void tables_sort_and_drag(void **state)
{
    const struct ui_column_of columns[] = {{"Name", 100, 1, ALIGN_START, true},
                                           {"Size", 80, 0, ALIGN_END, true}};
    size_t rows = 20;
    int order = -1;
    struct widget *table = ui_table(content, columns, 2, &model, &rows, called, NULL);

    (void)state;
    ui_table_on_sort(table, sorted, &order);
    ui_table_set_sorted(table, 0, false);
    ui_list_on_drag(table, drag_it, NULL);
    show();
    const int y = ui_area(table).y;

    headless_click_at(window, 60, y + 12, BUTTON_LEFT, 1);
    assert_int_equal(order, 1);
    headless_click_at(window, 350, y + 12, BUTTON_LEFT, 1);
    assert_int_equal(order, 2);
    headless_drag(window, 298, y + 12, 200, y + 12); /* the line between the columns */
    headless_click_at(window, 250, y + 12, BUTTON_LEFT, 1);
    headless_drag(window, 60, y + 50, 120, y + 90);
    assert_string_equal(headless_dragged(), "row");
}

static char edited[64];

static void take_edit(struct widget *list, size_t row, const char *text, void *context)
{
    (void)list;
    (void)context;
    snprintf(edited, sizeof(edited), "%zu %s", row, text ? text : "-");
}

static void rows_are_renamed(void **state)
{
    size_t rows = 20;
    struct widget *tiles = ui_tiles(content, &model, &rows, called, NULL);

    (void)state;
    show();
    headless_keys("Right");
    headless_keys("Down");
    assert_int_equal(ui_list_row(tiles), 3);
    ui_list_edit(tiles, 3, "old", take_edit, NULL);
    headless_type("new\n");
    assert_string_equal(edited, "3 new");
    assert_true(ui_focused(tiles));
    ui_list_set_mode(tiles, UI_LIST);
    ui_list_set_mode(tiles, UI_TABLE); /* has no columns: stays */
    ui_list_edit(tiles, 2, "old", take_edit, NULL);
    headless_keys("Esc");
    assert_string_equal(edited, "2 -");
    ui_list_edit(tiles, 1, "kept", take_edit, NULL);
    headless_click_at(window, 100, 200, BUTTON_LEFT, 1);
    assert_string_equal(edited, "1 kept");
}

static size_t tree_children(void *context, void *node)
{
    (void)context;
    (void)node;
    return 3;
}

static void *tree_child(void *context, void *node, size_t which)
{
    (void)context;
    return (void *)((uintptr_t)node * 4 + which + 1);
}

static bool tree_leaf(void *context, void *node)
{
    (void)context;
    return (uintptr_t)node > 16;
}

static void tree_cell(void *context, void *node, struct ui_cell *cell)
{
    (void)context;
    snprintf(cell->memory, sizeof(cell->memory), "node %u", (unsigned)(uintptr_t)node);
    cell->text = cell->memory;
}

static void trees(void **state)
{
    static const struct ui_tree_model nodes = {tree_children, tree_child, tree_leaf, tree_cell};
    struct widget *tree = ui_tree(content, &nodes, NULL, called, NULL);

    (void)state;
    show();
    assert_null(ui_tree_node(tree));
    headless_keys("Down");
    headless_keys("Down");
    assert_ptr_equal(ui_tree_node(tree), (void *)2);
    headless_keys("Right");
    assert_true(ui_tree_is_open(tree, (void *)2));
    headless_keys("Right");
    assert_ptr_equal(ui_tree_node(tree), (void *)9);
    headless_keys("Left");
    headless_keys("Left");
    assert_false(ui_tree_is_open(tree, (void *)2));
    ui_tree_open(tree, (void *)1, true);
    ui_tree_select(tree, (void *)6);
    assert_ptr_equal(ui_tree_node(tree), (void *)6);
    ui_tree_changed(tree);
    assert_ptr_equal(ui_tree_node(tree), (void *)6);
    ui_tree_open(tree, (void *)1, false); /* it is seen no more */
    assert_null(ui_tree_node(tree));
    headless_click_at(window, ui_area(tree).x + 18, ui_area(tree).y + 18, BUTTON_LEFT, 1); /* the arrow */
    assert_true(ui_tree_is_open(tree, (void *)1));
}

/* ---- menus ----------------------------------------------------------------------------------- */

static void menus(void **state)
{
    struct ui_menu *bar = ui_menu_bar(window), *file = ui_menu_sub(bar, "&File"), *edit, *more;
    struct ui_item *item;

    (void)state;
    ui_menu_item(file, "&Open", "Ctrl+O", called, NULL);
    item = ui_menu_item(file, "&Save", "Ctrl+S", called, NULL);
    ui_menu_separator(file);
    more = ui_menu_sub(file, "&More");
    ui_menu_item(more, "&Deep", NULL, called, NULL);
    edit = ui_menu_sub(bar, "&Edit");
    ui_item_set_icon(ui_menu_item(edit, "&Copy", NULL, called, NULL), ICON_COPY);
    show();
    headless_keys("Ctrl+S");
    assert_int_equal(calls, 1);
    ui_item_set_enabled(item, false);
    headless_keys("Ctrl+S");
    assert_int_equal(calls, 1);
    headless_keys("Alt+F");
    headless_keys("Enter"); /* Open */
    assert_int_equal(calls, 2);
    assert_null(headless_popup());
    headless_keys("F10");
    headless_keys("Up"); /* More, round the bottom */
    headless_keys("Right");
    headless_keys("Enter");
    assert_int_equal(calls, 3);
    headless_keys("F10");
    headless_keys("Right");
    headless_type("c");
    assert_int_equal(calls, 4);
    headless_click_at(window, 30, 15, BUTTON_LEFT, 1);
    assert_non_null(headless_popup());
    headless_click_at(window, 300, 200, BUTTON_LEFT, 1);
    assert_null(headless_popup());
    headless_click_at(window, 30, 15, BUTTON_LEFT, 1);
    headless_click_at(headless_popup(), 60, 18, BUTTON_LEFT, 1);
    assert_int_equal(calls, 5);
    ui_item_set_checked(item, true);
    assert_true(ui_item_checked(item));
    ui_item_set_text(item, "Other");
    ui_menu_clear(edit);
}

static void context_menu(struct widget *widget, int x, int y, void *menu)
{
    (void)widget;
    ui_menu_show(menu, window, x, y);
}

static void context_menus(void **state)
{
    struct widget *label = ui_label(content, "Click me");
    struct ui_menu *menu = ui_menu();

    (void)state;
    ui_menu_item(menu, "First", NULL, called, NULL);
    ui_on_menu(label, context_menu, menu);
    show();
    headless_click_at(window, 30, 24, BUTTON_RIGHT, 1);
    assert_non_null(headless_popup());
    headless_keys("Down");
    headless_keys("Enter");
    assert_int_equal(calls, 1);
    headless_click_at(window, 30, 24, BUTTON_RIGHT, 1);
    ui_menu_end(menu); /* while it is open */
    assert_null(headless_popup());
}

/* ---- questions ------------------------------------------------------------------------------- */

static int answer;
static char answer_text[256];

static void take_yes(bool yes, void *context)
{
    (void)context;
    answer = yes;
}

static void take_answer(int value, void *context)
{
    (void)context;
    answer = value;
}

static void take_text(const char *text, void *context)
{
    (void)context;
    snprintf(answer_text, sizeof(answer_text), "%s", text ? text : "-");
}

static void questions(void **state)
{
    (void)state;
    show();
    ui_message(window, ICON_INFO, "About",
               "A long text that is broken into several lines, because it is long.");
    headless_keys("Enter");
    assert_ptr_equal(headless_top(), window);
    ui_confirm(window, "Delete", "Sure?", "&Delete", take_yes, NULL);
    headless_keys("Enter");
    assert_int_equal(answer, 1);
    ui_confirm(window, "Delete", "Sure?", "&Delete", take_yes, NULL);
    headless_keys("Esc");
    assert_int_equal(answer, 0);
    ui_confirm3(window, "Save", "Save?", "&Save", "Do&n't save", take_answer, NULL);
    headless_keys("Alt+N");
    assert_int_equal(answer, 0);
    ui_confirm3(window, "Save", "Save?", "&Save", "Do&n't save", take_answer, NULL);
    headless_close(NULL);
    assert_int_equal(answer, -1);
    ui_ask(window, "Name", "New name", "old", take_text, NULL);
    headless_type("new\n");
    assert_string_equal(answer_text, "new");
    ui_ask(window, "Name", "New name", "old", take_text, NULL);
    headless_keys("Esc");
    assert_string_equal(answer_text, "-");
    ui_ask(window, "Name", "Gone with its window", "old", take_text, NULL);
}

static void file_dialogs(void **state)
{
    char folder[] = "/tmp/libui-XXXXXX", path[64];
    FILE *file;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/there.txt", folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
    show();
    ui_open_file(window, folder, take_text, NULL);
    headless_keys("Down");
    headless_keys("Enter");
    assert_string_equal(answer_text, path);
    ui_save_file(window, folder, "there.txt", take_text, NULL);
    headless_settle();
    headless_keys("Enter"); /* asks before it writes over it */
    assert_string_equal(ui_window_title(headless_top()), "Save");
    headless_keys("Esc");
    headless_keys("Ctrl+A");
    headless_type("new.txt\n");
    snprintf(path, sizeof(path), "%s/new.txt", folder);
    assert_string_equal(answer_text, path);
    ui_choose_folder(window, folder, take_text, NULL);
    headless_click(NULL, "Choose");
    assert_string_equal(answer_text, folder);
    ui_open_file(window, "/nowhere/at/all", take_text, NULL);
    headless_keys("Esc"); /* the message */
    headless_keys("Esc");
    assert_string_equal(answer_text, "-");
    snprintf(path, sizeof(path), "%s/there.txt", folder);
    unlink(path);
    rmdir(folder);
}

/* ---- canvas ---------------------------------------------------------------------------------- */

static int painted, canvas_keys, canvas_size;

static void paint(struct widget *widget, const struct canvas *canvas, void *context)
{
    (void)widget;
    painted++;
    for (int y = 0; y < 200; y++) /* each line its own colour */
        draw_fill(canvas, (struct rect){0, y, 1000, 1}, 0xFF000000u | (uint32_t)(y + *(int *)context) * 777u);
}

static bool canvas_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    (void)context;
    canvas_keys += key->pressed;
    return key->code != KEY_TAB;
}

static void canvas_resized(struct widget *widget, int width, int height, void *context)
{
    (void)widget;
    (void)height;
    (void)context;
    canvas_size = width;
}

static void canvases(void **state)
{
    const struct ui_canvas_calls canvas_calls = {.paint = paint, .key = canvas_key, .resized = canvas_resized,
                                                 .focus = called};
    int from = 0, width, height;
    struct widget *canvas = ui_canvas(content, &canvas_calls, &from);

    (void)state;
    show();
    ui_canvas_size(canvas, &width, &height);
    assert_int_equal(canvas_size, width);
    assert_int_equal(width, 368);
    headless_type("ab");
    assert_int_equal(canvas_keys, 2);
    painted = 0;
    headless_damaged();
    ui_canvas_damage(canvas, (struct rect){0, 0, 10, 10});
    headless_settle();
    assert_int_equal(painted, 1);
    assert_int_equal(headless_damaged(), 100);
    from += 10; /* the tests' server compares all pixels */
    ui_canvas_scroll(canvas, (struct rect){0, 0, width, height}, 0, -6);
    ui_canvas_scroll(canvas, (struct rect){0, 0, width, height}, 0, -4);
    headless_settle();
    assert_int_equal(headless_damaged(), (long)width * 10);
    ui_canvas_scroll(canvas, (struct rect){0, 0, width, height}, 0, -4000);
    headless_settle();
    assert_int_equal(headless_damaged(), (long)width * height);
    assert_true(calls > 0);
}

static void scroll_bars(void **state)
{
    struct widget *row = ui_row(content), *bar;

    (void)state;
    ui_set_grow(row, 1);
    ui_spacer(row);
    bar = ui_scroll_bar(row, true, called, NULL);
    ui_scroll_bar_set(bar, 1000, 100, 0);
    show();
    const struct rect at = ui_area(bar);

    headless_click_at(window, at.x + 4, at.y + at.h - 4, BUTTON_LEFT, 1);
    assert_int_equal(ui_value(bar), 100);
    headless_drag(window, at.x + 4, at.y + 35, at.x + 4, at.y + at.h + 500);
    assert_int_equal(ui_value(bar), 900);
    headless_move(window, at.x + 4, at.y + 40);
    headless_wheel(window, 2);
    assert_int_equal(ui_value(bar), 894);
    ui_set_value(bar, 5000);
    assert_int_equal(ui_value(bar), 900);
}

/* ---- hooks ----------------------------------------------------------------------------------- */

static bool take_key(struct widget *widget, const struct ui_key *key, void *context)
{
    (void)widget;
    (void)context;
    calls += key->pressed;
    return key->code == KEY_A;
}

static void hooks(void **state)
{
    struct widget *entry = ui_entry(content, "", NULL, NULL), *other = ui_entry(content, "", NULL, NULL);

    (void)state;
    ui_on_key(entry, take_key, NULL);
    ui_on_focus(other, called, NULL);
    ui_set_name(other, "other");
    ui_set_context(other, &calls);
    ui_set_pointer(other, POINTER_HAND);
    show();
    headless_type("ab");
    assert_string_equal(ui_text(entry), "b");
    calls = 0;
    headless_keys("Tab");
    assert_int_equal(calls, 2); /* the key, and the focus */
    assert_true(ui_focused(other));
    assert_ptr_equal(ui_window_focus(window), other);
    assert_ptr_equal(ui_find(window, "other"), other);
    assert_ptr_equal(ui_context(other), &calls);
    assert_null(ui_find(window, "nobody"));
    ui_set_enabled(other, false);
    assert_true(ui_focused(entry));
    assert_false(ui_enabled(other));
    ui_redraw(entry);
    ui_focus(NULL);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(buttons),
        TEST(checks_switches_radios),
        TEST(sliders_and_progress),
        TEST(choices),
        TEST(labels),
        TEST(rows_and_grids),
        TEST(scrolls),
        TEST(splits),
        TEST(tabs),
        TEST(entries),
        TEST(text_areas),
        TEST(text_areas_scroll),
        TEST(text_areas_bear_much),
        TEST(text_areas_have_colours),
        TEST(text_areas_shift_lines),
        TEST(text_areas_keep_line_ends),
        TEST(text_areas_have_sizes),
        TEST(lists),
        TEST(a_row_is_seen_from_the_start),
        TEST(a_row_stays_in_a_smaller_window),
        TEST(several_are_selected),
        TEST(tables_sort_and_drag),
        TEST(rows_are_renamed),
        TEST(trees),
        TEST(menus),
        TEST(context_menus),
        TEST(questions),
        TEST(file_dialogs),
        TEST(canvases),
        TEST(scroll_bars),
        TEST(hooks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
