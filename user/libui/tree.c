/* The tree: a list whose rows are the nodes that can be seen, with those that are open. */
#include <stdlib.h>
#include <string.h>

#include "user/libui/list.h"

#define DEPTH_MAX 64

struct tree_row {
    void *node;
    int depth;
};

struct tree {
    struct list list;
    struct ui_tree_model model;
    void *model_context;
    struct tree_row *rows;
    size_t count, room;
    void **open;
    size_t open_count, open_room;
};

static struct widget_class tree_class;

static struct tree *tree_of(const struct widget *widget)
{
    return widget && widget->class == &tree_class ? (struct tree *)widget : NULL;
}

/* ---- which are open -------------------------------------------------------------------------- */

static size_t open_index(const struct tree *tree, const void *node)
{
    size_t i = 0;

    while (i < tree->open_count && tree->open[i] != node)
        i++;
    return i;
}

static bool is_open(const struct tree *tree, const void *node)
{
    return open_index(tree, node) < tree->open_count;
}

static bool set_open(struct tree *tree, void *node, bool open)
{
    const size_t at = open_index(tree, node);

    if (open == (at < tree->open_count))
        return false;
    if (!open) {
        tree->open[at] = tree->open[--tree->open_count];
        return true;
    }
    if (tree->open_count == tree->open_room) {
        const size_t room = tree->open_room ? 2 * tree->open_room : 16;
        void **more = realloc(tree->open, room * sizeof(*more));

        if (!more)
            return false;
        tree->open = more;
        tree->open_room = room;
    }
    tree->open[tree->open_count++] = node;
    return true;
}

/* ---- rows ------------------------------------------------------------------------------------ */

static bool add_row(struct tree *tree, void *node, int depth)
{
    if (tree->count == tree->room) {
        const size_t room = tree->room ? 2 * tree->room : 64;
        struct tree_row *more = realloc(tree->rows, room * sizeof(*more));

        if (!more)
            return false;
        tree->rows = more;
        tree->room = room;
    }
    tree->rows[tree->count++] = (struct tree_row){node, depth};
    return true;
}

static void add_children(struct tree *tree, void *node, int depth)
{
    const size_t count = tree->model.children(tree->model_context, node);

    for (size_t i = 0; i < count; i++) {
        void *child = tree->model.child(tree->model_context, node, i);

        if (!add_row(tree, child, depth))
            return;
        if (depth < DEPTH_MAX && is_open(tree, child))
            add_children(tree, child, depth + 1);
    }
}

static void *node_at(const struct tree *tree, size_t row)
{
    return row < tree->count ? tree->rows[row].node : NULL;
}

static size_t row_of(const struct tree *tree, const void *node)
{
    for (size_t row = 0; row < tree->count; row++)
        if (tree->rows[row].node == node)
            return row;
    return UI_NO_ROW;
}

static void refill(struct tree *tree)
{
    void *cursor = node_at(tree, tree->list.cursor);
    const bool selected = list_is_selected(&tree->list, tree->list.cursor);

    tree->count = 0;
    add_children(tree, NULL, 0);
    list_select_none(&tree->list);
    tree->list.cursor = tree->list.anchor = cursor ? row_of(tree, cursor) : UI_NO_ROW;
    if (tree->list.cursor != UI_NO_ROW && selected)
        list_set_selected(&tree->list, tree->list.cursor, true);
    ui_list_changed(&tree->list.widget, true);
}

static size_t model_count(void *context)
{
    return ((struct tree *)context)->count;
}

static void model_cell(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    const struct tree *tree = context;

    (void)column;
    if (row < tree->count)
        tree->model.cell(tree->model_context, tree->rows[row].node, cell);
}

static bool row_looks(struct list *list, size_t row, struct row_look *look)
{
    const struct tree *tree = (const struct tree *)list;

    if (row >= tree->count)
        return false;
    *look = (struct row_look){tree->rows[row].depth,
                              tree->model.is_leaf(tree->model_context, tree->rows[row].node),
                              is_open(tree, tree->rows[row].node)};
    return true;
}

/* ---- opening and closing --------------------------------------------------------------------- */

static void fold(struct list *list, size_t row)
{
    struct tree *tree = (struct tree *)list;
    struct row_look look;

    if (row_looks(list, row, &look) && !look.leaf)
        ui_tree_open(&list->widget, tree->rows[row].node, !look.open);
}

static size_t parent_row(const struct tree *tree, size_t row)
{
    const int depth = tree->rows[row].depth;

    while (row > 0 && tree->rows[row].depth >= depth)
        row--;
    return row;
}

/* Right opens or goes in, Left closes or goes out. */
static bool fold_key(struct list *list, const struct ui_key *key)
{
    struct tree *tree = (struct tree *)list;
    const size_t row = list->cursor;
    struct row_look look;

    if ((key->code != KEY_LEFT && key->code != KEY_RIGHT) || key_with(key) != 0)
        return false;
    if (!row_looks(list, row, &look))
        return true;
    if (key->code == KEY_RIGHT && !look.leaf && !look.open)
        fold(list, row);
    else if (key->code == KEY_RIGHT && !look.leaf && row + 1 < tree->count)
        list_go(list, row + 1, false, false);
    else if (key->code == KEY_LEFT && look.open)
        fold(list, row);
    else if (key->code == KEY_LEFT && look.depth > 0)
        list_go(list, parent_row(tree, row), false, false);
    return true;
}

static void tree_end(struct widget *widget)
{
    struct tree *tree = (struct tree *)widget;

    list_class.end(widget);
    free(tree->rows);
    free(tree->open);
}

/* ---- for programs ---------------------------------------------------------------------------- */

struct widget *ui_tree(struct widget *parent, const struct ui_tree_model *model, void *model_context,
                       ui_action selected, void *context)
{
    static const struct ui_model rows = {model_count, model_cell};
    struct tree *tree;

    tree_class = list_class;
    tree_class.name = "tree";
    tree_class.size = sizeof(struct tree);
    tree_class.end = tree_end;
    tree = (struct tree *)list_make(parent, &tree_class, &rows, NULL, selected, context);
    if (!tree)
        return NULL;
    tree->list.model_context = tree;
    tree->model = *model;
    tree->model_context = model_context;
    tree->list.look = row_looks;
    tree->list.fold_key = fold_key;
    tree->list.fold = fold;
    refill(tree);
    return &tree->list.widget;
}

void ui_tree_changed(struct widget *widget)
{
    struct tree *tree = tree_of(widget);

    if (tree)
        refill(tree);
}

void *ui_tree_node(const struct widget *widget)
{
    const struct tree *tree = tree_of(widget);

    return tree ? node_at(tree, ui_list_row(widget)) : NULL;
}

void ui_tree_select(struct widget *widget, void *node)
{
    const struct tree *tree = tree_of(widget);

    if (tree)
        ui_list_select(widget, row_of(tree, node));
}

void ui_tree_open(struct widget *widget, void *node, bool open)
{
    struct tree *tree = tree_of(widget);

    if (tree && node && set_open(tree, node, open))
        refill(tree);
}

bool ui_tree_is_open(const struct widget *widget, const void *node)
{
    const struct tree *tree = tree_of(widget);

    return tree && is_open(tree, node);
}
