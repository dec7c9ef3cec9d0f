#include "kernel/process/alarm.h"

#include <stddef.h>

#include "kernel/core/time/time.h"
#include "kernel/process/private.h"
#include "kernel/process/signals.h"
#include "lib/errno.h"

#define SECONDS_MAX (1ll << 32)

static bool is_time(int64_t s, int64_t us)
{
    return s >= 0 && s < SECONDS_MAX && us >= 0 && us < 1000000;
}

static uint64_t to_ns(int64_t s, int64_t us)
{
    return (uint64_t)s * NS_PER_SECOND + (uint64_t)us * NS_PER_US;
}

/* In an interrupt. The timer is stopped before the process goes. */
void process_alarm_rings(void *context)
{
    struct process *process = context;
    uint64_t saved = spin_lock_irq(&process_lock);

    signal_post(process, NULL, SIGALRM, &(struct signal_source){.code = SI_TIMER});
    spin_unlock_irq(&process_lock, saved);
}

static void tell(const struct process *process, struct abi_itimerval *old)
{
    uint64_t now_ns = time_now_ns(), at_ns = process->alarm.node.key;
    uint64_t left_ns = process->alarm.pending && at_ns > now_ns ? at_ns - now_ns : 0;

    *old = (struct abi_itimerval){
        .interval_s = (int64_t)(process->alarm_period_ns / NS_PER_SECOND),
        .interval_us = (int64_t)(process->alarm_period_ns % NS_PER_SECOND / NS_PER_US),
        .value_s = (int64_t)(left_ns / NS_PER_SECOND),
        .value_us = (int64_t)(left_ns % NS_PER_SECOND / NS_PER_US),
    };
}

int alarm_set(const struct abi_itimerval *new, struct abi_itimerval *old)
{
    struct process *process = process_current();

    tell(process, old);
    if (!new)
        return 0;
    if (!is_time(new->interval_s, new->interval_us) || !is_time(new->value_s, new->value_us))
        return -EINVAL;
    uint64_t first_ns = to_ns(new->value_s, new->value_us);

    (void)timer_stop(&process->alarm);
    process->alarm_period_ns = to_ns(new->interval_s, new->interval_us);
    if (first_ns && process->alarm_period_ns)
        timer_start_periodic(&process->alarm, time_now_ns() + first_ns, process->alarm_period_ns);
    else if (first_ns)
        timer_start(&process->alarm, time_now_ns() + first_ns);
    return 0;
}
