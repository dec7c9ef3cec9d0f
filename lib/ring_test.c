/* The ring against a plain list. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ring.h"

static void first_in_first_out(void **state)
{
    uint8_t bytes[3], byte;
    struct ring ring;

    ring_init(&ring, bytes, 3);
    assert_false(ring_get(&ring, &byte));
    for (uint8_t i = 1; i <= 3; i++)
        assert_true(ring_put(&ring, i));
    assert_false(ring_put(&ring, 4));
    for (uint8_t i = 1; i <= 3; i++) {
        assert_true(ring_get(&ring, &byte));
        assert_int_equal(byte, i);
    }
    assert_false(ring_get(&ring, &byte));
}

static void put_over_drops_the_oldest(void **state)
{
    uint8_t bytes[4], seen[8];
    struct ring ring;

    ring_init(&ring, bytes, 4);
    for (uint8_t i = 0; i < 10; i++)
        ring_put_over(&ring, i);
    assert_int_equal(ring_peek(&ring, 0, seen, sizeof(seen)), 4);
    assert_memory_equal(seen, "\6\7\10\11", 4);
}

static void without_room_nothing_happens(void **state)
{
    struct ring ring;
    uint8_t byte;

    ring_init(&ring, NULL, 0);
    assert_false(ring_put(&ring, 1));
    ring_put_over(&ring, 1);
    assert_false(ring_get(&ring, &byte));
    assert_int_equal(ring_peek(&ring, 0, &byte, 1), 0);
}

/* The model: all that lies in the ring, oldest first. */
static uint8_t list[16];
static size_t listed;

static void drop_first(void)
{
    listed--;
    memmove(list, list + 1, listed);
}

static void check_peek(const struct ring *ring)
{
    size_t skip = (size_t)rand() % 20, size = (size_t)rand() % 20;
    size_t expected = skip >= listed ? 0 : listed - skip < size ? listed - skip : size;
    uint8_t *seen = malloc(size + 1);

    assert_non_null(seen);
    assert_int_equal(ring_peek(ring, skip, seen, size), expected);
    assert_memory_equal(seen, list + (expected ? skip : 0), expected);
    free(seen);
}

static void random_steps_as_the_model(void **state)
{
    srand(1);
    for (size_t capacity = 1; capacity <= 9; capacity++) {
        uint8_t *bytes = malloc(capacity), byte;
        struct ring ring;
        assert_non_null(bytes);
        ring_init(&ring, bytes, capacity);
        listed = 0;
        for (int step = 0; step < 20000; step++) {
            uint8_t value = (uint8_t)rand();
            switch (rand() % 4) {
            case 0:
                assert_int_equal(ring_put(&ring, value), listed < capacity);
                if (listed < capacity)
                    list[listed++] = value;
                break;
            case 1:
                ring_put_over(&ring, value);
                if (listed == capacity)
                    drop_first();
                list[listed++] = value;
                break;
            case 2:
                assert_int_equal(ring_get(&ring, &byte), listed > 0);
                if (listed > 0) {
                    assert_int_equal(byte, list[0]);
                    drop_first();
                }
                break;
            default:
                check_peek(&ring);
            }
            assert_int_equal(ring.count, listed);
        }
        free(bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_first_out),
        cmocka_unit_test(put_over_drops_the_oldest),
        cmocka_unit_test(without_room_nothing_happens),
        cmocka_unit_test(random_steps_as_the_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
