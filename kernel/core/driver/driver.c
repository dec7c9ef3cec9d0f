/* The list of drivers. Locks: none; it is made once, and each driver's own fields say whose they are. */
#include "kernel/core/driver/driver.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

extern const struct ddi_driver *const drivers_start[], *const drivers_end[]; /* kernel.ld */

static struct driver drivers[DRIVERS_MAX];
static unsigned count;

struct driver *driver_at(unsigned index)
{
    return index < count ? &drivers[index] : NULL;
}

struct driver *driver_find(const char *name)
{
    for (unsigned i = 0; i < count; i++)
        if (strcmp(drivers[i].code->manifest.name, name) == 0)
            return &drivers[i];
    return NULL;
}

struct driver *driver_of(const struct ddi_driver *code)
{
    for (unsigned i = 0; i < count; i++)
        if (drivers[i].code == code)
            return &drivers[i];
    return NULL;
}

const char *driver_state_name(enum driver_state state)
{
    static const char *const names[] = {"refused", "off", "built in", "absent", "running", "recovering",
                                        "retired"};

    return (unsigned)state < array_length(names) ? names[state] : "?";
}

const char *driver_class_name(enum ddi_class class)
{
    static const char *const names[] = {"other", "disk", "input", "display", "serial", "timer", "clock",
                                        "sound"};

    return (unsigned)class < array_length(names) ? names[class] : "?";
}

/* The first of two that name the same has it. */
static int arbitrate(struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;
    int error = manifest_check(manifest, driver->reason);

    for (unsigned i = 0; i < count && !error; i++)
        if (drivers[i].state != DRIVER_REFUSED)
            error = manifest_overlap(manifest, &drivers[i].code->manifest, driver->reason);
    return error;
}

/* drv.NAME. */
static void place(struct driver *driver)
{
    const struct ddi_manifest *manifest = &driver->code->manifest;
    char option[24], value[8];

    driver->placement = driver->wanted = manifest->placement;
    (void)snprintf(option, sizeof(option), "drv.%s", manifest->name);
    if (boot_option(option, value, sizeof(value)))
        return;
    if (strcmp(value, "off") == 0)
        driver->wanted = DDI_PLACED_OFF;
    else if (strcmp(value, "kernel") == 0)
        driver->wanted = DDI_PLACED_KERNEL;
    else if (strcmp(value, "user") == 0 && !manifest->built_in)
        driver->wanted = DDI_PLACED_USER;
    else
        log_warn("kernel", "%s=%s: not one of kernel, %soff; kernel taken", option, value,
                 manifest->built_in ? "" : "user, ");
    driver->placement = driver->wanted;
}

static void add(const struct ddi_driver *code)
{
    struct driver *driver = &drivers[count];

    *driver = (struct driver){.code = code, .state = DRIVER_OFF};
    driver_prepare(driver);
    int error = arbitrate(driver);

    if (error) {
        driver->state = DRIVER_REFUSED;
        log_error("driver", "%s: refused: %s", code->manifest.name ? code->manifest.name : "?",
                  driver->reason);
    } else {
        driver->state = code->manifest.built_in ? DRIVER_BUILT_IN : DRIVER_OFF;
        place(driver);
    }
    count++;
}

void drivers_init(void)
{
    struct span all = span_of(drivers_start, (size_t)((uintptr_t)drivers_end - (uintptr_t)drivers_start));
    const size_t one = sizeof(drivers_start[0]);

    for (size_t at = 0; at < all.size && count < DRIVERS_MAX; at += one)
        add(*(const struct ddi_driver *const *)(const void *)span_part(all, at, one).bytes);
}

bool driver_wanted(const char *name)
{
    struct driver *driver = driver_find(name);

    if (!driver || driver->state == DRIVER_REFUSED)
        return false;
    if (driver->placement == DDI_PLACED_OFF) {
        log_info("kernel", "%s: off by the command line", name);
        driver->state = DRIVER_OFF;
        return false;
    }
    return true;
}
