/* What interrupt programs keep, until their driver asks for it. Locks: the driver's queue; whether the device
   is in somebody's hands is asked of share.c before. */
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/driver/steps.h"

static uint8_t read_port(uint16_t port)
{
    return in8(port);
}

static void write_port(uint16_t port, uint8_t value)
{
    out8(port, value);
}

static size_t room_for_values(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);
    size_t room = DRIVER_VALUE_BYTES - driver->values.count;

    wait_unlock(&driver->queue, saved);
    return room;
}

void driver_steps_run(struct driver *driver)
{
    static const struct steps_access ports = {read_port, write_port};
    const struct ddi_manifest *manifest = &driver->code->manifest;

    if (manifest->steps[0].does == DDI_STEP_END || driver_is_claimed(driver))
        return;
    struct steps_kept kept = steps_run(manifest, &ports, room_for_values(driver));
    uint64_t saved = wait_lock(&driver->queue);

    for (unsigned i = 0; i < kept.count; i++)
        (void)ring_put(&driver->values, kept.at[i]);
    wait_unlock(&driver->queue, saved);
}

size_t driver_values_take(struct driver *driver, struct room to)
{
    uint64_t saved = wait_lock(&driver->queue);
    size_t count = 0;
    uint8_t byte;

    for (; count < to.size && ring_get(&driver->values, &byte); count++)
        room_set(to, count, (char)byte);
    wait_unlock(&driver->queue, saved);
    return count;
}

size_t ddi_of_irq_values(const struct ddi_driver *self, uint8_t *values, size_t size)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    return driver ? driver_values_take(driver, room_of((char *)values, size)) : 0;
}
