/* A callback by its number: for whoever runs a driver, in the kernel and in ring 3. */
#pragma once

#include "drivers/ddi.h"
#include "lib/abi/driver.h"

/* call->result: what init and request return, else 0. A driver without a request knows none: -ENOTTY. */
static inline void driver_call(const struct ddi_driver *driver, struct abi_driver_call *call)
{
    call->result = 0;
    switch (call->what) {
    case DRIVER_CALL_INIT:
        call->result = driver->init();
        return;
    case DRIVER_CALL_IRQ:
        if (driver->irq)
            driver->irq(call->number);
        return;
    case DRIVER_CALL_TIMER:
        if (driver->timer)
            driver->timer();
        return;
    case DRIVER_CALL_QUIESCE:
        if (driver->quiesce)
            driver->quiesce();
        return;
    default:
        call->result = driver->request ? driver->request(call->number, call->value) : -ENOTTY;
    }
}
