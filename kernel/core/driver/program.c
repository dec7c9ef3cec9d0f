/* Locks: the driver's queue, for `program`; who waits there is the driver's thread and its program. */
#include "kernel/core/driver/program.h"

#include "kernel/core/time/time.h"
#include "lib/errno.h"

static const struct driver_programs *programs; /* NULL until step 14 */

bool driver_programs_there(void)
{
    return __atomic_load_n(&programs, __ATOMIC_ACQUIRE) != NULL;
}

void driver_programs_begin(const struct driver_programs *operations)
{
    __atomic_store_n(&programs, operations, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < DRIVERS_MAX; i++) {
        struct driver *driver = driver_get_at(i);

        if (!driver)
            continue;
        if (driver->placement == DDI_PLACED_USER)
            (void)!driver_order(driver, DRIVER_START); /* built in: no order is for it */
        driver_put(driver);
    }
}

/* Ports that the program reaches itself: those that may be read, and written with any value. */
static void grant_ports(struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;

    driver->ports.count = 0;
    for (unsigned i = 0; i < DDI_RANGES_MAX && driver->ports.count < PORT_RANGES_MAX; i++) {
        const struct ddi_ports *ports = &manifest->ports[i];

        if (ports->last == 0 || !ports->values || ports->values_size > 0)
            continue;
        driver->ports.ranges[driver->ports.count].first = ports->first;
        driver->ports.ranges[driver->ports.count++].last = ports->last;
    }
}

int driver_program_start(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_STARTS;
    wait_unlock(&driver->queue, saved);
    grant_ports(driver);
    int error = programs ? programs->start(driver, &driver->program.pid) : -ENOSYS;

    if (error) {
        saved = wait_lock(&driver->queue);
        driver->program.state = PROGRAM_NONE;
        wait_unlock(&driver->queue, saved);
    }
    return error;
}

int driver_program_call(struct driver *driver, struct abi_driver_call *call, uint64_t deadline_ns)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    driver->program.call = *call;
    driver->program.asked = true;
    wait_wake_all(&driver->queue);
    while (driver->program.asked && driver->program.state != PROGRAM_GONE && !error)
        error = wait_locked(&driver->queue, &saved, deadline_ns);
    if (!driver->program.asked)
        error = 0;
    else if (driver->program.state == PROGRAM_GONE)
        error = -EPIPE;
    call->result = driver->program.call.result;
    driver->program.asked = false;
    wait_unlock(&driver->queue, saved);
    return error;
}

void driver_program_end(struct driver *driver)
{
    if (driver->program.state == PROGRAM_NONE)
        return;
    programs->end(driver->program.pid);
    programs->bury(driver->program.pid);
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_NONE;
    wait_unlock(&driver->queue, saved);
}

int driver_program_next(struct driver *driver, struct abi_driver_call *call)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    if (driver->program.state == PROGRAM_RUNS && driver->program.asked) {
        driver->program.call.result = call->result;
        driver->program.asked = false;
        wait_wake_all(&driver->queue);
    }
    driver->program.state = PROGRAM_WAITS;
    while (!driver->program.asked && !error)
        error = wait_interruptible(&driver->queue, &saved, WAIT_FOREVER);
    if (!error) {
        *call = driver->program.call;
        driver->program.state = PROGRAM_RUNS;
    }
    wait_unlock(&driver->queue, saved);
    return error;
}

void driver_program_gone(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->program.state = PROGRAM_GONE;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}
