/*
 * The smallest driver: it has no device. It counts: by itself once a second, and when it is asked to
 * (`drvctl null request 1 5` adds 5 and says the sum). Copy it to begin one of your own (docs/drivers.md).
 */
#include "drivers/ddi.h"

#define SECOND_US 1000000u

enum { REQUEST_COUNT, REQUEST_ADD };

/* All that it keeps: zeros before each init. */
static struct {
    uint64_t count;
} null;

static int init(void)
{
    ddi_timer(SECOND_US);
    return 0;
}

static void timer(void)
{
    null.count++;
    ddi_timer(SECOND_US);
}

static int64_t request(unsigned what, uint64_t value)
{
    if (what != REQUEST_COUNT && what != REQUEST_ADD)
        return -EINVAL;
    if (what == REQUEST_ADD)
        null.count += value;
    return (int64_t)null.count;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "null",
        .what = "the smallest driver, without a device",
        .class = DDI_OTHER,
        .module = true,
        .placement = DDI_PLACED_OFF, /* nobody needs it */
    },
    .state = &null,
    .state_size = sizeof(null),
    .init = init,
    .timer = timer,
    .request = request,
};
