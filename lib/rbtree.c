/*
 * Red-black trees, after Guibas and Sedgewick 1978 and Cormen et al., "Introduction to Algorithms",
 * chapter 13: a red node has no red child, and every way down meets as many black ones. `side` is 0
 * for lower and 1 for higher, so that a case and its mirror are the same lines. Use: rb_insert →
 * rb_next, tree->first → rb_remove.
 */
#include "lib/rbtree.h"

#include <stddef.h>

static bool is_red(const struct rb_node *node)
{
    return node && node->red;
}

static unsigned side_of(const struct rb_node *node)
{
    return node->parent->child[1] == node;
}

/* What hung above `old` now has `node` (or NULL) there. */
static void replace_child(struct rb_tree *tree, struct rb_node *parent, const struct rb_node *old,
                          struct rb_node *node)
{
    if (!parent)
        tree->root = node;
    else
        parent->child[parent->child[1] == old] = node;
    if (node)
        node->parent = parent;
}

/* The node goes down to `side`; its child on the other side takes its place. */
static void rotate(struct rb_tree *tree, struct rb_node *node, unsigned side)
{
    struct rb_node *up = node->child[!side];

    replace_child(tree, node->parent, node, up);
    node->child[!side] = up->child[side];
    if (up->child[side])
        up->child[side]->parent = node;
    up->child[side] = node;
    node->parent = up;
}

/* A red node below a red parent: move the trouble upward, or end it with one or two rotations. */
static void repair_insert(struct rb_tree *tree, struct rb_node *node)
{
    while (is_red(node->parent)) {
        struct rb_node *parent = node->parent, *grand = parent->parent;
        unsigned side = side_of(parent);
        struct rb_node *uncle = grand->child[!side];

        if (is_red(uncle)) {
            parent->red = uncle->red = false;
            grand->red = true;
            node = grand;
            continue;
        }
        if (side_of(node) != side) {
            rotate(tree, parent, side);
            parent = node;
        }
        parent->red = false;
        grand->red = true;
        rotate(tree, grand, !side);
        break;
    }
    tree->root->red = false;
}

void rb_insert(struct rb_tree *tree, struct rb_node *node, uint64_t key)
{
    struct rb_node *parent = NULL, **place = &tree->root;
    bool lowest = true;

    while (*place) {
        unsigned side = key >= (*place)->key;

        lowest = lowest && side == 0;
        parent = *place;
        place = &parent->child[side];
    }
    *node = (struct rb_node){.parent = parent, .key = key, .red = true};
    *place = node;
    if (lowest)
        tree->first = node;
    repair_insert(tree, node);
}

/* The ways through `parent`'s child on `side` have a black node too few. */
static void repair_remove(struct rb_tree *tree, struct rb_node *parent, unsigned side)
{
    while (parent) {
        struct rb_node *sibling = parent->child[!side];

        if (sibling->red) {
            sibling->red = false;
            parent->red = true;
            rotate(tree, parent, side);
            sibling = parent->child[!side];
        }
        if (!is_red(sibling->child[0]) && !is_red(sibling->child[1])) {
            sibling->red = true;
            if (parent->red || !parent->parent) {
                parent->red = false;
                return;
            }
            side = side_of(parent);
            parent = parent->parent;
            continue;
        }
        if (!is_red(sibling->child[!side])) {
            sibling->child[side]->red = false;
            sibling->red = true;
            rotate(tree, sibling, !side);
            sibling = parent->child[!side];
        }
        sibling->red = parent->red;
        parent->red = sibling->child[!side]->red = false;
        rotate(tree, parent, side);
        return;
    }
}

/* Take out a node with at most one child. */
static void unlink_upper(struct rb_tree *tree, struct rb_node *node)
{
    struct rb_node *child = node->child[node->child[0] == NULL], *parent = node->parent;
    unsigned side = parent ? side_of(node) : 0;

    replace_child(tree, parent, node, child);
    if (child)
        child->red = false; /* a lone child is red, and its parent black */
    else if (!node->red)
        repair_remove(tree, parent, side);
}

static struct rb_node *lowest_below(struct rb_node *node)
{
    while (node->child[0])
        node = node->child[0];
    return node;
}

void rb_remove(struct rb_tree *tree, struct rb_node *node)
{
    if (tree->first == node)
        tree->first = rb_next(node);
    if (node->child[0] && node->child[1]) {
        /* The next higher node has no lower child: it leaves its place and takes this one. */
        struct rb_node *heir = lowest_below(node->child[1]);

        unlink_upper(tree, heir);
        heir->red = node->red;
        for (unsigned side = 0; side < 2; side++) {
            heir->child[side] = node->child[side];
            if (heir->child[side])
                heir->child[side]->parent = heir;
        }
        replace_child(tree, node->parent, node, heir);
    } else {
        unlink_upper(tree, node);
    }
}

struct rb_node *rb_next(const struct rb_node *node)
{
    if (node->child[1])
        return lowest_below(node->child[1]);
    while (node->parent && side_of(node) == 1)
        node = node->parent;
    return node->parent;
}
