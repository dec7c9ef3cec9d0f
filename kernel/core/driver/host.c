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
#include "kernel/core/console/com.h"
#include "kernel/core/driver/display.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/driver/program.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define HEARTBEAT_MS  1000u /* of a manifest without one */
#define LOAD_MS       10000u /* of a program */
#define CALL_MAX_S    180u  /* of a callback that waits within */
#define START_S       180u
#define AWAIT_S       3u
#define AGAIN_MS      20u   /* the watchdog of a callback that could not be ended yet */
#define STORM_LIMIT   50000u /* interrupts in … */
#define STORM_NS      NS_PER_SECOND
#define DELAY_MAX_S   30u
#define DRAW_MS       10u   /* between two pictures: what is written meanwhile is drawn at once */

/* ---- calling the driver ---------------------------------------------------------------------- */

struct call {
    const struct ddi_driver *code;
    const struct driver_disks *disks;
    struct abi_driver_call *call;
};

static const char *const call_names[] = {"init", "irq", "timer", "quiesce", "request", "read", "write",
                                         "flush", "draw"};

static void make_call(void *context)
{
    const struct call *call = context;

    driver_call(call->code, call->disks, call->call);
}

/* From the timer interrupt. */
static void watchdog_fires(void *context)
{
    struct driver *driver = context;
    uint64_t until_ns = driver_more_time(driver);

    if (driver->thread && !until_ns)
        driver->thread->give_up = true;
    timer_start(&driver->watchdog, until_ns ? until_ns : time_now_ns() + AGAIN_MS * NS_PER_MS);
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

/* Whether its thread may be made to give up, as it is in a callback. */
static void set_calling(struct driver *driver, bool calling)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->calling = calling;
    thread_current()->give_up = false;
    wait_unlock(&driver->queue, saved);
}

static bool call_in_kernel(struct driver *driver, struct abi_driver_call *what)
{
    struct call call = {driver->code, &driver->disks, what};
    struct cpu_exception exception;

    set_calling(driver, true);
    timer_start(&driver->watchdog, time_now_ns() + heartbeat_ms(driver) * NS_PER_MS);
    bool caught = cpu_catch(make_call, &call, &exception);

    (void)timer_stop(&driver->watchdog);
    set_calling(driver, false);
    if (caught && exception.vector == CPU_GAVE_UP && driver->order == DRIVER_KILL)
        (void)snprintf(driver->reason, MANIFEST_WHY, "killed in %s", call_names[what->what]);
    else if (caught && exception.vector == CPU_GAVE_UP)
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
    driver->call_until_ns = time_now_ns() + CALL_MAX_S * NS_PER_SECOND;
    driver->waited_ns = 0;
    bool good = driver->placement == DDI_PLACED_USER ? call_program(driver, what)
                                                     : call_in_kernel(driver, what);

    if (driver->claims)
        (void)ddi_of_claim(driver->code, false);
    if (good && driver->violated)
        (void)snprintf(driver->reason, MANIFEST_WHY, "%s: not in its manifest", call_names[what->what]);
    return good && !driver->violated;
}

/* ---- lines and times ------------------------------------------------------------------------- */

static bool is_by_line(const struct driver_line *line)
{
    return line->number >= IRQ_LINES && !line->by_message;
}

static bool line_came(void *context)
{
    struct driver_line *line = context;
    struct driver *driver = line->driver;
    uint64_t saved, now = time_now_ns();

    if (is_by_line(line)) {
        if (!pci_irq_is_raised(line->device))
            return false; /* another's, who shares it */
        line->quiet = true;
        pci_irq_quiet(line->device, true);
    }
    if (line->number < IRQ_LINES)
        driver_steps_run(driver);
    saved = wait_lock(&driver->queue);
    if (!driver->lines_came)
        driver->line_since_ns = now;
    driver->lines_came |= 1u << line->number;
    driver->interrupts++;
    if (now - driver->storm_from_ns > STORM_NS) {
        driver->storm_from_ns = now;
        driver->storm_count = 0;
    }
    bool storm = ++driver->storm_count > STORM_LIMIT;

    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    if (storm)
        irq_hold(line->number); /* the driver's thread would not get the CPU; it is ended when it does */
    return true;
}

int ddi_of_irq_listen(const struct ddi_driver *self, unsigned irq)
{
    struct driver *driver = driver_of(self);

    if (!driver || irq >= IRQ_LINES || !(self->manifest.irqs & 1u << irq)) {
        driver_violates(self, "listens to irq", irq, irq);
        return -EPERM;
    }
    driver->lines[irq] = (struct driver_line){.driver = driver, .number = irq};
    int error = irq_bind(irq, self->manifest.name, line_came, &driver->lines[irq]);

    if (!error)
        driver->listening |= 1u << irq;
    return error;
}

int driver_listen_pci(struct driver *driver, struct ddi_pci device)
{
    unsigned number = IRQ_LINES;

    while (number < DRIVER_LINES && driver->listening & 1u << number)
        number++;
    if (number == DRIVER_LINES)
        return -ENOSPC;
    struct driver_line *line = &driver->lines[number];

    *line = (struct driver_line){.driver = driver, .number = number, .device = device, .by_message = true};
    int error = pci_irq_bind(device, driver->code->manifest.name, line_came, line, &line->by_message);

    if (error)
        return error;
    driver->listening |= 1u << number;
    return (int)number;
}

/* The driver has looked after what it was told of: its devices may ask again. */
static void acknowledge(struct driver *driver)
{
    for (unsigned i = IRQ_LINES; i < DRIVER_LINES; i++) {
        struct driver_line *line = &driver->lines[i];

        if (driver->listening & 1u << i && line->quiet && !(driver->lines_came & 1u << i)) {
            line->quiet = false;
            pci_irq_quiet(line->device, false);
        }
    }
}

/* Of a callback that waited: a heartbeat from now, or from the order that it keeps waiting. */
static uint64_t next_deadline(const struct driver *driver)
{
    uint64_t since_ns = driver->order ? driver->ordered_ns : time_now_ns();
    uint64_t deadline_ns = since_ns + heartbeat_ms(driver) * NS_PER_MS;

    return deadline_ns < driver->call_until_ns ? deadline_ns : driver->call_until_ns;
}

/* Until a line has come, at most until then. The program's wait ends when it is killed, the thread's when it
   is to give up. */
uint32_t driver_wait_lines(struct driver *driver, uint64_t until_ns)
{
    bool is_thread = thread_current() == driver->thread;

    acknowledge(driver);
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    driver->program.deadline_ns = until_ns + heartbeat_ms(driver) * NS_PER_MS;
    while (!driver->lines_came && !error && !(is_thread && thread_current()->give_up))
        error = is_thread ? wait_locked(&driver->queue, &saved, until_ns)
                          : wait_interruptible(&driver->queue, &saved, until_ns);
    uint32_t lines = driver->lines_came;

    driver->lines_came = 0;
    driver->program.deadline_ns = next_deadline(driver);
    wait_unlock(&driver->queue, saved);
    return lines;
}

uint32_t ddi_of_irq_wait(const struct ddi_driver *self, uint32_t us)
{
    struct driver *driver = driver_of(self);

    driver_check_time();
    if (!driver || driver->thread != thread_current()) {
        irq_rest(); /* a test of the kernel's borrows the driver's code */
        return 0;
    }
    (void)timer_stop(&driver->watchdog);
    uint32_t lines = driver_wait_lines(driver, time_now_ns() + us * NS_PER_US);

    timer_start(&driver->watchdog, driver->program.deadline_ns);
    driver_check_time();
    return lines;
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

/* ---- what outlives a failure ------------------------------------------------------------------- */

void ddi_of_keep(const struct ddi_driver *self, uint64_t word)
{
    struct driver *driver = driver_of(self);

    if (driver)
        driver->kept = word;
}

uint64_t ddi_of_kept(const struct ddi_driver *self)
{
    const struct driver *driver = driver_of(self);

    return driver ? driver->kept : 0;
}

/* ---- ends and beginnings --------------------------------------------------------------------- */

static void stop_masters(struct driver *driver)
{
    for (unsigned i = 0; i < driver->masters.count; i++)
        pci_master(driver->masters.at[i], false);
}

/* All that it had, in the order of driver.h. Its code is not asked: it may be what failed. */
static void take_back(struct driver *driver)
{
    for (unsigned i = 0; i < DRIVER_LINES; i++) {
        struct driver_line *line = &driver->lines[i];

        if (driver->listening & 1u << i && i < IRQ_LINES)
            (void)!irq_unbind(i, line_came, line);
        else if (driver->listening & 1u << i)
            pci_irq_release(line->device, line_came, line, line->by_message);
    }
    driver->listening = 0;
    stop_masters(driver);
    (void)timer_stop(&driver->timer);
    memset(driver->grants, 0, sizeof(driver->grants));
    if (driver->code->manifest.class == DDI_SOUND)
        (void)!time_tone(0);
    driver_program_end(driver);
    driver_dma_halt(driver);
    stop_masters(driver); /* its last call may have started one */
    driver->masters.count = 0;
    display_ended(driver);
    if (driver->code->manifest.class == DDI_SERIAL)
        com_driver_gone();
    driver_windows_close(driver);
    driver_leaves(driver);
    uint64_t saved = wait_lock(&driver->queue);

    driver->lines_came = 0;
    driver->timer_came = false;
    driver->storm_count = 0;
    ring_init(&driver->values, driver->value_bytes, DRIVER_VALUE_BYTES);
    wait_unlock(&driver->queue, saved);
}

/* A new generation. False: it failed at once. */
static bool begin(struct driver *driver)
{
    struct abi_driver_call init = {.what = DRIVER_CALL_INIT};
    int error = 0;

    driver->generation++;
    driver->violated = false;
    driver->disks = (struct driver_disks){0};
    driver_joins(driver);
    if (driver->placement == DDI_PLACED_USER)
        error = driver_program_start(driver);
    if (error) {
        log_error(driver->code->manifest.name, "no program: %s: in the kernel instead", error_text(error));
        driver->placement = driver->wanted = DDI_PLACED_KERNEL;
    }
    if (driver->placement == DDI_PLACED_KERNEL && driver->code->state_size)
        memset(driver->code->state, 0, driver->code->state_size);
    if (driver->code->manifest.class == DDI_SERIAL)
        com_driver_begins(driver);
    if (!call(driver, &init))
        return false;
    if (init.result && init.result != -ENODEV) {
        (void)snprintf(driver->reason, MANIFEST_WHY, "init: %s", error_text((int)init.result));
        return false;
    }
    driver->state = init.result ? DRIVER_ABSENT : DRIVER_RUNNING;
    if (init.result)
        take_back(driver);
    else if (driver->code->manifest.class == DDI_DISPLAY)
        display_begun(driver);
    else if (driver->code->manifest.class == DDI_SERIAL)
        com_driver_begun();
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

/* It was ordered to fail, and has. */
static bool take_kill(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);
    bool killed = driver->order == DRIVER_KILL;

    if (killed)
        driver->order = DRIVER_NO_ORDER;
    wait_unlock(&driver->queue, saved);
    return killed;
}

static uint64_t killed(struct driver *driver)
{
    take_back(driver);
    driver->state = DRIVER_RECOVERING;
    log_info(driver->code->manifest.name, "killed as ordered");
    return 0;
}

/* When to begin anew; WAIT_FOREVER: not by itself. */
static uint64_t failed(struct driver *driver)
{
    const char *name = driver->code->manifest.name;

    if (take_kill(driver))
        return killed(driver);
    take_back(driver);
    driver_transfers_drop(driver);
    unsigned lately = count_failure(driver);

    if (driver->code->manifest.once) {
        driver->state = DRIVER_RETIRED;
        log_error(name, "%s: retired, as its manifest says", driver->reason);
        return WAIT_FOREVER;
    }
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
    uint32_t lines;
    uint64_t line_since_ns;
    bool timer, request, notice, storm, draws;
    bool program_gone; /* between two calls */
    bool transfer;
    enum driver_order order;
};

/* When it may draw what is to be drawn. */
static uint64_t draws_at(const struct driver *driver)
{
    return driver->draws && driver->state == DRIVER_RUNNING ? driver->draw_at_ns : WAIT_FOREVER;
}

static bool may_draw(const struct driver *driver)
{
    return driver->draws && draws_at(driver) <= time_now_ns();
}

static bool has_work(const struct driver *driver)
{
    return driver->lines_came || driver->timer_came || driver->order || driver->notice.came
           || driver->asking == REQUEST_ASKED || (driver->transfers.first && driver->state == DRIVER_RUNNING)
           || driver->storm_count > STORM_LIMIT || driver->program.state == PROGRAM_GONE
           || may_draw(driver);
}

/* Waits for something to do, or the time to begin anew. */
static struct work next(struct driver *driver, uint64_t until)
{
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    while (!has_work(driver) && !error)
        error = wait_locked(&driver->queue, &saved, draws_at(driver) < until ? draws_at(driver) : until);
    struct work work = {
        .lines = driver->lines_came,
        .line_since_ns = driver->line_since_ns,
        .timer = driver->timer_came,
        .request = driver->asking == REQUEST_ASKED,
        .notice = driver->notice.came,
        .storm = driver->storm_count > STORM_LIMIT,
        .program_gone = driver->program.state == PROGRAM_GONE,
        .transfer = driver->transfers.first != NULL,
        .draws = may_draw(driver),
        .order = driver->order,
    };

    driver->lines_came = 0;
    driver->timer_came = driver->notice.came = false;
    driver->draws = driver->draws && !work.draws;
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

/* ---- its turns ------------------------------------------------------------------------------- */

/* It stays in the list until it is done, for the next generation if need be. False: the driver failed. */
static bool serve_transfer(struct driver *driver)
{
    struct driver_transfer *transfer = driver_transfers_begin(driver);

    if (!transfer)
        return true;
    struct abi_driver_call made = transfer->call;
    bool good = call(driver, &made);

    if (good && driver_transfer_done(driver, 0, made.result) == -EBUSY) { /* -EINVAL: it was done already */
        (void)snprintf(driver->reason, MANIFEST_WHY, "it ends a request, and its device is at that still");
        good = false;
    }
    driver_transfers_end(driver, !good && driver->order != DRIVER_KILL);
    return good;
}

/* Call by call, until the screen is as it shall be, or there is an order. */
static bool draw(struct driver *driver)
{
    struct abi_driver_call what;
    bool good = true;

    while (good && !driver->order && display_next(driver, &what)) {
        good = call(driver, &what);
        if (good)
            display_drawn();
    }
    driver->draw_at_ns = time_now_ns() + DRAW_MS * NS_PER_MS;
    if (good && driver->order)
        driver_draws(driver);
    return good;
}

void driver_draws(struct driver *driver)
{
    uint64_t saved;

    if (__atomic_load_n(&driver->draws, __ATOMIC_SEQ_CST))
        return;
    saved = wait_lock(&driver->queue);
    driver->draws = true;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}

/* False: it failed. */
static bool serve(struct driver *driver, const struct work *work)
{
    if (work->program_gone) {
        (void)snprintf(driver->reason, MANIFEST_WHY, "its program ended");
        return false;
    }
    for (unsigned irq = 0; irq <= DDI_LEFT_ALONE; irq++)
        if (work->lines & 1u << irq && driver->code->irq
            && !call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_IRQ, .number = irq}))
            return false;
    acknowledge(driver);
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
    if (work->transfer && !serve_transfer(driver))
        return false;
    if (work->draws && !draw(driver))
        return false;
    acknowledge(driver);
    if (work->storm)
        (void)snprintf(driver->reason, MANIFEST_WHY, "more than %u interrupts in a second", STORM_LIMIT);
    return !work->storm;
}

/* As it was asked to, on its own thread. */
static void stop(struct driver *driver)
{
    if (driver->state == DRIVER_RUNNING)
        (void)call(driver, &(struct abi_driver_call){.what = DRIVER_CALL_QUIESCE});
    take_back(driver);
}

static enum ddi_placement placement_by(const struct driver *driver, enum driver_order order)
{
    switch (order) {
    case DRIVER_PLACE_OFF:
        return DDI_PLACED_OFF;
    case DRIVER_PLACE_KERNEL:
        return DDI_PLACED_KERNEL;
    case DRIVER_PLACE_USER:
        return DDI_PLACED_USER;
    case DRIVER_STOP:
        return driver->placement;
    default: /* one that is off is started in the kernel */
        return driver->wanted == DDI_PLACED_OFF ? DDI_PLACED_KERNEL : driver->wanted;
    }
}

/* It may begin anew now, after an order. */
static uint64_t obey(struct driver *driver, enum driver_order order)
{
    bool runs = driver->state == DRIVER_RUNNING, ends = order == DRIVER_STOP || order == DRIVER_PLACE_OFF;

    if (order == DRIVER_KILL)
        return runs ? killed(driver) : driver->state == DRIVER_RECOVERING ? 0 : WAIT_FOREVER;
    if (order == DRIVER_START && (runs || driver->state == DRIVER_RECOVERING))
        return runs ? WAIT_FOREVER : 0;
    stop(driver);
    driver->placement = placement_by(driver, order);
    if (order == DRIVER_PLACE_OFF || order == DRIVER_PLACE_KERNEL || order == DRIVER_PLACE_USER)
        driver->wanted = driver->placement;
    if (ends || driver->generation > 0)
        log_info(driver->code->manifest.name, "%s as ordered", ends ? "stopped" : "started");
    if (ends) {
        driver->state = DRIVER_OFF;
        return WAIT_FOREVER;
    }
    driver->state = DRIVER_RECOVERING;
    driver->failures = 0;
    return 0;
}

static void note_begun(struct driver *driver)
{
    uint64_t saved = wait_lock(&driver->queue);

    driver->begun++;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
}

/* For good: nobody's request is served any more. */
static int leave(struct driver *driver)
{
    stop(driver);
    driver_windows_free(driver);
    driver->state = DRIVER_OFF;
    give_answer(driver, -EAGAIN);
    driver_transfers_refuse(driver);
    uint64_t saved = wait_lock(&driver->queue);

    driver->thread = NULL;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    return 0;
}

static int live(void *argument)
{
    struct driver *driver = argument;
    uint64_t begin_at = driver->state == DRIVER_RECOVERING ? 0 : WAIT_FOREVER;

    for (;;) {
        struct work work = next(driver, driver->state == DRIVER_RECOVERING ? begin_at : WAIT_FOREVER);

        if (work.order == DRIVER_END)
            return leave(driver);
        if (work.order)
            begin_at = obey(driver, work.order);
        else if (driver->state == DRIVER_RUNNING && !serve(driver, &work))
            begin_at = failed(driver);
        give_answer(driver, -EAGAIN); /* to a request that was not served */
        if (driver->state == DRIVER_RECOVERING && time_now_ns() >= begin_at) {
            if (!begin(driver))
                begin_at = failed(driver);
            note_begun(driver);
        }
        driver_transfers_refuse(driver);
    }
}

static void wait_begun(struct driver *driver, uint64_t seconds)
{
    uint64_t until = time_now_ns() + seconds * NS_PER_SECOND;
    uint64_t saved = wait_lock(&driver->queue);
    int error = 0;

    while (!driver->begun && !error)
        error = wait_locked(&driver->queue, &saved, until);
    wait_unlock(&driver->queue, saved);
}

void driver_await(const char *name)
{
    struct driver *driver = driver_wanted(name) ? driver_get(name) : NULL;

    if (!driver)
        return;
    wait_begun(driver, AWAIT_S);
    driver_put(driver);
}

/* A disk that is to be in ring 3 begins in the kernel: its program comes from a disk. */
static void start_disk(struct driver *driver)
{
    enum ddi_placement wanted = driver->wanted;

    driver->wanted = DDI_PLACED_KERNEL;
    if (!driver_order(driver, DRIVER_START))
        wait_begun(driver, START_S);
    driver->wanted = wanted;
}

void driver_start(const char *name)
{
    if (!driver_wanted(name))
        return;
    struct driver *driver = driver_get(name);

    if (driver->thread) {
        start_disk(driver);
    } else if (driver->placement != DDI_PLACED_USER || driver->code->manifest.class == DDI_DISPLAY) {
        driver->placement = DDI_PLACED_KERNEL; /* a screen moves when programs can run */
        driver->state = DRIVER_RECOVERING;
        if (!begin(driver))
            log_warn(name, "%s", driver->reason); /* once more when there are threads */
    }
    driver_put(driver);
}

int driver_run(struct driver *driver)
{
    bool can = driver->placement == DDI_PLACED_KERNEL
               || (driver->placement == DDI_PLACED_USER && driver_programs_there());
    /* By driver_start, one after the other, for their names. */
    bool in_turn = driver->code->manifest.class == DDI_DISK && !driver->module;

    if (driver->state == DRIVER_OFF && can && !in_turn)
        driver->state = DRIVER_RECOVERING;
    return thread_create(driver->code->manifest.name, live, driver, THREAD_URGENT, &driver->thread);
}

void drivers_run(void)
{
    for (unsigned i = 0; i < DRIVERS_MAX; i++) {
        struct driver *driver = driver_get_at(i);

        if (!driver)
            continue;
        if (driver->state != DRIVER_REFUSED && driver->code->init && driver_run(driver))
            panic("not enough memory for the threads of the drivers");
        driver_put(driver);
    }
}

void driver_end(struct driver *driver)
{
    struct thread *thread = driver->thread;

    if (thread && !driver_order(driver, DRIVER_END))
        thread_join(thread, NULL);
}

void driver_prepare(struct driver *driver)
{
    wait_queue_init(&driver->queue, "driver");
    ring_init(&driver->values, driver->value_bytes, DRIVER_VALUE_BYTES);
    timer_init(&driver->timer, time_came, driver);
    timer_init(&driver->watchdog, watchdog_fires, driver);
}

int driver_order(struct driver *driver, enum driver_order order)
{
    if (!driver->thread)
        return -EINVAL;
    uint64_t saved = wait_lock(&driver->queue);
    uint64_t pid = order == DRIVER_KILL && driver->program.state != PROGRAM_NONE ? driver->program.pid : 0;

    if (!driver->order)
        driver->ordered_ns = time_now_ns();
    if (driver->order != DRIVER_END)
        driver->order = order;
    if (order == DRIVER_KILL && driver->calling)
        driver->thread->give_up = true;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    if (pid)
        driver_program_kill(pid);
    return 0;
}

/* -EAGAIN: nobody is there any more who could change anything. */
static int wait_for_it(struct driver *driver, uint64_t *saved, uint64_t deadline_ns)
{
    return driver->thread ? wait_locked(&driver->queue, saved, deadline_ns) : -EAGAIN;
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

    if (driver->state != DRIVER_RUNNING && driver->state != DRIVER_RECOVERING)
        return answer;
    uint64_t saved = wait_lock(&driver->queue);

    while (driver->asking != REQUEST_NONE && !error) /* another's */
        error = wait_for_it(driver, &saved, deadline_ns);
    if (!error) {
        mine = true;
        driver->asking = REQUEST_ASKED;
        driver->what = what;
        driver->value = value;
        wait_wake_all(&driver->queue);
    }
    while (!error && driver->asking != REQUEST_ANSWERED)
        error = wait_for_it(driver, &saved, deadline_ns);
    if (!error)
        answer = driver->answer;
    if (mine) /* what is under way is answered to nobody */
        driver->asking = error && driver->asking == REQUEST_SERVED ? REQUEST_ABANDONED : REQUEST_NONE;
    wait_wake_all(&driver->queue);
    wait_unlock(&driver->queue, saved);
    return error ? error : answer;
}
