/* Requests in pieces: whatever the pieces are, the same bytes move, in few requests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/block/block.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/mutex.h"
#include "lib/errno.h"

#define SECTORS 1024u
static uint8_t medium[SECTORS * 512], memory[64 * 4096], wanted[SECTORS * 512];
static unsigned requests, fail_in;
static const void *last; /* where the last request read to */
static bool no_memory, far;

static bool must_fail(void)
{
    requests++;
    return fail_in && --fail_in == 0;
}

int block_read(const struct block_device *device, uint64_t sector, uint32_t count, void *to)
{
    (void)device;
    assert_true(count > 0 && sector + count <= SECTORS);
    last = to;
    if (must_fail())
        return -EIO;
    memcpy(to, medium + sector * 512, count * 512ul);
    return 0;
}

int block_write(const struct block_device *device, uint64_t sector, uint32_t count,
                const void *from)
{
    (void)device;
    assert_true(count > 0 && sector + count <= SECTORS);
    if (must_fail())
        return -EIO;
    memcpy(medium + sector * 512, from, count * 512ul);
    return 0;
}

int alloc_frames(uint64_t count, uint64_t align, uint64_t below, uint64_t *phys)
{
    (void)align;
    (void)below;
    if (no_memory)
        return -ENOMEM;
    *phys = (uintptr_t)malloc(count * FRAME_SIZE);
    return 0;
}

int page_translate(uint64_t virt, uint64_t *phys)
{
    (void)virt;
    *phys = far ? 5ull << 30 : 4096;
    return 0;
}

void *phys_to_virt(uint64_t phys)
{
    return (void *)(uintptr_t)phys;
}

void mutex_lock(struct mutex *mutex)
{
    (void)mutex;
}

void mutex_unlock(struct mutex *mutex)
{
    (void)mutex;
}

/* Pieces of 1 to 8 sectors, each a page of its own or right behind the one before. */
static uint32_t random_pieces(struct block_pieces *pieces)
{
    uint8_t *at = memory;
    uint32_t sectors = 0;

    pieces->count = 1 + (unsigned)rand() % BLOCK_PIECES_MAX;
    for (size_t i = 0; i < pieces->count; i++) {
        uint32_t count = 1 + (unsigned)rand() % 8;

        pieces->at[i] = (struct block_piece){at, count};
        at += rand() % 2 ? 512 * count : 4096;
        sectors += count;
    }
    return sectors;
}

static void fill(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)rand();
}

static void check(unsigned rounds)
{
    struct block_pieces pieces;
    struct block_device device = {0};

    for (unsigned round = 0; round < rounds; round++) {
        uint32_t sectors = random_pieces(&pieces), sector = (unsigned)rand() % 512, done = sector;

        fill(medium, sizeof(medium));
        assert_int_equal(block_read_pieces(&device, sector, &pieces), 0);
        for (size_t i = 0; i < pieces.count; done += pieces.at[i++].sectors)
            assert_memory_equal(pieces.at[i].bytes, medium + 512 * done,
                                512 * pieces.at[i].sectors);
        fill(memory, sizeof(memory));
        memcpy(wanted, medium, sizeof(medium));
        done = sector;
        for (size_t i = 0; i < pieces.count; done += pieces.at[i++].sectors)
            memcpy(wanted + 512 * done, pieces.at[i].bytes, 512 * pieces.at[i].sectors);
        assert_int_equal(block_write_pieces(&device, sector, &pieces), 0);
        assert_memory_equal(medium, wanted, sizeof(medium));
        assert_int_equal(done, sector + sectors);
    }
}

static void without_a_buffer(void **state)
{
    (void)state;
    no_memory = true;
    check(300);
    no_memory = false;
}

static void through_the_buffer(void **state)
{
    (void)state;
    requests = 0;
    check(300);
    assert_int_equal(requests, 600);
}

static void neighbours_need_no_buffer(void **state)
{
    struct block_pieces pieces = {{{memory, 8}, {memory + 4096, 8}, {memory + 8192, 1}}, 3};
    struct block_device device = {0};

    (void)state;
    requests = 0;
    assert_int_equal(block_read_pieces(&device, 3, &pieces), 0);
    assert_memory_equal(memory, medium + 3 * 512, 17 * 512);
    assert_int_equal(requests, 1);
    pieces.count = 0;
    assert_int_equal(block_read_pieces(&device, 3, &pieces), 0);
    assert_int_equal(requests, 1);
}

static void memory_that_the_disk_cannot_reach(void **state)
{
    struct block_pieces pieces = {{{memory, 8}}, 1};
    struct disk disk = {.below_4g = true};
    struct block_device device = {.disk = &disk};

    (void)state;
    for (unsigned i = 0; i < 2; i++, far = !far) {
        assert_int_equal(block_read_pieces(&device, 9, &pieces), 0);
        assert_memory_equal(memory, medium + 9 * 512, 8 * 512);
        assert_int_equal(last == memory, !far);
    }
    far = false;
}

static void errors_come_through(void **state)
{
    struct block_pieces pieces = {{{memory, 8}, {memory + 8192, 8}}, 2};
    struct block_device device = {0};

    (void)state;
    fail_in = 1;
    assert_int_equal(block_read_pieces(&device, 0, &pieces), -EIO);
    fail_in = 1;
    assert_int_equal(block_write_pieces(&device, 0, &pieces), -EIO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_buffer),
        cmocka_unit_test(through_the_buffer),
        cmocka_unit_test(neighbours_need_no_buffer),
        cmocka_unit_test(memory_that_the_disk_cannot_reach),
        cmocka_unit_test(errors_come_through),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
