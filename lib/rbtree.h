/*
 * A red-black tree of nodes that lie inside what they order, by a 64-bit key, the lowest first;
 * equal keys stay in the order of their insertion. Insert and remove take O(log n) steps and no
 * memory; the first is at hand. No locking.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rb_node {
    struct rb_node *parent;   /* NULL: the root */
    struct rb_node *child[2]; /* lower, higher */
    uint64_t key;
    bool red;
};

struct rb_tree { /* all zero: empty */
    struct rb_node *root;
    struct rb_node *first; /* the lowest key */
};

void rb_insert(struct rb_tree *tree, struct rb_node *node, uint64_t key);
void rb_remove(struct rb_tree *tree, struct rb_node *node); /* which is in the tree */
struct rb_node *rb_next(const struct rb_node *node);        /* in order; NULL behind the last */
