/*
 * What disks are asked for. A request lies on its asker's stack and in the driver's list until it is done, by
 * whichever generation of the driver. A callback is made for the first; while it runs the driver may take
 * more of the same disk (ddi_disk_next), and end them in any order. What it has not ended when the callback
 * ends is asked for again. When it fails over several, nobody knows over which: each is done alone then.
 * Locks: the driver's queue, for the list; a request's own, for its end.
 */
#include "kernel/core/driver/driver.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

#define FAILURES_MAX 3u
#define TURN_NS      (20 * NS_PER_MS) /* the driver has other callbacks, and other disks */
#define ERRNO_END    4096             /* results below are no errors */

static bool takes_any(const struct driver *driver)
{
    return driver->state == DRIVER_RUNNING || driver->state == DRIVER_RECOVERING;
}

/* ---- the list, under the queue's lock -------------------------------------------------------- */

static void append(struct driver *driver, struct driver_transfer *transfer)
{
    if (driver->transfers.last)
        driver->transfers.last->next = transfer;
    else
        driver->transfers.first = transfer;
    driver->transfers.last = transfer;
}

static void unlink(struct driver *driver, const struct driver_transfer *transfer)
{
    struct driver_transfer *before = NULL;

    for (struct driver_transfer *at = driver->transfers.first; at != transfer; at = at->next)
        before = at;
    if (before)
        before->next = transfer->next;
    else
        driver->transfers.first = transfer->next;
    if (driver->transfers.last == transfer)
        driver->transfers.last = before;
}

static unsigned count_taken(const struct driver *driver)
{
    unsigned count = 0;

    for (unsigned i = 0; i < DRIVER_REQUESTS; i++)
        count += driver->transfers.taken[i] != NULL;
    return count;
}

static unsigned free_number(const struct driver *driver)
{
    unsigned number = 1;

    while (number < DRIVER_REQUESTS && driver->transfers.taken[number])
        number++;
    return number;
}

/* ---- the asker ------------------------------------------------------------------------------- */

static void await(struct driver_transfer *transfer)
{
    uint64_t saved = wait_lock(&transfer->end);

    while (!transfer->done)
        (void)!wait_locked(&transfer->end, &saved, WAIT_FOREVER);
    wait_unlock(&transfer->end, saved);
}

int driver_transfer(struct driver *driver, struct driver_transfer *transfer)
{
    wait_queue_init(&transfer->end, "disk request");
    driver_keep(driver); /* a module does not go while somebody waits here */
    uint64_t saved = wait_lock(&driver->queue);
    int error = takes_any(driver) ? 0 : -ENODEV;

    if (!error) {
        append(driver, transfer);
        wait_wake_all(&driver->queue);
    }
    wait_unlock(&driver->queue, saved);
    if (!error)
        await(transfer);
    driver_put(driver);
    return error;
}

/* It is out of the list. From the end of this function on it is nobody's. */
static void tell(struct driver_transfer *transfer, int64_t result)
{
    uint64_t saved = wait_lock(&transfer->end);

    transfer->call.result = result <= 0 && result > -ERRNO_END ? result : -EIO;
    transfer->done = true;
    wait_wake_all(&transfer->end);
    wait_unlock(&transfer->end, saved);
}

/* ---- the driver's thread --------------------------------------------------------------------- */

struct driver_transfer *driver_transfers_begin(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);
    struct driver_transfer *first = driver->transfers.first;

    driver->transfers.taken[0] = first;
    if (first)
        first->taken = true;
    driver->transfers.until_ns = time_now_ns() + TURN_NS;
    wait_unlock(&driver->queue, saved);
    return first;
}

void driver_transfers_end(struct driver *driver, bool failed)
{
    uint64_t saved = wait_lock(&driver->queue);
    bool alone = count_taken(driver) == 1;

    driver->transfers.until_ns = 0; /* none are taken outside of such a callback */

    for (unsigned i = 0; i < DRIVER_REQUESTS; i++) {
        struct driver_transfer *transfer = driver->transfers.taken[i];

        driver->transfers.taken[i] = NULL;
        if (!transfer)
            continue;
        transfer->taken = false;
        transfer->suspect |= failed;
        transfer->failures += failed && alone;
    }
    wait_unlock(&driver->queue, saved);
}

int driver_transfer_done(struct driver *driver, unsigned number, int64_t result)
{
    struct driver_transfer *transfer = number < DRIVER_REQUESTS ? driver->transfers.taken[number] : NULL;
    int error = transfer ? driver_dma_settle(driver, transfer) : -EINVAL;

    if (error)
        return error;
    uint64_t saved = wait_lock(&driver->queue);

    driver->transfers.taken[number] = NULL; /* by this thread alone */
    unlink(driver, transfer);
    wait_unlock(&driver->queue, saved);
    tell(transfer, result);
    return 0;
}

/* Nothing of it moves its memory any more. */
static void drop_first(struct driver *driver, int error)
{
    uint64_t saved = wait_lock(&driver->queue);
    struct driver_transfer *first = driver->transfers.first;

    unlink(driver, first);
    wait_unlock(&driver->queue, saved);
    tell(first, error);
}

void driver_transfers_drop(struct driver *driver)
{
    const struct driver_transfer *first = driver->transfers.first;

    if (first && first->failures == FAILURES_MAX)
        drop_first(driver, -EIO);
}

void driver_transfers_refuse(struct driver *driver)
{
    while (!takes_any(driver) && driver->transfers.first)
        drop_first(driver, -ENODEV);
}

/* ---- more in the same callback --------------------------------------------------------------- */

/* The first that the driver does not have yet. A flush ends what was written before it: none behind it. */
static struct driver_transfer *find_next(const struct driver *driver, unsigned disk)
{
    for (struct driver_transfer *at = driver->transfers.first; at; at = at->next) {
        if (at->call.number != disk || at->taken)
            continue;
        bool is_flush = at->call.what == DRIVER_CALL_DISK_FLUSH;

        return is_flush || at->suspect ? NULL : at;
    }
    return NULL;
}

/* Its own request may be over by now. */
static bool may_take(const struct driver *driver)
{
    const struct driver_transfer *own = driver->transfers.taken[0];

    return time_now_ns() < driver->transfers.until_ns && !driver->order && !(own && own->suspect);
}

int driver_transfer_next(struct driver *driver, unsigned disk, struct ddi_request *request)
{
    uint64_t saved = wait_lock(&driver->queue);
    struct driver_transfer *next = may_take(driver) ? find_next(driver, disk) : NULL;
    unsigned number = free_number(driver);
    bool found = next && number < DRIVER_REQUESTS;

    if (found) {
        driver->transfers.taken[number] = next;
        next->taken = true;
        *request = (struct ddi_request){
            .number = number,
            .write = next->call.what == DRIVER_CALL_DISK_WRITE,
            .count = next->call.count,
            .lba = next->call.value,
            .memory = next->call.memory,
        };
    }
    wait_unlock(&driver->queue, saved);
    return found ? 0 : -EAGAIN;
}
