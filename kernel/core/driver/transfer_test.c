/* Disks' requests: several askers, each of which waits within the one before it, and a driver that does its
   part when the last waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/driver/driver.h"
#include "kernel/core/sync/wait_fake.h"
#include "lib/errno.h"

#define ASKERS 5u

static struct driver driver;
static uint64_t now_ns;
static unsigned asked, keepers;
static void (*driver_does)(void);

static struct asker {
    struct abi_driver_call call;
    struct driver_transfer transfer;
    int error;
} askers[ASKERS + 1]; /* the last is nobody */

/* ---- what it calls --------------------------------------------------------------------------- */

static void ask_next(void)
{
    struct asker *asker = &askers[asked++];

    asker->transfer = (struct driver_transfer){.call = asker->call};
    asker->error = driver_transfer(&driver, &asker->transfer);
}

/* The next asker comes, or the driver has its turn. */
int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    (void)saved, (void)deadline_ns;
    queue->lock.held = 0;
    if (askers[asked].call.count > 0)
        ask_next();
    else
        driver_does();
    queue->lock.held = 1;
    return 0;
}

uint64_t time_now_ns(void)
{
    return now_ns;
}

/* A device is at the memory of that one. */
static const struct driver_transfer *moving;

int driver_dma_settle(const struct driver *who, struct driver_transfer *transfer)
{
    assert_ptr_equal(who, &driver);
    return transfer == moving ? -EBUSY : 0;
}

void driver_keep(struct driver *who)
{
    assert_ptr_equal(who, &driver);
    keepers++;
}

void driver_put(struct driver *who)
{
    assert_ptr_equal(who, &driver);
    keepers--;
}

/* ---- the tests ------------------------------------------------------------------------------- */

static int fresh(void **state)
{
    (void)state;
    memset(&driver, 0, sizeof(driver));
    memset(askers, 0, sizeof(askers));
    driver.state = DRIVER_RUNNING;
    asked = 0;
    now_ns = 0;
    return 0;
}

static void want(unsigned asker, unsigned what, unsigned disk)
{
    askers[asker].call = (struct abi_driver_call){
        .what = what, .number = disk, .value = 100 * asker, .count = 8,
    };
}

static void run(void (*does)(void))
{
    driver_does = does;
    ask_next();
    assert_int_equal(keepers, 0);
    assert_null(driver.transfers.first);
    assert_null(driver.transfers.last);
}

static void expect(unsigned asker, int error, int64_t result)
{
    assert_int_equal(askers[asker].error, error);
    assert_int_equal(askers[asker].transfer.call.result, result);
}

static uint64_t take(unsigned disk)
{
    struct ddi_request request;

    return driver_transfer_next(&driver, disk, &request) ? UINT64_MAX : request.lba << 8 | request.number;
}

#define TAKEN(asker, number) (100ull * (asker) << 8 | (number))

static void in_another_order(void)
{
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[0].transfer);
    assert_int_equal(take(1), TAKEN(1, 1));
    assert_int_equal(take(1), TAKEN(3, 2)); /* the one between is another disk's */
    assert_int_equal(take(1), UINT64_MAX);
    assert_int_equal(driver_transfer_done(&driver, 2, 0), 0);
    assert_int_equal(driver_transfer_done(&driver, 0, -EROFS), 0);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), -EINVAL); /* it is over */
    assert_int_equal(driver_transfer_done(&driver, DRIVER_REQUESTS, 0), -EINVAL);
    assert_int_equal(driver_transfer_done(&driver, 1, 7), 0); /* no error, and not 0 */
    driver_transfers_end(&driver, false);
    assert_int_equal(take(0), UINT64_MAX); /* between two callbacks */
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[2].transfer);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    assert_null(driver_transfers_begin(&driver));
}

static void several_in_any_order(void **state)
{
    (void)state;
    want(0, DRIVER_CALL_DISK_READ, 1);
    want(1, DRIVER_CALL_DISK_WRITE, 1);
    want(2, DRIVER_CALL_DISK_READ, 0);
    want(3, DRIVER_CALL_DISK_READ, 1);
    run(in_another_order);
    expect(0, 0, -EROFS);
    expect(1, 0, -EIO);
    expect(2, 0, 0);
    expect(3, 0, 0);
}

static void not_behind_a_flush(void)
{
    assert_non_null(driver_transfers_begin(&driver));
    assert_int_equal(take(1), UINT64_MAX);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[1].transfer);
    assert_int_equal(take(1), TAKEN(2, 1));
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    driver_transfers_end(&driver, false); /* the other is asked for again */
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[2].transfer);
    now_ns = 60ull * 1000000000; /* the callback has had its turn */
    assert_int_equal(take(1), UINT64_MAX);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    assert_int_equal(driver_transfer_done(&driver, 1, 0), -EINVAL);
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[3].transfer);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
}

static void a_flush_is_a_border(void **state)
{
    (void)state;
    want(0, DRIVER_CALL_DISK_WRITE, 1);
    want(1, DRIVER_CALL_DISK_FLUSH, 1);
    want(2, DRIVER_CALL_DISK_WRITE, 1);
    want(3, DRIVER_CALL_DISK_WRITE, 1);
    run(not_behind_a_flush);
}

/* It fails over two, of which the second is what it cannot bear. */
static void one_is_poison(void)
{
    assert_non_null(driver_transfers_begin(&driver));
    assert_int_equal(take(1), TAKEN(1, 1));
    driver_transfers_end(&driver, true);
    driver_transfers_drop(&driver);
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[0].transfer);
    assert_int_equal(take(1), UINT64_MAX); /* each alone from now on */
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    driver_transfers_end(&driver, false);
    for (unsigned i = 0; i < 3; i++) {
        assert_ptr_equal(driver_transfers_begin(&driver), &askers[1].transfer);
        assert_int_equal(take(1), UINT64_MAX);
        driver_transfers_end(&driver, true);
        driver_transfers_drop(&driver);
    }
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[2].transfer);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
}

static void who_fails_over_several_gets_them_alone(void **state)
{
    (void)state;
    want(0, DRIVER_CALL_DISK_READ, 1);
    want(1, DRIVER_CALL_DISK_READ, 1);
    want(2, DRIVER_CALL_DISK_FLUSH, 1);
    run(one_is_poison);
    expect(0, 0, 0);
    expect(1, 0, -EIO);
    expect(2, 0, 0);
}

static void ends_too_early(void)
{
    assert_non_null(driver_transfers_begin(&driver));
    assert_int_equal(take(1), TAKEN(1, 1));
    moving = &askers[1].transfer;
    assert_int_equal(driver_transfer_done(&driver, 1, 0), -EBUSY);
    assert_false(askers[1].transfer.done);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
    moving = NULL; /* the driver is ended, and its device with it */
    driver_transfers_end(&driver, true);
    assert_ptr_equal(driver_transfers_begin(&driver), &askers[1].transfer);
    assert_int_equal(driver_transfer_done(&driver, 0, 0), 0);
}

static void not_while_a_device_is_at_its_memory(void **state)
{
    (void)state;
    want(0, DRIVER_CALL_DISK_READ, 1);
    want(1, DRIVER_CALL_DISK_READ, 1);
    run(ends_too_early);
    expect(0, 0, 0);
    expect(1, 0, 0);
}

static void retires(void)
{
    assert_non_null(driver_transfers_begin(&driver));
    driver_transfers_end(&driver, true);
    driver.state = DRIVER_RECOVERING;
    driver_transfers_refuse(&driver);
    assert_non_null(driver.transfers.first); /* they wait for its next life */
    driver.state = DRIVER_RETIRED;
    driver_transfers_refuse(&driver);
}

static void without_a_driver_all_fail(void **state)
{
    (void)state;
    want(0, DRIVER_CALL_DISK_READ, 1);
    want(1, DRIVER_CALL_DISK_READ, 1);
    run(retires);
    expect(0, 0, -ENODEV);
    expect(1, 0, -ENODEV);
    want(2, DRIVER_CALL_DISK_READ, 1);
    ask_next();
    assert_int_equal(askers[2].error, -ENODEV);
    assert_int_equal(keepers, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(several_in_any_order, fresh),
        cmocka_unit_test_setup(a_flush_is_a_border, fresh),
        cmocka_unit_test_setup(who_fails_over_several_gets_them_alone, fresh),
        cmocka_unit_test_setup(not_while_a_device_is_at_its_memory, fresh),
        cmocka_unit_test_setup(without_a_driver_all_fail, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
