/* The PIT as a clock event device: 1000 Hz while the CPU is busy, one shot while it is idle. */
#include "kernel/core/time/pit_event.h"

#include <stdbool.h>
#include <stddef.h>

#include "drivers/timer/pit/pit.h"
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"

#define TIMER_IRQ 0
#define MOST_NS   (54 * NS_PER_MS) /* 65535 ticks are 54.9 ms */

static void set_oneshot(uint64_t ns)
{
    /* Rounded up: not before. One less than that is loaded, because mode 0 counts one more. */
    pit_start_oneshot((uint16_t)(ns * PIT_HZ / NS_PER_SECOND + 1));
}

static void set_ticking(unsigned hz)
{
    if (pit_start_ticks(hz))
        panic("the PIT cannot tick %u times a second", hz);
}

static const struct clock_event pit = {
    .name = "PIT",
    .rating = 100,
    .least_ns = 5 * NS_PER_US,
    .most_ns = MOST_NS,
    .set_oneshot = set_oneshot,
    .set_ticking = set_ticking,
    .stop = pit_stop,
};

static bool on_interrupt(void *context)
{
    (void)context;
    clock_event_fired();
    return true;
}

int pit_event_init(void)
{
    int error = irq_bind(TIMER_IRQ, "timer", on_interrupt, NULL);

    if (!error)
        (void)clock_event_offer(&pit);
    return error;
}
