/* Locks: `changes` for the mode and the size, which the boot thread and a panic take without; `waiting` for
   `draws`; what is drawn belongs to who draws. */
#include "kernel/core/driver/display.h"

#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/core/console/theme.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/thread/thread.h"
#include "kernel/core/time/time.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TEXT_PHYS  0xa0000u /* where VGA's memory is: planes of letters, then text at B8000h */
#define TEXT_BYTES 0x20000u
#define REQUEST_S  10u

/* The last resort. */
extern const struct ddi_driver ddi_driver_framebuffer, ddi_driver_vga;

static struct {
    const struct boot_framebuffer *mode; /* NULL: not known yet */
    unsigned columns, rows;
    struct driver *driver; /* that began last; NULL: none did */
    bool draws;            /* it is at a call that draws */
    const struct ddi_driver *alone; /* the kernel draws by itself, with this; NULL: not yet */
    bool alone_works;
} display;

static struct mutex changes = MUTEX("screen's mode");
static struct wait_queue waiting = WAIT_QUEUE("drawing");
static struct driver_draw drawn;

/* ---- where the screen is --------------------------------------------------------------------- */

static bool lock(void)
{
    bool waits = may_sleep();

    if (waits)
        mutex_lock(&changes);
    return waits;
}

static void unlock(bool waits)
{
    if (waits)
        mutex_unlock(&changes);
}

void display_set(const struct boot_framebuffer *mode, unsigned columns, unsigned rows)
{
    bool waits = lock();

    display.mode = mode;
    display.columns = columns;
    display.rows = rows;
    unlock(waits);
}

static bool is_another_s(const struct driver *driver)
{
    return display.driver && display.driver != driver && display.driver->state == DRIVER_RUNNING
           && !display.alone;
}

static uint64_t memory_bytes(const struct boot_framebuffer *mode)
{
    return mode->phys ? (uint64_t)mode->pitch * mode->height : TEXT_BYTES;
}

static int describe(const struct driver *driver, struct ddi_screen *screen)
{
    const struct boot_framebuffer *mode = display.mode;

    if (!mode || display.columns == 0 || display.rows == 0 || is_another_s(driver))
        return -ENODEV;
    screen->mode = *mode;
    screen->columns = display.columns;
    screen->rows = display.rows;
    theme_palette(screen->palette);
    if (mode->phys == 0)
        screen->mode.virt = (uintptr_t)phys_to_virt(TEXT_PHYS);
    return 0;
}

int ddi_of_screen(const struct ddi_driver *self, struct ddi_screen *screen)
{
    if (self->manifest.class != DDI_DISPLAY) {
        driver_violates(self, "wants the screen", 0, 0);
        return -EPERM;
    }
    bool waits = lock();
    int error = describe(driver_of(self), screen);

    unlock(waits);
    return error;
}

int64_t display_describe(struct driver *driver, struct ddi_screen *screen)
{
    int error = ddi_of_screen(driver->code, screen);

    screen->mode.virt = 0; /* where ours is, is not theirs to know */
    return error ? error : (int64_t)memory_bytes(&screen->mode);
}

int display_map(const struct driver *driver, uint64_t offset, uint64_t *phys, unsigned *flags)
{
    bool waits = lock();
    const struct boot_framebuffer *mode = display.mode;
    uint64_t first = !mode ? 0 : mode->phys ? mode->phys : TEXT_PHYS, within = first % PAGE_SIZE;
    bool there = mode && driver->code->manifest.class == DDI_DISPLAY && offset < within + memory_bytes(mode);

    if (there) {
        *phys = first - within + offset;
        *flags = mode->phys ? PAGE_WRITE_COMBINING : PAGE_UNCACHED;
    }
    unlock(waits);
    return there ? 0 : -ENXIO;
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void draw_now(const struct ddi_driver *code)
{
    struct abi_driver_call call = {.what = DRIVER_CALL_DRAW, .memory = &drawn};

    while (console_collect(&drawn))
        driver_call(code, NULL, &call);
}

static void wake(void *context)
{
    (void)context;
    if (display.driver)
        driver_draws(display.driver);
}

/* Who writes may be in an interrupt handler, or hold any lock: then the end of the interrupt, or the idle
   thread, wakes the driver. */
void display_changed(void)
{
    static struct deferred later = {.name = "screen", .run = wake};
    const struct driver *driver = display.driver;

    if (display.alone) {
        if (display.alone_works)
            draw_now(display.alone);
    } else if (driver && !driver->thread) {
        if (driver->state == DRIVER_RUNNING)
            draw_now(driver->code);
    } else if (driver && may_sleep()) {
        wake(NULL);
    } else if (driver) {
        (void)irq_defer_from_nmi(&later);
    }
}

static void set_draws(bool draws)
{
    uint64_t saved = wait_lock(&waiting);

    display.draws = draws;
    if (!draws)
        wait_wake_all(&waiting);
    wait_unlock(&waiting, saved);
}

bool display_next(struct driver *driver, struct abi_driver_call *call)
{
    if (driver != display.driver || display.alone)
        return false;
    set_draws(true); /* before the console is asked: display_wait comes behind a word to it */
    if (!console_take_changes(&drawn)) {
        set_draws(false);
        return false;
    }
    *call = (struct abi_driver_call){.what = DRIVER_CALL_DRAW, .memory = &drawn};
    return true;
}

void display_drawn(void)
{
    set_draws(false);
}

const struct driver_draw *display_drawing(const struct driver *driver)
{
    return driver == display.driver && display.draws ? &drawn : NULL;
}

void display_wait(void)
{
    uint64_t saved = wait_lock(&waiting);

    while (display.draws)
        (void)!wait_locked(&waiting, &saved, WAIT_FOREVER);
    wait_unlock(&waiting, saved);
}

/* ---- its lives ------------------------------------------------------------------------------- */

void display_begun(struct driver *driver)
{
    display.driver = driver;
    console_redraw();
}

void display_ended(struct driver *driver)
{
    if (driver == display.driver)
        set_draws(false);
}

int64_t display_request(unsigned what)
{
    if (!display.driver || !display.driver->thread)
        return -ENODEV;
    int64_t answer = driver_request(display.driver, what, 0, time_now_ns() + REQUEST_S * NS_PER_SECOND);

    return answer == -EAGAIN || answer == -ENOTTY ? -ENODEV : answer;
}

void display_take_over(void)
{
    const struct ddi_driver *code;

    if (display.alone || !display.mode)
        return;
    code = display.mode->phys ? &ddi_driver_framebuffer : &ddi_driver_vga;
    display.alone = code;
    thread_current()->give_up = false; /* it is not the driver's */
    memset(code->state, 0, code->state_size);
    display.alone_works = code->init() == 0;
}
