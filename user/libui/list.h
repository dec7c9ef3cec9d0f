/* What list.c, list_paint.c, list_input.c and tree.c know of each other. */
#pragma once

#include "user/libui/internal.h"

#define COLUMNS_MAX 16u
#define HEADER_HEIGHT 30
#define TILE_WIDTH  92
#define TILE_HEIGHT 96
#define INDENT 18 /* of a tree's level */

struct list_column {
    struct ui_column_of said;
    char *title;
    int x, width; /* pixels, of the last layout; x from the view's left */
};

/* How a tree's row differs from a list's. */
struct row_look {
    int depth;
    bool leaf, open;
};

struct list {
    struct widget widget;
    struct ui_model model;
    void *model_context;
    enum ui_list_mode mode;
    struct list_column columns[COLUMNS_MAX];
    unsigned column_count;
    bool multi;
    uint8_t *selected;     /* a bit for each row */
    size_t selected_room;  /* rows */
    size_t cursor, anchor; /* UI_NO_ROW */
    size_t hover;
    struct bar bar;        /* in pixels */
    struct ui_window *edit_window; /* while a row's text is typed */
    size_t edit_row;
    struct hook edited;
    struct widget *editor;
    int sorted;            /* column; -1 */
    bool sorted_down;
    struct hook on_sort, on_drag;
    int pulled_column;     /* -1 */
    int pulled_from, pulled_width;
    bool pressed;          /* on a row: can become a drag */
    size_t pressed_row;
    int pressed_x, pressed_y;
    char typed[32];        /* to find a row by its beginning */
    int64_t typed_ms;
    /* a tree's */
    bool (*look)(struct list *list, size_t row, struct row_look *look);
    bool (*fold_key)(struct list *list, const struct ui_key *key);
    void (*fold)(struct list *list, size_t row);
};

extern const struct widget_class list_class;
struct list *list_of(const struct widget *widget); /* NULL: it is none */
struct list *list_make(struct widget *parent, const struct widget_class *class, const struct ui_model *model,
                       void *model_context, ui_action selected, void *context);
size_t list_count(const struct list *list);
bool list_is_selected(const struct list *list, size_t row);
void list_set_selected(struct list *list, size_t row, bool selected);
void list_select_none(struct list *list);
/* The cursor goes there: with Shift all from the anchor are selected, with Ctrl nothing is. */
void list_go(struct list *list, size_t row, bool extend, bool keep);
void list_toggle(struct list *list, size_t row);
void list_show_row(struct list *list, size_t row);
void list_said(struct list *list); /* the program hears that the selection is another */
/* Geometry: in the window's pixels. */
struct rect list_rows_rect(const struct list *list);
struct rect list_row_rect(const struct list *list, size_t row);
size_t list_row_at(const struct list *list, int x, int y);
int list_across(const struct list *list); /* tiles beside each other; 1 */
int list_row_height(const struct list *list);
void list_arrange(struct widget *widget);
void list_paint(struct widget *widget, const struct canvas *canvas);
bool list_pointer(struct widget *widget, const struct ui_pointer *pointer);
bool list_key(struct widget *widget, const struct ui_key *key);
void list_reveal_edit(struct list *list);
