/* The run queue: order, and a random walk beside a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/thread/run_queue.h"

static struct run_queue queue;

static int set_up(void **state)
{
    (void)state;
    memset(&queue, 0, sizeof(queue));
    return 0;
}

static void first_in_first_out(void **state)
{
    (void)state;
    assert_int_equal(run_queue_pop(&queue), 0);
    run_queue_push_last(&queue, 5);
    run_queue_push_last(&queue, RUN_QUEUE_SLOTS - 1);
    run_queue_push_last(&queue, 1);
    assert_int_equal(queue.count, 3);
    assert_int_equal(run_queue_pop(&queue), 5);
    assert_int_equal(run_queue_pop(&queue), RUN_QUEUE_SLOTS - 1);
    assert_int_equal(run_queue_pop(&queue), 1);
    assert_int_equal(run_queue_pop(&queue), 0);
    assert_int_equal(queue.count, 0);
}

static void the_urgent_come_first(void **state)
{
    (void)state;
    run_queue_push_last(&queue, 1);
    run_queue_push_last(&queue, 2);
    run_queue_push_first(&queue, 3);
    assert_int_equal(run_queue_pop(&queue), 3);
    assert_int_equal(run_queue_pop(&queue), 1);
    run_queue_push_first(&queue, 1);
    assert_int_equal(run_queue_pop(&queue), 1);
    assert_int_equal(run_queue_pop(&queue), 2);
}

static void round_robin_gives_each_its_turn(void **state)
{
    (void)state;
    for (unsigned slot = 1; slot <= 7; slot++)
        run_queue_push_last(&queue, slot);
    for (unsigned turn = 0; turn < 70; turn++) {
        unsigned slot = run_queue_pop(&queue);

        assert_int_equal(slot, turn % 7 + 1);
        run_queue_push_last(&queue, slot);
    }
}

/* The same in an array that is shifted. */
static unsigned model[RUN_QUEUE_SLOTS], model_count;

static void model_insert(unsigned at, unsigned slot)
{
    memmove(&model[at + 1], &model[at], (model_count - at) * sizeof(model[0]));
    model[at] = slot;
    model_count++;
}

static void model_delete(unsigned at)
{
    model_count--;
    memmove(&model[at], &model[at + 1], (model_count - at) * sizeof(model[0]));
}

static void compare(void)
{
    unsigned slot = queue.last;

    assert_int_equal(queue.count, model_count);
    for (unsigned i = 0; i < model_count; i++) {
        slot = queue.next[slot];
        assert_int_equal(slot, model[i]);
        assert_int_equal(queue.next[queue.previous[slot]], slot);
    }
    assert_int_equal(slot, queue.last);
}

static void random_steps_as_the_model(void **state)
{
    (void)state;
    srand(1);
    model_count = 0;
    for (unsigned step = 0; step < 200000; step++) {
        unsigned slot = 1 + (unsigned)rand() % (step % 2000 < 1000 ? 12 : RUN_QUEUE_SLOTS - 1);
        unsigned at = 0;

        while (at < model_count && model[at] != slot)
            at++;
        assert_int_equal(run_queue_holds(&queue, slot), at < model_count);
        if (at < model_count) {
            run_queue_remove(&queue, slot);
            model_delete(at);
        } else if (rand() % 4 == 0) {
            run_queue_push_first(&queue, slot);
            model_insert(0, slot);
        } else if (rand() % 3) {
            run_queue_push_last(&queue, slot);
            model_insert(model_count, slot);
        } else {
            assert_int_equal(run_queue_pop(&queue), model_count ? model[0] : 0);
            if (model_count)
                model_delete(0);
        }
        if (step % 16 == 0)
            compare();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(first_in_first_out, set_up),
        cmocka_unit_test_setup(the_urgent_come_first, set_up),
        cmocka_unit_test_setup(round_robin_gives_each_its_turn, set_up),
        cmocka_unit_test_setup(random_steps_as_the_model, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
