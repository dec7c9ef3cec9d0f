/* Red-black trees: the rules after every step, and the order beside a sorted array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/rbtree.h"

/* The black nodes on the way down, the same on all ways; colours, parents and keys as they must be.
   */
static unsigned check_below(const struct rb_node *node, const struct rb_node *parent)
{
    unsigned left, right;

    if (!node)
        return 1;
    assert_ptr_equal(node->parent, parent);
    if (node->red)
        assert_true(parent && !parent->red);
    if (node->child[0])
        assert_true(node->child[0]->key <= node->key);
    if (node->child[1])
        assert_true(node->child[1]->key >= node->key);
    left = check_below(node->child[0], node);
    right = check_below(node->child[1], node);
    assert_int_equal(left, right);
    return left + !node->red;
}

#define NODES 3000

static struct item {
    struct rb_node node;
} items[NODES];
static struct item *model[NODES];
static unsigned count;

static void model_insert(struct item *item)
{
    unsigned at = count++;

    for (; at > 0 && model[at - 1]->node.key > item->node.key; at--)
        model[at] = model[at - 1];
    model[at] = item;
}

static void model_remove(const struct item *item)
{
    unsigned at = 0;

    while (model[at] != item)
        at++;
    count--;
    memmove(&model[at], &model[at + 1], (count - at) * sizeof(model[0]));
}

static void compare(const struct rb_tree *tree)
{
    const struct rb_node *node = tree->first;

    (void)check_below(tree->root, NULL);
    for (unsigned i = 0; i < count; i++, node = rb_next(node))
        assert_ptr_equal(node, &model[i]->node);
    assert_null(node);
}

static void random_steps(unsigned nodes, uint64_t keys, unsigned steps, unsigned compare_each)
{
    static bool in[NODES];
    struct rb_tree tree = {0};

    memset(in, 0, sizeof(in));
    count = 0;
    for (unsigned step = 0; step < steps; step++) {
        unsigned i = (unsigned)rand() % nodes;

        if (in[i]) {
            rb_remove(&tree, &items[i].node);
            model_remove(&items[i]);
        } else {
            rb_insert(&tree, &items[i].node, (uint64_t)rand() % keys);
            model_insert(&items[i]);
        }
        in[i] = !in[i];
        if (step % compare_each == 0)
            compare(&tree);
    }
    while (tree.first) { /* in order to the end */
        assert_ptr_equal(tree.first, &model[0]->node);
        model_remove(model[0]);
        rb_remove(&tree, tree.first);
        if (count % compare_each == 0)
            compare(&tree);
    }
    assert_int_equal(count, 0);
    assert_null(tree.root);
}

static void small_trees(void **state)
{
    (void)state;
    srand(1);
    for (unsigned nodes = 1; nodes < 20; nodes++)
        random_steps(nodes, 1 + nodes / 2, 4000, 1);
}

static void large_trees(void **state)
{
    (void)state;
    srand(2);
    random_steps(NODES, 1000000, 20000, 97);
    random_steps(NODES, 5, 20000, 97); /* nearly all keys equal */
}

static void depth(const struct rb_node *node, unsigned at, unsigned *deepest)
{
    if (!node)
        return;
    if (at > *deepest)
        *deepest = at;
    depth(node->child[0], at + 1, deepest);
    depth(node->child[1], at + 1, deepest);
}

static void sorted_input_stays_shallow(void **state)
{
    struct rb_tree tree = {0};
    unsigned deepest = 0;

    (void)state;
    for (unsigned i = 0; i < NODES; i++)
        rb_insert(&tree, &items[i].node, i);
    depth(tree.root, 1, &deepest);
    assert_true(deepest <= 24); /* 2 log2 (n + 1) */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_trees),
        cmocka_unit_test(large_trees),
        cmocka_unit_test(sorted_input_stays_shallow),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
