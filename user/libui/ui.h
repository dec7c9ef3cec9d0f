/*
 * Windows and widgets for programs of the desktop. docs/92-first-window.md is the tutorial.
 *
 *     static void greet(struct widget *button, void *label) { ui_set_text(label, "Hello!"); }
 *
 *     if (ui_start("hello") != 0) return 1;
 *     struct ui_window *window = ui_window("Hello", 320, 160);
 *     struct widget *content = ui_window_content(window);
 *     struct widget *label = ui_label(content, "Press it.");
 *     ui_button(content, "&Greet", greet, label);
 *     ui_window_show(window);
 *     return ui_run();
 *
 * - A window owns its widgets, a container its children: ending one ends all within. Texts that are passed
 *   are copied. A function that makes something returns NULL when there is no memory; every function bears
 *   a NULL widget, window, menu or item, and then does nothing (returns 0, NULL, "" or false).
 * - Lengths are pixels at 100 %; the toolkit multiplies by the desktop's scale. Only where a struct canvas or
 *   a struct rect is passed (painting, pointer) are they the screen's pixels; ui_px() multiplies.
 * - A '&' in the text of a button, check, radio, tab, menu or item marks the letter that chooses it with
 *   Alt; "&&" is one '&'.
 * - All of it belongs to the thread that called ui_start, ui_post excepted. Callbacks run within ui_run and
 *   may do anything, also end the widget or window that they are called for. `context` is passed along
 *   untouched.
 * - Nothing runs while nothing happens: ui_run sleeps in poll.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/draw/draw.h"
#include "user/draw/icon.h"
#include "user/draw/theme.h"
#include "user/libui/text_buffer.h"

struct ui_window;
struct widget;
struct ui_menu;
struct ui_item;

/* What a button, a menu's item (widget is NULL then), a changed value … calls. */
typedef void (*ui_action)(struct widget *widget, void *context);

/* ---- the program ----------------------------------------------------------------------------- */
/* First of all. `name`: "terminal", as the panel and icon_named know it. 0, or what connecting to the
   desktop said: -ENOENT, -ECONNREFUSED … (after 5 s of trying). */
int ui_start(const char *name);
/* Until the last window ended (who makes none runs on) or ui_quit was called. Returns ui_quit's status,
   else 0; 1 when the desktop went away and did not come back for a minute. */
int ui_run(void);
void ui_quit(int status);
/* Ends all windows, timers and watches, and says goodbye. ui_start may follow. */
void ui_end(void);

/* Calls `call` once after `delay_ms`, or again and again. Above 0: for ui_timer_stop; 0: no memory. */
typedef void (*ui_call)(void *context);
unsigned ui_timer(int delay_ms, bool again, ui_call call, void *context);
void ui_timer_stop(unsigned timer);
/* Calls `call` when poll says any of `events` (POLLIN …, POLLHUP and POLLERR always) of fd. One watch for
   each fd: a second call replaces the first. 0, -ENOMEM or -EINVAL. */
typedef void (*ui_watch_call)(int fd, short events, void *context);
int ui_watch(int fd, short events, ui_watch_call call, void *context);
void ui_unwatch(int fd);
/* From any thread: `call` runs in ui_run soon, in the order of posting. 0 or -ENOMEM. */
int ui_post(ui_call call, void *context);
/* CLOCK_MONOTONIC, in milliseconds. In tests it is the test's clock. */
int64_t ui_now_ms(void);

/* ---- the desktop ----------------------------------------------------------------------------- */
const struct theme *ui_theme(void); /* with the chosen accent; never NULL */
int ui_scale(void);                 /* percent */
int ui_px(int length);              /* of 100 %, in pixels */
/* `size` at 100 %. Widgets use FONT_UI of UI_TEXT. */
#define UI_TEXT  13
#define UI_SMALL 12
#define UI_TITLE 18
const struct font *ui_font(enum font_face face, int size);
const char *ui_language(void); /* "en", "es" */
/* One of them, by the desktop's language: ui_say("Open", "Abrir"). */
const char *ui_say(const char *english, const char *spanish);
const char *ui_layout(void); /* the keyboard's: "us" … */
void ui_screen_size(int *width, int *height); /* pixels */
/* Called when theme, accent, scale, language or layout changed; the widgets are drawn anew by themselves. */
void ui_on_desktop(ui_call call, void *context);
/* Asks the desktop to set one of its settings: ("theme", "light"). 0, -EINVAL (longer than 127 bytes). */
int ui_set_desktop(const char *name, const char *value);
/* A card of the panel. What is too long is cut. `icon`: as icon_named knows it. */
void ui_notify(const char *icon, const char *title, const char *text);
/* It stays until the user has seen it: what cannot wait, as a disk that fails. */
void ui_notify_critical(const char *icon, const char *title, const char *text);
/* A picture of the screen: enum capture_kind of protocol.h. `picture` is NULL when it was given up; it is
   gone after the call. */
typedef void (*ui_captured)(const struct canvas *picture, void *context);
void ui_capture(int kind, ui_captured call, void *context);
/* What the server has done so far. */
struct ui_statistics {
    uint64_t frames, pixels, last_frame_ns, busy_ns;
    unsigned clients, surfaces;
};
typedef void (*ui_counted)(const struct ui_statistics *statistics, void *context);
void ui_count(ui_counted call, void *context);

/* ---- the clipboard, and dragging ------------------------------------------------------------- */
/* `type`: "text/plain", "text/uri-list", "image/png" (TYPE_… of protocol.h). 0, -ENOMEM, -EFBIG. */
int ui_clipboard_set(const char *type, const void *bytes, size_t size);
/* Asks for it; `call` gets it later, size 0 when there is none of this type. */
typedef void (*ui_data)(const char *type, const void *bytes, size_t size, void *context);
void ui_clipboard_get(const char *type, ui_data call, void *context);
/* While a button is held over `widget`: the pointer takes this along. `actions`: UI_COPY, UI_MOVE or both.
   `done` (may be NULL) gets what became of it, 0: nobody took it. */
#define UI_COPY 1u
#define UI_MOVE 2u
typedef void (*ui_drag_done)(struct widget *widget, unsigned action, void *context);
int ui_drag(struct widget *widget, const char *type, const void *bytes, size_t size, unsigned actions,
            ui_drag_done done, void *context);
/* `call` when something is held over (size 0) or was let go on the widget. It returns whether it takes it. */
struct ui_drop {
    const char *type;
    const void *bytes; /* gone after the call */
    size_t size;       /* 0: it is only held over */
    int x, y;          /* pixels, in the widget */
    unsigned action;
};
typedef bool (*ui_dropped)(struct widget *widget, const struct ui_drop *drop, void *context);
void ui_on_drop(struct widget *widget, ui_dropped call, void *context);

/* ---- keys and pointer ------------------------------------------------------------------------ */
struct ui_key {
    uint64_t time_ns;
    uint16_t code;      /* KEY_… of lib/abi/keys.h */
    bool pressed;       /* else released */
    bool repeated;
    uint32_t modifiers; /* MODIFIER_… of protocol.h */
    char text[16];      /* what it types, UTF-8; often nothing */
};
enum ui_pointer_kind { UI_ENTER, UI_LEAVE, UI_MOVE_TO, UI_PRESS, UI_RELEASE, UI_WHEEL };
struct ui_pointer {
    enum ui_pointer_kind kind;
    int x, y;             /* pixels, in the widget; outside of it while a button is held */
    uint16_t button;      /* UI_PRESS, UI_RELEASE: BUTTON_… of lib/abi/keys.h */
    unsigned clicks;      /* UI_PRESS: 1, 2, 3 */
    unsigned held;        /* bits: 1 left, 2 right, 4 middle, after this */
    int wheel_x, wheel_y; /* UI_WHEEL: notches, right and up */
    uint32_t modifiers;
    uint64_t time_ns;
};
/* True: it is used up, nobody else gets it. */
typedef bool (*ui_key_call)(struct widget *widget, const struct ui_key *key, void *context);
typedef bool (*ui_pointer_call)(struct widget *widget, const struct ui_pointer *pointer, void *context);

/* ---- windows --------------------------------------------------------------------------------- */
/* Not seen before ui_window_show, so that it can be filled first. Sizes of 0: what its content needs. */
struct ui_window *ui_window(const char *title, int width, int height);
/* Above `parent`, which gets no keys and clicks as long as it is there. Escape closes it. */
struct ui_window *ui_dialog(struct ui_window *parent, const char *title, int width, int height);
void ui_window_show(struct ui_window *window);
/* Ends it and its widgets; after the callback that runs now. */
void ui_window_end(struct ui_window *window);
/* Its content: a column with padding 16 and gap 8. */
struct widget *ui_window_content(struct ui_window *window);
struct ui_window *ui_window_of(struct widget *widget);
void ui_window_set_title(struct ui_window *window, const char *title);
const char *ui_window_title(const struct ui_window *window);
void ui_window_set_icon(struct ui_window *window, const char *name);
/* 0: no limit. What the content needs at least is always one. */
void ui_window_set_limits(struct ui_window *window, int least_width, int least_height, int most_width,
                          int most_height);
void ui_window_size(const struct ui_window *window, int *width, int *height); /* pixels */
/* enum window_state of protocol.h: normal, maximised, minimised, whole screen. */
void ui_window_set_state(struct ui_window *window, int state);
bool ui_window_active(const struct ui_window *window); /* it has the keyboard */
/* It got or lost the keyboard: ui_window_active says which. `widget` is its content. */
void ui_window_on_active(struct ui_window *window, ui_action call, void *context);
/* Asked when the user closes it: true ends it. Without one it ends. */
typedef bool (*ui_close_call)(struct ui_window *window, void *context);
void ui_window_on_close(struct ui_window *window, ui_close_call call, void *context);
void ui_window_close(struct ui_window *window); /* as if the user did */
/* Keys that no widget used; widget is the content. */
void ui_window_on_key(struct ui_window *window, ui_key_call call, void *context);
/* What Enter presses, where no widget uses it. */
void ui_window_set_default(struct ui_window *window, struct widget *button);
void ui_window_set_context(struct ui_window *window, void *context);
void *ui_window_context(const struct ui_window *window);

/* ---- all widgets ----------------------------------------------------------------------------- */
void ui_remove(struct widget *widget); /* with its children; after the callback that runs now */
struct widget *ui_parent(const struct widget *widget);
/* Of labels, buttons, checks, radios, entries, tabs' pages …; an entry's is what is typed in. */
void ui_set_text(struct widget *widget, const char *text);
void ui_set_textf(struct widget *widget, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *ui_text(const struct widget *widget); /* good until it changes */
/* Check, radio: 0 or 1. Slider, scroll bar: its value. Progress: 0 to 1000. Choice, tabs: which, from 0;
   -1 none. Split: the first part's size. Setting calls no callback. */
void ui_set_value(struct widget *widget, int value);
int ui_value(const struct widget *widget);
void ui_set_enabled(struct widget *widget, bool enabled);
bool ui_enabled(const struct widget *widget);
/* A hidden one takes no room. */
void ui_set_visible(struct widget *widget, bool visible);
bool ui_visible(const struct widget *widget);
void ui_set_tooltip(struct widget *widget, const char *text);
void ui_set_name(struct widget *widget, const char *name); /* for ui_find */
/* The first widget of that name, else of that text (without '&'). */
struct widget *ui_find(struct ui_window *window, const char *name);
void ui_focus(struct widget *widget);
bool ui_focused(const struct widget *widget);
struct widget *ui_window_focus(const struct ui_window *window); /* NULL: none */
void ui_redraw(struct widget *widget); /* soon */
struct rect ui_area(const struct widget *widget); /* pixels, in the window, as of the last layout */
void ui_set_context(struct widget *widget, void *context); /* of its own ui_action */
void *ui_context(const struct widget *widget);
void ui_set_pointer(struct widget *widget, enum pointer pointer); /* while over it */
/* Enter in an entry; Enter or double click in a list, table, tree. */
void ui_on_activate(struct widget *widget, ui_action call, void *context);
/* The right button or the menu key: (x, y) are the window's pixels, for ui_menu_show. */
typedef void (*ui_menu_call)(struct widget *widget, int x, int y, void *context);
void ui_on_menu(struct widget *widget, ui_menu_call call, void *context);
/* Keys that a widget gets before it uses them itself. */
void ui_on_key(struct widget *widget, ui_key_call call, void *context);
void ui_on_focus(struct widget *widget, ui_action call, void *context); /* came or went: ui_focused says */

/* ---- layout ---------------------------------------------------------------------------------- */
/* Children one after the other; those with a weight share what is left. Across, each fills the container
   unless ui_set_align says otherwise. Gap 8, padding 0. */
struct widget *ui_row(struct widget *parent);
struct widget *ui_column(struct widget *parent);
/* Children fill its lines from left to right. A column is as wide as its widest child. */
struct widget *ui_grid(struct widget *parent, unsigned columns);
void ui_grid_set_grow(struct widget *grid, unsigned column, int weight);
void ui_set_span(struct widget *child, unsigned columns); /* how many a grid's child takes */
/* Of a column with a field's background and round corners; padding 16. */
struct widget *ui_card(struct widget *parent);
struct widget *ui_spacer(struct widget *parent); /* takes what is left */
struct widget *ui_separator(struct widget *parent);
void ui_set_gap(struct widget *container, int gap);
void ui_set_padding(struct widget *container, int across, int down);
void ui_set_grow(struct widget *widget, int weight); /* along its row or column; 0: not */
/* Within the room across (row, column), or both ways (grid). UI_FILL unless said. */
enum ui_align { UI_FILL, UI_START, UI_CENTRE, UI_END };
void ui_set_align(struct widget *widget, enum ui_align align);
void ui_set_least(struct widget *widget, int width, int height); /* 0: by itself */
/* A column of its own size seen through a window with bars. */
struct widget *ui_scroll(struct widget *parent);
void ui_scroll_to(struct widget *scroll, struct widget *child);
/* Two children, and a bar between them to pull. `down`: one above the other. */
struct widget *ui_split(struct widget *parent, bool down);
/* Pages, one seen. ui_tab gives a page, a column with padding 16; ui_remove takes it away, ui_set_text names
   it. ui_value: which is seen. `changed` when the user chose another. */
struct widget *ui_tabs(struct widget *parent, ui_action changed, void *context);
struct widget *ui_tab(struct widget *tabs, const char *title);
unsigned ui_tabs_count(const struct widget *tabs);
struct widget *ui_tabs_page(const struct widget *tabs, unsigned which); /* NULL: there is none */
/* Each tab has a cross; `close` gets the page, and removes it or not. `add`, if any: a "+" behind them. */
void ui_tabs_set_closable(struct widget *tabs, ui_action close, ui_action add, void *context);

/* ---- simple widgets -------------------------------------------------------------------------- */
struct widget *ui_label(struct widget *parent, const char *text);
enum ui_style { UI_PLAIN, UI_HEADING, UI_BOLD, UI_DIM, UI_MONO, UI_GOOD, UI_WARNING, UI_BAD };
void ui_label_set_style(struct widget *label, enum ui_style style);
void ui_label_set_align(struct widget *label, enum align align);
/* Broken into lines of at most `width`, which is what it asks for. */
void ui_label_set_wrap(struct widget *label, int width);
struct widget *ui_icon(struct widget *parent, enum icon icon, int size);
void ui_icon_set(struct widget *widget, enum icon icon); /* of an icon or a button */
struct widget *ui_button(struct widget *parent, const char *text, ui_action clicked, void *context);
/* A flat one with an icon alone; `tooltip` says what it does. */
struct widget *ui_tool(struct widget *parent, enum icon icon, const char *tooltip, ui_action clicked,
                       void *context);
/* In the accent's colour: what one mostly wants. */
void ui_button_set_accent(struct widget *button, bool accent);
struct widget *ui_check(struct widget *parent, const char *text, bool on, ui_action changed, void *context);
/* A check that looks like a switch. */
struct widget *ui_switch(struct widget *parent, const char *text, bool on, ui_action changed, void *context);
/* `first`: the group's first one, NULL for that itself, which is on. `changed` of the one that came on. */
struct widget *ui_radio(struct widget *parent, const char *text, struct widget *first, ui_action changed,
                        void *context);
struct widget *ui_slider(struct widget *parent, int least, int most, int value, ui_action changed,
                         void *context);
void ui_slider_set_range(struct widget *slider, int least, int most);
struct widget *ui_progress(struct widget *parent);
/* A field that opens a list to choose from. */
struct widget *ui_choice(struct widget *parent, ui_action changed, void *context);
void ui_choice_add(struct widget *choice, const char *text);
void ui_choice_clear(struct widget *choice);
const char *ui_choice_text(const struct widget *choice, int which);
/* For canvases that scroll by themselves: `total` units, `page` of them seen; ui_value is the first seen. */
struct widget *ui_scroll_bar(struct widget *parent, bool down, ui_action changed, void *context);
void ui_scroll_bar_set(struct widget *bar, int total, int page, int value);

/* ---- text ------------------------------------------------------------------------------------ */
/* One line. Shift selects, Ctrl moves by words, Ctrl+A C X V Z Y. */
struct widget *ui_entry(struct widget *parent, const char *text, ui_action changed, void *context);
void ui_entry_set_placeholder(struct widget *entry, const char *text);
void ui_entry_set_icon(struct widget *entry, enum icon icon); /* at its left */
void ui_entry_set_secret(struct widget *entry, bool secret);  /* shown as dots, not copied */
void ui_entry_set_limit(struct widget *entry, size_t bytes);  /* 65536 unless said */
/* Bytes of its text; the cursor goes to `to`. (0, (size_t)-1): all. */
void ui_entry_select(struct widget *entry, size_t from, size_t to);

/* Many lines. `buffer` NULL: one of its own, which goes with it. */
struct widget *ui_text_area(struct widget *parent, struct text_buffer *buffer, ui_action changed,
                            void *context);
struct text_buffer *ui_area_buffer(const struct widget *area);
void ui_area_set_buffer(struct widget *area, struct text_buffer *buffer); /* cursor at 0 */
void ui_area_set_read_only(struct widget *area, bool read_only);
void ui_area_set_numbers(struct widget *area, bool numbers); /* of lines, at the left */
void ui_area_set_mono(struct widget *area, bool mono);       /* the default */
void ui_area_set_wrap(struct widget *area, bool wrap);       /* long lines go on below; else it scrolls */
void ui_area_set_tab(struct widget *area, int spaces);       /* the width of '\t'; 8 */
/* What Tab types: spaces to the next multiple, 0: a '\t'. Tab and Shift+Tab then also shift all lines that
   are selected. -1, the default: Tab types a '\t', Shift+Tab goes to the widget before. At most 32. */
void ui_area_set_indent(struct widget *area, int spaces);
/* "\n" or "\r\n": what Enter types, and all that is pasted has. NULL, the default: "\n", and what is pasted
   is left as it is. */
void ui_area_set_newline(struct widget *area, const char *newline);
void ui_area_set_size(struct widget *area, int size); /* of the text, at 100 %; UI_TEXT unless said */
/* The cursor, and the other end of what is selected (the same: nothing is). */
size_t ui_area_cursor(const struct widget *area);
size_t ui_area_anchor(const struct widget *area);
void ui_area_select(struct widget *area, size_t anchor, size_t cursor); /* and brings the cursor into view */
void ui_area_replace(struct widget *area, const char *bytes, size_t size); /* what is selected */
void ui_area_edited(struct widget *area); /* the program did it for the user: `changed` is called */
void ui_area_copy(struct widget *area);
void ui_area_cut(struct widget *area);
void ui_area_paste(struct widget *area);
void ui_area_undo(struct widget *area);
void ui_area_redo(struct widget *area);
void ui_area_on_cursor(struct widget *area, ui_action moved, void *context);
/* Colours: called for each line that is drawn; sets a style for each of the `size` bytes (0 at first): index
   into `colours`, of which there are at most 16; 0 is the field's text. A byte with UI_STYLE_MARK is text
   on a ground that strikes the eye (what was found). Lines above 64 KB are not asked for. */
#define UI_STYLE_MARK 0x80u
typedef void (*ui_styler)(struct text_buffer *buffer, size_t line, const char *text, size_t size,
                          uint8_t *styles, void *context);
void ui_area_set_styler(struct widget *area, ui_styler styler, const colour_t colours[16], void *context);

/* ---- lists, tables, tiles, trees ------------------------------------------------------------- */
/* Rows are asked for when they are drawn and never kept. */
struct ui_cell {
    const char *text;  /* good until the next call; may be `memory` */
    char memory[128];
    enum icon icon;    /* ICON_NONE */
    colour_t colour;   /* 0: the field's text */
    int bar;           /* 1 to 1000: a bar behind the text; 0: none */
    bool bold, dim;
    const struct canvas *picture; /* instead of the icon; tiles alone. NULL */
};
struct ui_model {
    size_t (*count)(void *context);
    void (*cell)(void *context, size_t row, unsigned column, struct ui_cell *cell);
};
struct ui_column_of {
    const char *title;
    int width;         /* at 100 %; it can be pulled */
    int grow;          /* weight in what is left */
    enum align align;
    bool sortable;
};
/* Callback `selected` when another row is, or no longer. */
struct widget *ui_list(struct widget *parent, const struct ui_model *model, void *model_context,
                       ui_action selected, void *context);
/* At most 16 columns; they are copied. */
struct widget *ui_table(struct widget *parent, const struct ui_column_of *columns, unsigned count,
                        const struct ui_model *model, void *model_context, ui_action selected, void *context);
/* Big icons with the name below. */
struct widget *ui_tiles(struct widget *parent, const struct ui_model *model, void *model_context,
                        ui_action selected, void *context);
/* The same rows and selection as list, table (when it was made as one) or tiles. */
enum ui_list_mode { UI_LIST, UI_TABLE, UI_TILES };
void ui_list_set_mode(struct widget *list, enum ui_list_mode mode);
/* The rows are others: nothing is selected then. `keep`: what is selected stays by its number. */
void ui_list_changed(struct widget *list, bool keep);
void ui_list_set_multi(struct widget *list, bool multi); /* several can be selected: Ctrl, Shift, Ctrl+A */
#define UI_NO_ROW ((size_t)-1)
size_t ui_list_row(const struct widget *list); /* the one with the cursor, if it is selected; UI_NO_ROW */
size_t ui_list_selected(const struct widget *list, size_t from); /* the first selected at `from` or later */
size_t ui_list_selected_count(const struct widget *list);
void ui_list_select(struct widget *list, size_t row); /* it alone, and brings it into view; UI_NO_ROW: none */
void ui_list_select_also(struct widget *list, size_t row, bool selected);
/* The row at a point of the widget, in pixels (as in struct ui_drop); UI_NO_ROW. */
size_t ui_list_at(const struct widget *list, int x, int y);
/* The user clicked a column's title: sort the model and say ui_list_changed. The mark is drawn by itself. */
typedef void (*ui_sort_call)(struct widget *table, unsigned column, bool down, void *context);
void ui_table_on_sort(struct widget *table, ui_sort_call call, void *context);
void ui_table_set_sorted(struct widget *table, unsigned column, bool down);
/* The user types a new text over row's first column (a rename); `done` gets it, or NULL when given up. */
typedef void (*ui_edited)(struct widget *list, size_t row, const char *text, void *context);
void ui_list_edit(struct widget *list, size_t row, const char *text, ui_edited done, void *context);
/* A row was pulled with the mouse: the callback calls ui_drag. */
void ui_list_on_drag(struct widget *list, ui_action call, void *context);

/* A tree's nodes are the program's own pointers; NULL is the root, which is not shown. */
struct ui_tree_model {
    size_t (*children)(void *context, void *node); /* of an open one */
    void *(*child)(void *context, void *node, size_t which);
    bool (*is_leaf)(void *context, void *node);
    void (*cell)(void *context, void *node, struct ui_cell *cell);
};
struct widget *ui_tree(struct widget *parent, const struct ui_tree_model *model, void *model_context,
                       ui_action selected, void *context);
void ui_tree_changed(struct widget *tree); /* nodes came or went; what is open stays open */
void *ui_tree_node(const struct widget *tree); /* the selected one; NULL */
void ui_tree_select(struct widget *tree, void *node); /* if it is shown */
void ui_tree_open(struct widget *tree, void *node, bool open);
bool ui_tree_is_open(const struct widget *tree, const void *node);

/* ---- menus ----------------------------------------------------------------------------------- */
/* The bar of a window, made at the first call. F10 and Alt+letter reach it. */
struct ui_menu *ui_menu_bar(struct ui_window *window);
struct ui_menu *ui_menu(void);              /* for ui_menu_show; ended by ui_menu_end */
void ui_menu_end(struct ui_menu *menu);
struct ui_menu *ui_menu_sub(struct ui_menu *menu, const char *text); /* belongs to `menu` */
/* `keys`: "Ctrl+S", "Ctrl+Shift+Tab", "F5", "Alt+Left", "Del"; NULL: none. They work in the whole window. */
struct ui_item *ui_menu_item(struct ui_menu *menu, const char *text, const char *keys, ui_action call,
                             void *context);
struct ui_item *ui_menu_separator(struct ui_menu *menu);
void ui_menu_clear(struct ui_menu *menu);
void ui_item_set_enabled(struct ui_item *item, bool enabled);
void ui_item_set_checked(struct ui_item *item, bool checked); /* from now on it has a place for the mark */
bool ui_item_checked(const struct ui_item *item);
void ui_item_set_text(struct ui_item *item, const char *text);
void ui_item_set_icon(struct ui_item *item, enum icon icon);
/* At the window's pixel (x, y). It is kept until ui_menu_end. */
void ui_menu_show(struct ui_menu *menu, struct ui_window *window, int x, int y);
/* Calls `call` on a key in the whole window, without a menu. `keys` as above. 0, -EINVAL, -ENOMEM. */
int ui_shortcut(struct ui_window *window, const char *keys, ui_action call, void *context);

/* ---- questions ------------------------------------------------------------------------------- */
/* They return at once; `call` gets the answer later. All are dialogs of `window`. */
void ui_message(struct ui_window *window, enum icon icon, const char *title, const char *text);
/* `yes`: what its button says ("Delete"). `call` is called with `true` for yes. */
typedef void (*ui_answer)(bool yes, void *context);
void ui_confirm(struct ui_window *window, const char *title, const char *text, const char *yes,
                ui_answer call, void *context);
/* Three ways: 1 yes ("Save"), 0 no ("Don't save"), -1 cancelled. */
typedef void (*ui_choice_answer)(int answer, void *context);
void ui_confirm3(struct ui_window *window, const char *title, const char *text, const char *yes,
                 const char *no, ui_choice_answer call, void *context);
/* A line of text; NULL: cancelled. */
typedef void (*ui_text_answer)(const char *text, void *context);
void ui_ask(struct ui_window *window, const char *title, const char *text, const char *preset,
            ui_text_answer call, void *context);
/* A file's path; NULL: cancelled. Saving over a file asks first. `folder`: NULL: the home folder. */
void ui_open_file(struct ui_window *window, const char *folder, ui_text_answer call, void *context);
void ui_save_file(struct ui_window *window, const char *folder, const char *name, ui_text_answer call,
                  void *context);
void ui_choose_folder(struct ui_window *window, const char *folder, ui_text_answer call, void *context);

/* ---- canvas ---------------------------------------------------------------------------------- */
/* Any may be NULL. Without `key` it takes no focus. */
struct ui_canvas_calls {
    /* (0, 0) is the widget's corner, its clip what has to be painted; all of that must be. */
    void (*paint)(struct widget *widget, const struct canvas *canvas, void *context);
    ui_pointer_call pointer;
    ui_key_call key;
    void (*resized)(struct widget *widget, int width, int height, void *context); /* pixels */
    ui_action focus; /* came or went */
};
struct widget *ui_canvas(struct widget *parent, const struct ui_canvas_calls *calls, void *context);
void ui_canvas_size(const struct widget *canvas, int *width, int *height); /* pixels */
/* This part, in the widget's pixels, is painted soon. */
void ui_canvas_damage(struct widget *canvas, struct rect at);
/* What is within `at` moves by (dx, dy) there, at once; what came into view is painted soon. */
void ui_canvas_scroll(struct widget *canvas, struct rect at, int dx, int dy);

/* ---- raw pixels: games ----------------------------------------------------------------------- */
/* The window is pixels of the program's own; it has no widgets then (keys come by ui_window_on_key). `frame`
   is called when a frame can be drawn: first when it is shown, then after each ui_present that reached the
   screen, and when the size has changed. */
typedef void (*ui_frame)(struct ui_window *window, void *context);
void ui_window_on_frame(struct ui_window *window, ui_frame frame, void *context);
void ui_window_on_pointer(struct ui_window *window, ui_pointer_call call, void *context);
/* The next frame's pixels, XRGB; they hold what was presented last. -EAGAIN: the server still looks at them,
   `frame` comes later. 0, -ENOMEM. Good until ui_present or the callback's end. */
int ui_pixels(struct ui_window *window, struct canvas *canvas);
/* They are ready; `at` is what changed since the last time. */
void ui_present(struct ui_window *window, struct rect at);
