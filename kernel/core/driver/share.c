/*
 * A device that several drivers share (manifest.shares): one at a time has it, for a sequence of accesses. Who
 * ends gives it back, and the others hear of it by DDI_LEFT_ALONE. Lock: `claims`, for `lives` and `claims` of
 * all drivers.
 */
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

#define LOOK_NS (20 * NS_PER_MS) /* how often who waits looks whether its own time is over */

static struct wait_queue claims = WAIT_QUEUE("shared devices");

/* The next one behind *index. NULL: no more. */
static struct driver *next_other(const struct driver *driver, unsigned *index)
{
    struct driver *other;

    while ((other = driver_at((*index)++)))
        if (other != driver && manifest_share(&other->code->manifest, &driver->code->manifest))
            return other;
    return NULL;
}

static bool another_lives(const struct driver *driver)
{
    const struct driver *other;
    bool lives = false;

    for (unsigned i = 0; (other = next_other(driver, &i));)
        lives |= other->lives;
    return lives;
}

static bool another_has_it(const struct driver *driver)
{
    const struct driver *other;
    bool has = false;

    for (unsigned i = 0; (other = next_other(driver, &i));)
        has |= other->claims;
    return has;
}

/* The watchdog ends who waits too long: a thread by driver_check_time, a program by its death. */
bool ddi_of_claim(const struct ddi_driver *self, bool mine)
{
    struct driver *driver = driver_of(self);
    int error = 0;

    driver_check_time();
    if (!driver || !self->manifest.shares)
        return false;
    uint64_t saved = wait_lock(&claims);

    while (mine && another_has_it(driver) && error != -EINTR) {
        error = wait_interruptible(&claims, &saved, time_now_ns() + LOOK_NS);
        wait_unlock(&claims, saved);
        driver_check_time();
        saved = wait_lock(&claims);
    }
    driver->claims = mine && error != -EINTR;
    if (!mine)
        (void)wait_wake_all(&claims);
    bool lives = another_lives(driver);

    wait_unlock(&claims, saved);
    return lives;
}

void driver_joins(struct driver *driver)
{
    uint64_t saved = wait_lock(&claims);

    driver->lives = true;
    wait_unlock(&claims, saved);
}

static void tell(struct driver *other)
{
    uint64_t saved = wait_lock(&other->queue);

    if (!other->lines_came)
        other->line_since_ns = time_now_ns();
    other->lines_came |= 1u << DDI_LEFT_ALONE;
    (void)wait_wake_all(&other->queue);
    wait_unlock(&other->queue, saved);
}

void driver_leaves(struct driver *driver)
{
    struct driver *other;
    uint64_t saved = wait_lock(&claims);
    bool lived = driver->lives;

    driver->lives = driver->claims = false;
    (void)wait_wake_all(&claims);
    wait_unlock(&claims, saved);
    for (unsigned i = 0; lived && (other = next_other(driver, &i));)
        tell(other);
}
