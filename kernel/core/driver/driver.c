/*
 * The list of drivers. What the kernel has in its image comes in step 1 and stays; modules come and go.
 * Locks: one for the places and their users; each driver's own fields say whose they are.
 */
#include "kernel/core/driver/driver.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define LEAVE_MS 1000u /* for those who only look at one that leaves */

extern const struct ddi_driver *const drivers_start[], *const drivers_end[]; /* kernel.ld */

static struct spinlock lock = SPINLOCK("drivers", LOCK_RANK_NAMES);
static struct driver drivers[DRIVERS_MAX]; /* `code` is set, and cleared, under the lock */

/* ---- the list -------------------------------------------------------------------------------- */

/* With the lock, or by who alone changes the list: step 1, a module that comes. */
static struct driver *find(const char *name)
{
    for (unsigned i = 0; i < DRIVERS_MAX; i++)
        if (drivers[i].code && strcmp(drivers[i].code->manifest.name, name) == 0)
            return &drivers[i];
    return NULL;
}

static struct driver *take(struct driver *driver)
{
    if (!driver || !driver->code || driver->leaves)
        return NULL;
    driver->users++;
    return driver;
}

struct driver *driver_peek(unsigned index)
{
    return index < DRIVERS_MAX ? &drivers[index] : NULL;
}

struct driver *driver_get_at(unsigned index)
{
    spin_lock(&lock);
    struct driver *driver = take(index < DRIVERS_MAX ? &drivers[index] : NULL);

    spin_unlock(&lock);
    return driver;
}

struct driver *driver_get(const char *name)
{
    spin_lock(&lock);
    struct driver *driver = take(find(name));

    spin_unlock(&lock);
    return driver;
}

void driver_keep(struct driver *driver)
{
    spin_lock(&lock);
    driver->users++;
    spin_unlock(&lock);
}

void driver_put(struct driver *driver)
{
    spin_lock(&lock);
    driver->users--;
    spin_unlock(&lock);
}

struct driver *driver_of(const struct ddi_driver *code)
{
    for (unsigned i = 0; i < DRIVERS_MAX; i++)
        if (__atomic_load_n(&drivers[i].code, __ATOMIC_RELAXED) == code)
            return &drivers[i];
    return NULL;
}

/* ---- names ----------------------------------------------------------------------------------- */

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

/* ---- coming and going ------------------------------------------------------------------------ */

/* The first of two that name the same has it. */
static int arbitrate(const struct ddi_manifest *manifest, char why[MANIFEST_WHY])
{
    int error = manifest_check(manifest, why);

    if (!error && find(manifest->name)) {
        (void)snprintf(why, MANIFEST_WHY, "there is a driver %s already", manifest->name);
        return -EEXIST;
    }
    for (unsigned i = 0; i < DRIVERS_MAX && !error; i++)
        if (drivers[i].code && drivers[i].state != DRIVER_REFUSED)
            error = manifest_overlap(manifest, &drivers[i].code->manifest, why);
    return error;
}

/* drv.NAME. */
static void place(struct driver *driver, const struct ddi_manifest *manifest)
{
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

/* Nobody sees it before its `code` is there, and all else is as it shall be. */
static void settle(struct driver *driver, const struct ddi_driver *code, struct module *module)
{
    *driver = (struct driver){.module = module, .state = DRIVER_OFF, .placement = code->manifest.placement};
    driver_prepare(driver);
}

static void publish(struct driver *driver, const struct ddi_driver *code)
{
    spin_lock(&lock);
    __atomic_store_n(&driver->code, code, __ATOMIC_RELEASE);
    spin_unlock(&lock);
}

static struct driver *free_place(void)
{
    for (unsigned i = 0; i < DRIVERS_MAX; i++)
        if (!drivers[i].code)
            return &drivers[i];
    return NULL;
}

static void add(const struct ddi_driver *code)
{
    struct driver *driver = free_place();

    if (!driver)
        return;
    settle(driver, code, NULL);
    int error = arbitrate(&code->manifest, driver->reason);

    if (error) {
        driver->state = DRIVER_REFUSED;
        log_error("driver", "%s: refused: %s", code->manifest.name ? code->manifest.name : "?",
                  driver->reason);
    } else {
        driver->state = code->manifest.built_in ? DRIVER_BUILT_IN : DRIVER_OFF;
        place(driver, &code->manifest);
    }
    publish(driver, code);
}

void drivers_init(void)
{
    struct span all = span_of(drivers_start, (size_t)((uintptr_t)drivers_end - (uintptr_t)drivers_start));
    const size_t one = sizeof(drivers_start[0]);

    for (size_t at = 0; at < all.size; at += one)
        add(*(const struct ddi_driver *const *)(const void *)span_part(all, at, one).bytes);
}

int driver_add(const struct ddi_driver *code, struct module *module, struct driver **added,
               char why[MANIFEST_WHY])
{
    struct driver *driver = free_place();
    int error = arbitrate(&code->manifest, why);

    if (error)
        return error;
    if (!driver) {
        (void)snprintf(why, MANIFEST_WHY, "there are %u drivers already", DRIVERS_MAX);
        return -ENOSPC;
    }
    settle(driver, code, module);
    place(driver, &code->manifest);
    driver->users = 1;
    publish(driver, code);
    *added = driver;
    return 0;
}

/* Nobody gets it any more; true: the caller alone has it. */
static bool is_left(struct driver *driver)
{
    spin_lock(&lock);
    driver->leaves = true;
    bool left = driver->users == 1;

    if (left)
        __atomic_store_n(&driver->code, NULL, __ATOMIC_RELAXED);
    spin_unlock(&lock);
    return left;
}

int driver_remove(struct driver *driver)
{
    for (unsigned ms = 0; ms < LEAVE_MS; ms++) {
        if (is_left(driver))
            return 0;
        thread_sleep_ns(NS_PER_MS);
    }
    driver->leaves = false;
    return -EBUSY;
}

bool driver_wanted(const char *name)
{
    struct driver *driver = find(name);

    if (!driver || driver->state == DRIVER_REFUSED)
        return false;
    if (driver->placement == DDI_PLACED_OFF) {
        log_info("kernel", "%s: off by the command line", name);
        driver->state = DRIVER_OFF;
        return false;
    }
    return true;
}
