/*
 * A device that several drivers share (manifest.shares): one at a time has it, for a sequence of accesses.
 * Who ends gives it back, and the others hear of it by DDI_LEFT_ALONE. Who waits is not to blame: its own
 * time goes on when it has it, and the heartbeat of who has it is the bound. Lock: `claims`, for all drivers'
 * fields named so.
 */
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"

#define LOOK_NS (20 * NS_PER_MS) /* how often who waits looks whether its own time is over */

static struct wait_queue claims = WAIT_QUEUE("shared devices");

/* The next one behind *index that lives: while it does its manifest is there. NULL: no more. */
static struct driver *next_other(const struct driver *driver, unsigned *index)
{
    struct driver *other;

    while ((other = driver_peek((*index)++)))
        if (other != driver && other->lives
            && manifest_share(&other->code->manifest, &driver->code->manifest))
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

/* With the lock, which is given back meanwhile. -EINTR: its program is being ended. */
static int wait_for_turn(struct driver *driver, uint64_t *saved)
{
    uint64_t since_ns = time_now_ns();
    int error = 0;

    driver->waits = true;
    while (another_has_it(driver) && error != -EINTR) {
        error = wait_interruptible(&claims, saved, time_now_ns() + LOOK_NS);
        wait_unlock(&claims, *saved);
        driver_check_time();
        *saved = wait_lock(&claims);
    }
    driver->waits = false;
    driver->waited_ns += time_now_ns() - since_ns;
    return error == -EINTR ? error : 0;
}

bool ddi_of_claim(const struct ddi_driver *self, bool mine)
{
    struct driver *driver = driver_of(self);
    int error = 0;

    driver_check_time();
    if (!driver || !self->manifest.shares)
        return false;
    uint64_t saved = wait_lock(&claims);

    if (mine && another_has_it(driver))
        error = wait_for_turn(driver, &saved);
    driver->claims = mine && !error;
    if (!mine)
        (void)wait_wake_all(&claims);
    bool lives = another_lives(driver);

    wait_unlock(&claims, saved);
    return lives;
}

bool driver_is_claimed(struct driver *driver)
{
    if (!driver->code->manifest.shares)
        return false;
    uint64_t saved = wait_lock(&claims);
    bool is = driver->claims || another_has_it(driver);

    wait_unlock(&claims, saved);
    return is;
}

uint64_t driver_more_time(struct driver *driver)
{
    uint64_t saved = wait_lock(&claims), more_ns = driver->waits ? LOOK_NS : driver->waited_ns;

    if (!driver->waits)
        driver->waited_ns = 0;
    wait_unlock(&claims, saved);
    return more_ns ? time_now_ns() + more_ns : 0;
}

void driver_joins(struct driver *driver)
{
    uint64_t saved = wait_lock(&claims);

    driver->lives = true;
    driver->waits = false;
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
