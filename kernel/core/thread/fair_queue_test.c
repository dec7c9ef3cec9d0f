/* The fair queue: shares, sleepers, and random steps beside a plain array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/thread/fair_queue.h"

/* links: lib/rbtree.c */

#define THREADS 60

static struct fair_queue queue;
static struct fair_share shares[THREADS];
static uint64_t had_ns[THREADS]; /* real time */

static struct thread *thread_of(unsigned i)
{
    return (struct thread *)&had_ns[i]; /* a mark, never looked into */
}

static int set_up(void **state)
{
    (void)state;
    memset(&queue, 0, sizeof(queue));
    memset(shares, 0, sizeof(shares));
    memset(had_ns, 0, sizeof(had_ns));
    return 0;
}

static uint64_t key(const struct fair_share *share)
{
    return share->node.key;
}

static unsigned number(const struct fair_share *share)
{
    return (unsigned)(share - shares);
}

static void begin(unsigned i, int nice)
{
    fair_share_init(&shares[i], thread_of(i), nice);
    fair_share_begin(&queue, &shares[i], NULL);
    fair_queue_insert(&queue, &shares[i]);
}

/* The first has a turn, as long as it is due; `late_ns` longer, as interrupts come. */
static struct fair_share *turn(uint64_t late_ns)
{
    struct fair_share *share = fair_queue_first(&queue);
    uint64_t ran_ns;

    fair_queue_remove(&queue, share);
    ran_ns = fair_slice_ns(&queue, share) + late_ns;
    fair_charge(&queue, share, ran_ns);
    had_ns[number(share)] += ran_ns;
    return share;
}

static void run(uint64_t ns)
{
    for (uint64_t now_ns = 0, before; now_ns < ns;) {
        struct fair_share *share = fair_queue_first(&queue);

        before = had_ns[number(share)];
        assert_ptr_equal(turn((uint64_t)rand() % 50000), share);
        now_ns += had_ns[number(share)] - before;
        fair_queue_insert(&queue, share);
    }
}

/* ---- shares ---------------------------------------------------------------------------------- */

static void a_level_is_a_factor_of_a_quarter(void **state)
{
    struct fair_share one, next;

    (void)state;
    for (int nice = NICE_LEAST; nice < NICE_MOST; nice++) {
        fair_share_init(&one, NULL, nice);
        fair_share_init(&next, NULL, nice + 1);
        assert_in_range(one.weight * 100 / next.weight, 117, 131);
    }
    fair_share_init(&one, NULL, 0);
    assert_int_equal(one.weight, 1024);
    fair_share_init(&one, NULL, -100);
    fair_share_init(&next, NULL, NICE_LEAST);
    assert_int_equal(one.weight, next.weight);
    fair_share_set_nice(&one, 100, NULL);
    fair_share_set_nice(&next, NICE_MOST, NULL);
    assert_int_equal(one.weight, next.weight);
}

static void each_gets_its_weight(void **state)
{
    uint64_t all = 0, weights = 0;

    (void)state;
    srand(1);
    for (unsigned i = 0; i < 20; i++)
        begin(i, (int)i - 10);
    run(60000000000ull);
    for (unsigned i = 0; i < 20; i++) {
        all += had_ns[i];
        weights += shares[i].weight;
    }
    for (unsigned i = 0; i < 20; i++)
        assert_in_range(had_ns[i] * 1000 / (all * shares[i].weight / weights), 980, 1020);
}

static void a_new_niceness_counts_from_now_on(void **state)
{
    (void)state;
    begin(0, 0);
    begin(1, 0);
    run(1000000000);
    assert_in_range(had_ns[0], 490000000, 510000000);
    fair_share_set_nice(&shares[0], -5, &queue); /* it is in the queue */
    assert_int_equal(queue.weight, shares[0].weight + shares[1].weight);
    had_ns[0] = had_ns[1] = 0;
    run(4000000000);
    assert_in_range(had_ns[0] * 100 / had_ns[1], 300, 310); /* 3125 to 1024 */
}

static void a_turn_is_a_part_of_the_latency(void **state)
{
    (void)state;
    begin(0, 0);
    begin(1, 0);
    fair_queue_remove(&queue, &shares[0]);
    assert_int_equal(fair_slice_ns(&queue, &shares[0]), FAIR_LATENCY_NS / 2);
    begin(2, 0);
    assert_int_equal(fair_slice_ns(&queue, &shares[0]), FAIR_LATENCY_NS / 3);
    for (unsigned i = 3; i < 40; i++)
        begin(i, 0);
    assert_int_equal(fair_slice_ns(&queue, &shares[0]), FAIR_SLICE_NS);
    fair_share_set_nice(&shares[0], NICE_LEAST, NULL);
    assert_true(fair_slice_ns(&queue, &shares[0]) > FAIR_LATENCY_NS / 2);
}

/* ---- beginning, sleeping, yielding ----------------------------------------------------------- */

static void sleepers_come_first_but_save_little(void **state)
{
    struct fair_share *sleeper = &shares[0], *first;

    (void)state;
    for (unsigned i = 0; i < 3; i++)
        begin(i, 0);
    fair_queue_remove(&queue, sleeper);
    run(5000000000);
    fair_share_wake(&queue, sleeper);
    assert_int_equal(key(sleeper), queue.floor_ns - FAIR_CREDIT_NS);
    first = fair_queue_first(&queue);
    assert_true(fair_is_ahead(first, sleeper));
    fair_queue_insert(&queue, sleeper);
    had_ns[0] = had_ns[1] = had_ns[2] = 0;
    run(300000000);
    assert_in_range(had_ns[0], 100000000, 100000000 + FAIR_CREDIT_NS + FAIR_LATENCY_NS);
}

static void a_short_sleep_wins_nothing(void **state)
{
    struct fair_share *share;
    uint64_t before;

    (void)state;
    begin(0, 0);
    begin(1, 0);
    share = turn(0);
    before = key(share);
    fair_share_wake(&queue, share);
    assert_int_equal(key(share), before);
}

static void making_threads_wins_nothing(void **state)
{
    struct fair_share *maker;

    (void)state;
    begin(0, 0);
    begin(1, 0);
    maker = turn(0);
    fair_share_init(&shares[2], thread_of(2), 0);
    fair_share_begin(&queue, &shares[2], maker);
    assert_int_equal(key(&shares[2]), key(maker));
    assert_true(key(maker) > queue.floor_ns);
    fair_share_begin(&queue, &shares[2], NULL);
    assert_int_equal(key(&shares[2]), queue.floor_ns);
    fair_share_begin(&queue, &shares[2], fair_queue_first(&queue)); /* which has had less */
    assert_int_equal(key(&shares[2]), queue.floor_ns);
}

static void who_yields_goes_last(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 9; i++)
        begin(i, (int)i);
    run(100000000);
    for (unsigned turns = 0; turns < 45; turns++) {
        struct fair_share *share = turn(0);
        unsigned others = 0;

        fair_share_step_back(&queue, share);
        fair_queue_insert(&queue, share);
        while (fair_queue_first(&queue) != share) {
            fair_queue_remove(&queue, fair_queue_first(&queue));
            others++;
        }
        assert_int_equal(others, 8);
        for (unsigned i = 0; i < 9; i++)
            if (&shares[i] != share)
                fair_queue_insert(&queue, &shares[i]);
    }
}

static void alone_all_is_as_it_was(void **state)
{
    (void)state;
    begin(0, 0);
    fair_queue_remove(&queue, &shares[0]);
    assert_null(fair_queue_first(&queue));
    fair_share_step_back(&queue, &shares[0]);
    assert_int_equal(key(&shares[0]), 0);
    fair_charge(&queue, &shares[0], 1000);
    assert_int_equal(key(&shares[0]), 1000);
    assert_int_equal(queue.floor_ns, 1000);
    assert_int_equal(queue.count + queue.weight, 0);
}

/* ---- beside a model -------------------------------------------------------------------------- */

static bool in_model[THREADS];

static void compare(void)
{
    const struct fair_share *least = NULL;
    unsigned count = 0, weight = 0;

    for (unsigned i = 0; i < THREADS; i++) {
        if (!in_model[i])
            continue;
        count++;
        weight += shares[i].weight;
        if (!least || key(&shares[i]) < key(least))
            least = &shares[i];
    }
    assert_int_equal(queue.count, count);
    assert_int_equal(queue.weight, weight);
    assert_true(fair_queue_first(&queue) ? key(fair_queue_first(&queue)) == key(least) : !least);
}

static void step(unsigned i)
{
    int nice = rand() % 40 - 20;

    if (in_model[i] && rand() % 8 == 0) {
        fair_share_set_nice(&shares[i], nice, &queue);
    } else if (in_model[i]) {
        fair_queue_remove(&queue, &shares[i]);
        in_model[i] = false;
        fair_charge(&queue, &shares[i], (uint64_t)rand() % 10000000);
    } else {
        if (rand() % 4 == 0)
            fair_share_set_nice(&shares[i], nice, NULL);
        else if (rand() % 4 == 0)
            fair_share_step_back(&queue, &shares[i]);
        else
            fair_share_wake(&queue, &shares[i]);
        fair_queue_insert(&queue, &shares[i]);
        in_model[i] = true;
    }
}

static void random_steps_as_the_model(void **state)
{
    uint64_t floor_ns = 0;

    (void)state;
    srand(2);
    memset(in_model, 0, sizeof(in_model));
    for (unsigned i = 0; i < THREADS; i++)
        fair_share_init(&shares[i], thread_of(i), 0);
    for (unsigned steps = 0; steps < 100000; steps++) {
        step((unsigned)rand() % THREADS);
        compare();
        assert_true(queue.floor_ns >= floor_ns); /* never back */
        floor_ns = queue.floor_ns;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_level_is_a_factor_of_a_quarter, set_up),
        cmocka_unit_test_setup(each_gets_its_weight, set_up),
        cmocka_unit_test_setup(a_new_niceness_counts_from_now_on, set_up),
        cmocka_unit_test_setup(a_turn_is_a_part_of_the_latency, set_up),
        cmocka_unit_test_setup(sleepers_come_first_but_save_little, set_up),
        cmocka_unit_test_setup(a_short_sleep_wins_nothing, set_up),
        cmocka_unit_test_setup(making_threads_wins_nothing, set_up),
        cmocka_unit_test_setup(who_yields_goes_last, set_up),
        cmocka_unit_test_setup(alone_all_is_as_it_was, set_up),
        cmocka_unit_test_setup(random_steps_as_the_model, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
