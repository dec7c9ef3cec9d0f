/*
 * When the timer interrupt comes. Use: clock_event_offer by each device; then the timers, the
 * scheduler and the idle loop say what they need. One CPU so far; what is here belongs to it, under
 * interrupts switched off, without a lock.
 *
 * `armed_ns` is when the interrupt will come. A need that is later than that costs nothing: the
 * interrupt finds nothing to do and is set anew.
 */
#include "kernel/core/time/clock_event.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/thread/scheduler.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"

#define NEVER      UINT64_MAX
#define TICK_NS    (NS_PER_SECOND / TICKS_PER_SECOND)
#define IDLE_TICKS 2 /* a timer nearer than that is worth no change of the device */

static const struct clock_event *device;
static uint64_t armed_ns = NEVER;
static bool ticking;
static uint64_t count;

static void arm(uint64_t deadline_ns, uint64_t now_ns)
{
    uint64_t wait_ns = deadline_ns > now_ns ? deadline_ns - now_ns : 0;

    if (wait_ns < device->least_ns)
        wait_ns = device->least_ns;
    if (wait_ns > device->most_ns)
        wait_ns = device->most_ns;
    armed_ns = now_ns + wait_ns;
    device->set_oneshot(wait_ns);
}

static uint64_t earliest(void)
{
    uint64_t timer_ns = timers_next(), quantum_ns = scheduler_quantum_end();

    return timer_ns < quantum_ns ? timer_ns : quantum_ns;
}

static void arm_next(void)
{
    uint64_t next_ns = earliest();

    if (next_ns != NEVER)
        arm(next_ns, time_now_ns());
}

static void set_ticking(bool on)
{
    ticking = on;
    armed_ns = NEVER;
    if (on)
        device->set_ticking(TICKS_PER_SECOND);
}

bool clock_event_offer(const struct clock_event *offered)
{
    uint64_t saved = cpu_save_interrupts();
    bool better = !device || offered->rating > device->rating;

    if (better) {
        if (device)
            device->stop();
        device = offered;
        set_ticking(device->set_ticking != NULL);
        if (!ticking)
            arm_next();
    }
    cpu_restore_interrupts(saved);
    return better;
}

void clock_event_fired(void)
{
    uint64_t now_ns = time_now_ns();

    count++;
    armed_ns = NEVER;
    timers_run(now_ns);
    scheduler_tick(now_ns);
    if (!ticking && device)
        arm_next();
}

void clock_event_need(uint64_t deadline_ns)
{
    if (!ticking && device && deadline_ns < armed_ns)
        arm(deadline_ns, time_now_ns());
}

void clock_event_idle(void)
{
    uint64_t next_ns, now_ns;

    if (!ticking)
        return;
    next_ns = timers_next();
    now_ns = time_now_ns();
    if (next_ns != NEVER && next_ns < now_ns + IDLE_TICKS * TICK_NS)
        return;
    set_ticking(false);
    if (next_ns == NEVER)
        device->stop();
    else
        arm(next_ns, now_ns);
}

void clock_event_busy(void)
{
    if (device && device->set_ticking && !ticking)
        set_ticking(true);
}

const char *clock_event_name(void)
{
    return device ? device->name : "none";
}

uint64_t clock_event_count(void)
{
    return count;
}
