/*
 * Time: the TSC counts, the PIT says how fast. time_init_early measures for a millisecond so that
 * the log has stamps from the start; after the first second of ticks the rate is measured again
 * over that long stretch, and kept when both agree.
 */
#include <stdbool.h>

#include "drivers/timer/pit/pit.h"
#include "kernel/arch/arch.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"
#include "kernel/panic.h"

#define TIMER_IRQ          0
#define EARLY_TICKS        1193 /* of the PIT: 1 ms */
#define EARLY_TRIES        5
#define FALLBACK_HZ        1000000000ull
#define REFINE_AFTER_TICKS 1000

/* Fixed point: microseconds = (tsc × scale) >> 32. */
static uint64_t tsc_hz = FALLBACK_HZ;
static uint64_t scale = (1000000ull << 32) / FALLBACK_HZ;
static uint64_t base_tsc, base_us; /* a moment on both clocks; moves when the rate is corrected */
static volatile uint64_t ticks;
static uint64_t first_tick_tsc;

static uint64_t scaled(uint64_t tsc)
{
    return (uint64_t)(((unsigned __int128)tsc * scale) >> 32);
}

static void set_rate(uint64_t hz)
{
    uint64_t now = cpu_timestamp();

    base_us += scaled(now - base_tsc);
    base_tsc = now;
    tsc_hz = hz;
    scale = (1000000ull << 32) / hz;
}

/* An emulator that has to wait for its host misses the millisecond now and then: a few tries. */
static int measure(uint64_t *elapsed)
{
    int error = pit_measure(EARLY_TICKS, cpu_timestamp, elapsed);

    for (unsigned i = 1; error && i < EARLY_TRIES; i++)
        error = pit_measure(EARLY_TICKS, cpu_timestamp, elapsed);
    return error;
}

void time_init_early(uint64_t zero_tsc)
{
    uint64_t elapsed;

    base_tsc = zero_tsc;
    base_us = 0;
    if (measure(&elapsed)) {
        log_warn("time", "the PIT's channel 2 does not count: clock rate unknown, 1 GHz assumed");
        return;
    }
    tsc_hz = elapsed * PIT_HZ / EARLY_TICKS;
    scale = (1000000ull << 32) / tsc_hz;
}

/* A second of ticks gives the rate to a few parts in 100,000; a count that lost ticks (a slow or
   busy emulator) differs from the first estimate by more than 2 % and is not believed. */
static void refine(void)
{
    uint64_t hz = (cpu_timestamp() - first_tick_tsc) * TICKS_PER_SECOND / REFINE_AFTER_TICKS;

    if (hz > tsc_hz - tsc_hz / 50 && hz < tsc_hz + tsc_hz / 50)
        set_rate(hz);
}

static bool tick(void *context)
{
    (void)context;
    ticks++;
    if (ticks == 1)
        first_tick_tsc = cpu_timestamp();
    else if (ticks == REFINE_AFTER_TICKS + 1)
        refine();
    return true;
}

void time_init(void)
{
    if (pit_start_ticks(TICKS_PER_SECOND) || irq_bind(TIMER_IRQ, "timer", tick, NULL))
        panic("the timer's interrupt line is taken");
}

uint64_t time_now_us(void)
{
    uint64_t saved = cpu_save_interrupts(); /* base and scale belong together */
    uint64_t us = base_us + scaled(cpu_timestamp() - base_tsc);

    cpu_restore_interrupts(saved);
    return us;
}

uint64_t time_ticks(void)
{
    return ticks;
}

uint64_t time_tsc_hz(void)
{
    return tsc_hz;
}

uint64_t time_tsc_to_us(uint64_t tsc)
{
    return scaled(tsc);
}

void time_delay_us(uint32_t us)
{
    uint64_t end = time_now_us() + us;

    while (time_now_us() < end)
        cpu_pause();
}
