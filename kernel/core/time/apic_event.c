/*
 * The local APIC's timer as a clock event device. Its rate is nobody's promise: it runs for a while
 * beside the clock, which costs no waiting, and is offered when its rate is known. Where the CPU
 * has it (CPUID 1, ECX bit 24) it compares with the TSC instead, if the TSC is the clock and keeps
 * its rate. Intel SDM vol. 3, 10.5.4.
 */
#include "kernel/core/time/apic_event.h"

#include <stddef.h>

#include "drivers/ddi.h"
#include "drivers/timer/apic/apic.h"
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "lib/scale.h"

#define MEASURE_NS (30 * NS_PER_MS)
#define MOST_NS    (1 * NS_PER_SECOND) /* of a count of 32 bits: up to 4 GHz */
#define LEAST_NS   (2 * NS_PER_US)

static uint64_t hz;

static uint64_t counts_of(uint64_t ns, uint64_t rate)
{
    return scale(ns, rate, NS_PER_SECOND) + 1;
}

static void set_count(uint64_t ns)
{
    uint64_t count = counts_of(ns, hz);

    apic_timer_start(count < UINT32_MAX ? (uint32_t)count : UINT32_MAX, false);
}

static void set_deadline(uint64_t ns)
{
    apic_timer_by_tsc();
    cpu_set_deadline(cpu_timestamp() + counts_of(ns, time_tsc_hz()));
}

static const struct clock_event by_count = {
    .name = "local APIC",
    .rating = 200,
    .least_ns = LEAST_NS,
    .most_ns = MOST_NS,
    .set_oneshot = set_count,
    .stop = apic_timer_stop,
};

static const struct clock_event by_tsc = {
    .name = "TSC deadline",
    .rating = 300,
    .least_ns = LEAST_NS,
    .most_ns = MOST_NS,
    .set_oneshot = set_deadline,
    .stop = apic_timer_stop,
};

static void on_interrupt(void *context)
{
    (void)context;
    clock_event_fired();
}

/* ---- its rate -------------------------------------------------------------------------------- */

static uint64_t start_ns;

static void measured(void *context)
{
    uint32_t counted = UINT32_MAX - apic_timer_left();
    uint64_t took_ns = time_now_ns() - start_ns;

    (void)context;
    apic_timer_stop();
    hz = scale(counted, NS_PER_SECOND, took_ns);
    if (hz < 1000000 || hz > 4000000000ull) {
        log_warn("time",
                 "the local APIC's timer counts at %llu Hz, 1 MHz to 4 GHz expected: not used",
                 (unsigned long long)hz);
        return;
    }
    log_debug("time", "the local APIC's timer counts at %llu kHz", (unsigned long long)hz / 1000);
    (void)clock_event_offer(&by_count);
}

static void measure(void)
{
    static struct timer timer;

    timer_init(&timer, measured, NULL);
    start_ns = time_now_ns();
    apic_timer_start(UINT32_MAX, false);
    timer_start(&timer, start_ns + MEASURE_NS);
}

void apic_event_init(void)
{
    struct ddi_mmio registers;

    if (!apic_in_use())
        return;
    registers.at = apic_registers(&registers.bytes);
    apic_timer_use(&registers, VECTOR_TIMER);
    if (vector_bind(VECTOR_TIMER, "timer", on_interrupt, NULL)) {
        log_warn("time", "the local APIC's timer vector is taken: its timer is not used");
        return;
    }
    if (cpu_has_deadline() && cpu_timestamp_is_invariant() && time_clock_is_tsc())
        (void)clock_event_offer(&by_tsc);
    else
        measure();
}
