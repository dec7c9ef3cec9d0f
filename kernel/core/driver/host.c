/*
 * The lives of drivers in the kernel. Each has a thread, which waits for what is to be done (a line, a
 * time, a request, an order) and makes the callbacks, one at a time. A callback that faults is ended by
 * cpu_catch; one that takes longer than the manifest says, by the watchdog: the thread gives up at the
 * next interrupt that finds it in a driver's code with no lock held, or at its next call of the interface.
 *
 * Before step 13 there are no threads: the first init runs on the boot thread, and what comes waits.
 */
#include "kernel/core/driver/host.h"

#include "drivers/call.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/program.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define HEARTBEAT_MS  1000u /* of a manifest without one */
#define LOAD_MS       10000u /* of a program */
#define AGAIN_MS      20u   /* the watchdog of a callback that could not be ended yet */
#define STORM_LIMIT   50000u /* interrupts in … */
#define STORM_NS      NS_PER_SECOND
#define DELAY_MAX_S   30u

/* ---- calling the driver ---------------------------------------------------------------------- */

struct call {
    const struct ddi_driver *code;
    struct abi_driver_call *call;
};

static const char *const call_names[] = {"init", "irq", "timer", "quiesce", "request"};

static void make_call(void *context)
{
    const struct call *call = context;

    driver_call(call->code, call->call);
}

/* From the timer interrupt. */
static void watchdog_fires(void *context)
{
    struct driver *driver = context;

    if (driver->thread)
        driver->thread->give_up = true;
    timer_start(&driver->watchdog, time_now_ns() + AGAIN_MS * NS_PER_MS);
}

static unsigned heartbeat_ms(const struct driver *driver)
{
    unsigned ms = driver->code->manifest.heartbeat_ms;

    return ms ? ms : HEARTBEAT_MS;
}

static void took_too_long(struct driver *driver, const char *what)
{
    (void)snprintf(driver->reason, MANIFEST_WHY, "%s took more than %u ms", what, heartbeat_ms(driver));
}

static bool call_in_kernel(struct driver *driver, struct abi_driver_call *what)
{
    struct call call = {driver->code, what};
    struct cpu_exception exception;

    timer_start(&driver->watchdog, time_now_ns() + heartbeat_ms(driver) * NS_PER_MS);
    bool caught = cpu_catch(make_call, &call, &exception);

    (void)timer_stop(&driver->watchdog);
    thread_current()->give_up = false;
    if (caught && exception.vector == CPU_GAVE_UP)
        took_too_long(driver, call_names[what->what]);
    else if (caught)
        (void)snprintf(driver->reason, MANIFEST_WHY, "%s in %s, address 0x%llx",
                       cpu_exception_name(exception.vector), call_names[what->what],
                       (unsigned long long)exception.address);
    return !caught;
}

/* The first call waits for the program, which comes from a disk. */
static bool call_program(struct driver *driver, struct abi_driver_call *what)
{
    uint64_t ms = heartbeat_ms(driver) + (what->what == DRIVER_CALL_INIT ? LOAD_MS : 0);
    int error = driver_program_call(driver, what, time_now_ns() + ms * NS_PER_MS);

    if (error == -ETIMEDOUT)
        took_too_long(driver, call_names[what->what]);
    else if (error)
        (void)snprintf(driver->reason, MANIFEST_WHY, "its program ended in %s", call_names[what->what]);
    return !error;
}

/* False: it failed, and driver->reason says how. */
static bool call(struct driver *driver, struct abi_driver_call *what)
{
    driver->violated = false;
    bool good = driver->placement == DDI_PLACED_USER ? call_program(driver, what)
                                                     : call_in_kernel(driver, what);

    if (good && driver->violated)
        (void)snprintf(driver->reason, MANIFEST_WHY, "%s: not in its manifest", call_names[what->what]);
    return good && !driver->violated;
}

/* ---- lines and times ------------------------------------------------------------------------- */

static bool line_came(void *context)
{
    const struct driver_line *line = context;
    struct driver *driver = line->driver;
    uint64_t saved = wait_lock(&driver->queue), now = time_now_ns();

    if (!driver->lines_came)
        driver->line_since_ns = now;
    driver->lines_came |= (uint16_t)(1u << line->irq);
    driver->interrupts++;
    if (now - driver->storm_from_ns > STORM_NS) {
        driver->storm_from_ns = now;
        driver->storm_count = 0;
    }
    driver->storm_count++;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    return true;
}

int ddi_of_irq_listen(const struct ddi_driver *self, unsigned irq)
{
    struct driver *driver = driver_of(self);

    if (!driver || irq >= array_length(driver->lines) || !(self->manifest.irqs & 1u << irq)) {
        driver_violates(self, "listens to irq", irq, irq);
        return -EPERM;
    }
    driver->lines[irq] = (struct driver_line){driver, irq};
    int error = irq_bind(irq, self->manifest.name, line_came, &driver->lines[irq]);

    if (!error)
        driver->listening |= (uint16_t)(1u << irq);
    return error;
}

/* A driver that is a part of the kernel: its handler is the interrupt's own. */
int ddi_of_irq_bind(const struct ddi_driver *self, unsigned irq, const char *name, ddi_irq_handler *handler,
                    void *context)
{
    if (irq >= IRQ_LINES || !(self->manifest.irqs & 1u << irq) || !self->manifest.built_in) {
        driver_violates(self, "binds irq", irq, irq);
        return irq >= IRQ_LINES ? -EINVAL : -EPERM;
    }
    return irq_bind(irq, name, handler, context);
}

static void time_came(void *context)
{
    struct driver *driver = context;
    uint64_t saved = wait_lock(&driver->queue);

    driver->timer_came = true;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}

void ddi_of_timer(const struct ddi_driver *self, uint32_t us)
{
    struct driver *driver = driver_of(self);

    if (!driver)
        return;
    (void)timer_stop(&driver->timer);
    if (us)
        timer_start(&driver->timer, time_now_ns() + us * NS_PER_US);
}

/* ---- ends and beginnings --------------------------------------------------------------------- */

/* All that it had, in the order of driver.h. Its code is not asked: it may be what failed. */
static void take_back(struct driver *driver)
{
    for (unsigned irq = 0; irq < array_length(driver->lines); irq++)
        if (driver->listening & 1u << irq)
            (void)!irq_unbind(irq, line_came, &driver->lines[irq]);
    driver->listening = 0;
    (void)timer_stop(&driver->timer);
    memset(driver->grants, 0, sizeof(driver->grants));
    if (driver->code->manifest.class == DDI_SOUND)
        (void)!time_tone(0);
    driver_program_end(driver);
    uint64_t saved = wait_lock(&driver->queue);

    driver->lines_came = 0;
    driver->timer_came = false;
    driver->storm_count = 0;
    wait_unlock(&driver->queue, saved);
}

/* A new generation. False: it failed at once. */
static bool begin(struct driver *driver)
{
    struct abi_driver_call init = {.what = DRIVER_CALL_INIT};
    int error = 0;

    driver->generation++;
    if (driver->placement == DDI_PLACED_USER)
        error = driver_program_start(driver);
    else if (driver->code->state_size)
        memset(driver->code->state, 0, driver->code->state_size);
    if (error) {
        (void)snprintf(driver->reason, MANIFEST_WHY, "no program: %s", error_text(error));
        return false;
    }
    if (!call(driver, &init))
        return false;
    if (init.result && init.result != -ENODEV) {
        (void)snprintf(driver->reason, MANIFEST_WHY, "init: %s", error_text((int)init.result));
        return false;
    }
    driver->state = init.result ? DRIVER_ABSENT : DRIVER_RUNNING;
    if (init.result)
        take_back(driver);
    return true;
}

/* One more. How many there were within half an hour, at most DRIVER_FAILURES. */
static unsigned count_failure(struct driver *driver)
{
    uint64_t now = time_now_ns();
    unsigned lately = 0;

    driver->failed_ns[driver->failures++ % DRIVER_FAILURES] = now;
    for (unsigned i = 0; i < DRIVER_FAILURES && i < driver->failures; i++)
        lately += now - driver->failed_ns[i] < DRIVER_WINDOW_NS;
    return lately;
}

/* At once, then after 1, 2, 4 … 30 s. */
static uint64_t delay_ns(unsigned lately)
{
    uint64_t seconds = lately < 2 ? 0 : 1ull << (lately - 2);

    return (seconds < DELAY_MAX_S ? seconds : DELAY_MAX_S) * NS_PER_SECOND;
}

/* When to begin anew; WAIT_FOREVER: not by itself. */
static uint64_t failed(struct driver *driver)
{
    const char *name = driver->code->manifest.name;
    unsigned lately = count_failure(driver);

    take_back(driver);
    if (lately == DRIVER_FAILURES) {
        driver->state = DRIVER_RETIRED;
        log_error(name, "%s; its failure %llu, %u of them in half an hour: retired", driver->reason,
                  (unsigned long long)driver->failures, DRIVER_FAILURES);
        return WAIT_FOREVER;
    }
    driver->state = DRIVER_RECOVERING;
    uint64_t delay = delay_ns(lately);

    log_warn(name, "%s: ended; again in %llu s", driver->reason, (unsigned long long)(delay / NS_PER_SECOND));
    return time_now_ns() + delay;
}

/* ---- its thread ------------------------------------------------------------------------------ */

struct work {
    uint16_t lines;
    uint64_t line_since_ns;
    bool timer, request, notice, storm;
    bool program_gone; /* between two calls */
    enum driver_order order;
};

static bool has_work(const struct driver *driver)
{
    return driver->lines_came || driver->timer_came || driver->order || driver->notice.came
           || driver->asking == REQUEST_ASKED || driver->storm_count > STORM_LIMIT
           || driver->program.state == PROGRAM_GONE;
}

/* Waits for something to do, or the time to begin anew. */
static struct work next(struct driver *driver, uint64_t until)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    while (!has_work(driver) && !error)
        error = wait_locked(&driver->queue, &saved, until);
    struct work work = {
        .lines = driver->lines_came,
        .line_since_ns = driver->line_since_ns,
        .timer = driver->timer_came,
        .request = driver->asking == REQUEST_ASKED,
        .notice = driver->notice.came,
        .storm = driver->storm_count > STORM_LIMIT,
        .program_gone = driver->program.state == PROGRAM_GONE,
        .order = driver->order,
    };

    driver->lines_came = 0;
    driver->timer_came = driver->notice.came = false;
    driver->order = DRIVER_NO_ORDER;
    if (work.request)
        driver->asking = REQUEST_SERVED;
    wait_unlock(&driver->queue, saved);
    return work;
}

static void give_answer(struct driver *driver, int64_t answer)
{
    uint64_t saved = wait_lock(&driver->queue);

    if (driver->asking == REQUEST_SERVED || driver->asking == REQUEST_ABANDONED) {
        driver->answer = answer;
        driver->asking = driver->asking == REQUEST_SERVED ? REQUEST_ANSWERED : REQUEST_NONE;
        wait_wake_all(&driver->queue);
    }
    wait_unlock(&driver->queue, saved);
}

/* False: it failed. */
static bool serve(struct driver *driver, const struct work *work)
{
    if (work->program_gone) {
        (void)snprintf(driver->reason, MANIFEST_WHY, "its program ended");
        return false;
    }
    for (unsigned irq = 0; irq < array_length(driver->lines); irq++)
        if (work->lines & 1u << irq
            && !call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_IRQ, .number = irq}))
            return false;
    if (work->lines && time_now_ns() - work->line_since_ns > driver->worst_ns)
        driver->worst_ns = time_now_ns() - work->line_since_ns;
    if (work->timer && !call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_TIMER}))
        return false;
    if (work->request) {
        struct abi_driver_call request = {
            .what = DRIVER_CALL_REQUEST, .number = driver->what, .value = driver->value,
        };

        if (!call(driver, &request))
            return false;
        give_answer(driver, request.result);
    }
    if (work->notice
        && !call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_REQUEST, .number = driver->notice.what,
                                                   .value = driver->notice.value}))
        return false;
    if (work->storm)
        (void)snprintf(driver->reason, MANIFEST_WHY, "more than %u interrupts in a second", STORM_LIMIT);
    return !work->storm;
}

/* It may begin anew now, after an order. */
static uint64_t obey(struct driver *driver, enum driver_order order)
{
    bool runs = driver->state == DRIVER_RUNNING;

    if (order == DRIVER_START && (runs || driver->state == DRIVER_RECOVERING))
        return runs ? WAIT_FOREVER : 0;
    if (order != DRIVER_STOP && driver->placement == DDI_PLACED_OFF)
        driver->placement = DDI_PLACED_KERNEL;
    if (runs)
        (void)call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_QUIESCE});
    take_back(driver);
    log_info(driver->code->manifest.name, "%s as ordered", order == DRIVER_STOP ? "stopped" : "started");
    if (order == DRIVER_STOP) {
        driver->state = DRIVER_OFF;
        return WAIT_FOREVER;
    }
    driver->state = DRIVER_RECOVERING;
    driver->failures = 0;
    return 0;
}

static int live(void *argument)
{
    struct driver *driver = argument;
    uint64_t begin_at = driver->state == DRIVER_RECOVERING ? 0 : WAIT_FOREVER;

    for (;;) {
        struct work work = next(driver, driver->state == DRIVER_RECOVERING ? begin_at : WAIT_FOREVER);

        if (work.order)
            begin_at = obey(driver, work.order);
        else if (driver->state == DRIVER_RUNNING && !serve(driver, &work))
            begin_at = failed(driver);
        give_answer(driver, -EAGAIN); /* to a request that was not served */
        if (driver->state == DRIVER_RECOVERING && time_now_ns() >= begin_at && !begin(driver))
            begin_at = failed(driver);
    }
    return 0;
}

void driver_start(const char *name)
{
    if (!driver_wanted(name))
        return;
    struct driver *driver = driver_find(name);

    if (driver->placement == DDI_PLACED_USER)
        return; /* driver_programs_begin's */
    driver->state = DRIVER_RECOVERING;
    if (!begin(driver))
        log_warn(name, "%s", driver->reason); /* once more when there are threads */
}

void drivers_run(void)
{
    struct driver *driver;

    for (unsigned i = 0; (driver = driver_at(i)); i++) {
        if (driver->state == DRIVER_REFUSED || !driver->code->init)
            continue;
        if (driver->state == DRIVER_OFF && driver->placement == DDI_PLACED_KERNEL)
            driver->state = DRIVER_RECOVERING;
        if (thread_create(driver->code->manifest.name, live, driver, THREAD_URGENT, &driver->thread))
            panic("not enough memory for the threads of the drivers");
    }
}

void driver_prepare(struct driver *driver)
{
    wait_queue_init(&driver->queue, "driver");
    timer_init(&driver->timer, time_came, driver);
    timer_init(&driver->watchdog, watchdog_fires, driver);
}

int driver_order(struct driver *driver, enum driver_order order)
{
    if (!driver->thread)
        return -EINVAL;
    uint64_t saved = wait_lock(&driver->queue);

    driver->order = order;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    return 0;
}

void driver_notify(struct driver *driver, unsigned what, uint64_t value)
{
    if (!driver->thread || driver->state != DRIVER_RUNNING)
        return;
    uint64_t saved = wait_lock(&driver->queue);

    driver->notice.came = true;
    driver->notice.what = what;
    driver->notice.value = value;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}

int64_t driver_request(struct driver *driver, unsigned what, uint64_t value, uint64_t deadline_ns)
{
    int64_t answer = -EAGAIN;
    bool mine = false;
    int error = 0;

    if (!driver->thread || driver->state != DRIVER_RUNNING)
        return answer;
    uint64_t saved = wait_lock(&driver->queue);

    while (driver->asking != REQUEST_NONE && !error) /* another's */
        error = wait_locked(&driver->queue, &saved, deadline_ns);
    if (!error) {
        mine = true;
        driver->asking = REQUEST_ASKED;
        driver->what = what;
        driver->value = value;
        wait_wake_all(&driver->queue);
    }
    while (!error && driver->asking != REQUEST_ANSWERED)
        error = wait_locked(&driver->queue, &saved, deadline_ns);
    if (!error)
        answer = driver->answer;
    if (mine) /* what is under way is answered to nobody */
        driver->asking = error && driver->asking == REQUEST_SERVED ? REQUEST_ABANDONED : REQUEST_NONE;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    return error ? error : answer;
}
