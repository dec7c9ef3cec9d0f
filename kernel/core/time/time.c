/*
 * The clock. Use: time_init_early → time_now_ns → time_init. The rate of the time-stamp counter is
 * first measured for a millisecond in three parts, so that the log has stamps from the start, then again
 * over longer stretches against the PIT's counter. A CPU that does not promise one rate for ever is
 * watched once a second, and when the two clocks part, the HPET or the PIT takes over.
 *
 * Locks: none; `clock` changes under a sequence number, with interrupts off, and readers look again
 * when it changed meanwhile.
 */
#include "kernel/core/time/time.h"

#include <stdbool.h>

#include "drivers/timer/hpet/hpet.h"
#include "drivers/timer/pit/pit.h"
#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/apic_event.h"
#include "kernel/core/time/clock_page.h"
#include "kernel/core/time/hpet_event.h"
#include "kernel/core/time/pit_clock.h"
#include "kernel/core/time/pit_event.h"
#include "kernel/core/time/timer.h"
#include "kernel/core/time/wall.h"
#include "kernel/panic.h"
#include "lib/errno.h"
#include "lib/scale.h"
#include "lib/string.h"

#define EARLY_TICKS 398 /* of the PIT: a third of a millisecond, three times */
#define FALLBACK_HZ 1000000000ull

static uint64_t tsc_hz = FALLBACK_HZ;

/* ---- the clock ------------------------------------------------------------------------------- */

static struct {
    uint32_t sequence; /* odd while it changes */
    uint64_t (*count)(void);
    uint64_t scale;    /* nanoseconds a count, times 2^32 */
    uint64_t base_count, base_ns; /* a moment on both */
} clock = {.count = cpu_timestamp, .scale = (NS_PER_SECOND << 32) / FALLBACK_HZ};

static uint64_t latest_ns; /* that anybody was told */

static uint64_t per_count(uint64_t hz)
{
    return (NS_PER_SECOND << 32) / hz;
}

static uint64_t scaled(uint64_t count, uint64_t scale)
{
    return (uint64_t)(((unsigned __int128)count * scale) >> 32);
}

static uint64_t clock_ns(void)
{
    uint64_t passed = clock.count() - clock.base_count;

    return clock.base_ns + ((int64_t)passed > 0 ? scaled(passed, clock.scale) : 0);
}

/* Interrupts are off. */
static void tell_programs(void)
{
    clock_page_set(clock.base_count, clock.base_ns,
                   clock.count == cpu_timestamp ? clock.scale : 0);
}

/* Time goes on where it is, from now on at another rate or by another counter. */
static void change_clock(uint64_t (*count)(void), uint64_t hz)
{
    uint64_t saved = cpu_save_interrupts();

    __atomic_store_n(&clock.sequence, clock.sequence + 1, __ATOMIC_SEQ_CST);
    clock.base_ns = clock_ns();
    clock.count = count;
    clock.base_count = count();
    clock.scale = per_count(hz);
    __atomic_store_n(&clock.sequence, clock.sequence + 1, __ATOMIC_SEQ_CST);
    tell_programs();
    cpu_restore_interrupts(saved);
}

/* Never back, even if a counter jumps. */
static uint64_t forward(uint64_t ns)
{
    uint64_t latest = __atomic_load_n(&latest_ns, __ATOMIC_RELAXED);

    while (ns > latest)
        if (__atomic_compare_exchange_n(&latest_ns, &latest, ns, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED))
            return ns;
    return latest;
}

uint64_t time_now_ns(void)
{
    uint32_t sequence;
    uint64_t ns;

    do {
        sequence = __atomic_load_n(&clock.sequence, __ATOMIC_ACQUIRE);
        ns = clock_ns();
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while (sequence % 2 || sequence != __atomic_load_n(&clock.sequence, __ATOMIC_RELAXED));
    return forward(ns);
}

uint64_t time_now_us(void)
{
    return time_now_ns() / NS_PER_US;
}

uint64_t time_ticks(void)
{
    return time_now_ns() / (NS_PER_SECOND / TICKS_PER_SECOND);
}

void time_delay_us(uint32_t us)
{
    uint64_t end_ns = time_now_ns() + us * NS_PER_US;

    while (time_now_ns() < end_ns)
        cpu_pause();
}

bool time_clock_is_tsc(void)
{
    return clock.count == cpu_timestamp;
}

uint64_t time_tsc_hz(void)
{
    return tsc_hz;
}

uint64_t time_tsc_to_us(uint64_t tsc)
{
    return scaled(tsc, per_count(tsc_hz)) / NS_PER_US;
}

/* ---- the first estimate ---------------------------------------------------------------------- */

void time_init_early(uint64_t zero_tsc)
{
    uint64_t elapsed;

    clock.base_count = zero_tsc;
    if (pit_measure(EARLY_TICKS, cpu_timestamp, &elapsed)) {
        log_warn("time", "the PIT's channel 2 does not count: clock rate unknown, 1 GHz assumed");
        return;
    }
    tsc_hz = elapsed * PIT_HZ / EARLY_TICKS;
    clock.scale = per_count(tsc_hz);
}

/* ---- the PIT or the HPET as a clock ---------------------------------------------------------- */

#define LOOK_NS (20 * NS_PER_MS) /* at least that often, or a round of the PIT's counter is missed */

/* A counter that goes around. */
static struct {
    const char *name;
    uint64_t hz;
    uint32_t (*read)(void);
    uint32_t mask, last;
    uint64_t count;
} narrow = {.name = "PIT"};

static uint32_t read_pit(void)
{
    return pit_counter();
}

static uint64_t narrow_count(void)
{
    uint64_t saved = cpu_save_interrupts();
    uint32_t now = narrow.read();
    uint64_t count = narrow.count += (now - narrow.last) & narrow.mask;

    narrow.last = now;
    cpu_restore_interrupts(saved);
    return count;
}

static void look_at_counter(void *context)
{
    (void)context;
    (void)narrow_count();
}

static void use_narrow(void)
{
    static struct timer look;

    if (!narrow.read) {
        narrow.read = read_pit;
        narrow.mask = UINT16_MAX;
        narrow.hz = PIT_HZ;
    }
    narrow.last = narrow.read();
    change_clock(narrow_count, narrow.hz);
    timer_init(&look, look_at_counter, NULL);
    timer_start_periodic(&look, time_now_ns() + LOOK_NS, LOOK_NS);
}

/* What takes over when the TSC is none. */
static void look_for_hpet(void)
{
    if (hpet_find(&narrow.hz))
        return;
    narrow.name = "HPET";
    narrow.read = hpet_counter;
    narrow.mask = UINT32_MAX;
}

const char *time_clock_name(void)
{
    return time_clock_is_tsc() ? "TSC" : narrow.name;
}

static void use_pit(void)
{
    narrow.name = "PIT";
    narrow.read = NULL;
    use_narrow();
}

/* ---- the watch: TSC against PIT -------------------------------------------------------------- */

/* The first estimate may be far off: a stretch that cannot mislead. */
#define FIRST_NS  (20 * NS_PER_MS)
#define WATCH_NS  NS_PER_SECOND
#define STRIKES   2 /* in a row: one may be a mistake of an emulator */

/* Both clocks at one moment. */
struct moment {
    uint64_t tsc;
    uint16_t pit;
};

static struct moment before;
static unsigned looks, strikes;
static struct timer watch;
static bool sounds; /* changes with interrupts off */

/* False: something came between, again and again. */
static bool read_moment(struct moment *moment)
{
    uint64_t most = tsc_hz / 20000; /* 50 µs; a reading takes 3 */

    for (unsigned attempt = 0; attempt < 8; attempt++) {
        uint64_t saved = cpu_save_interrupts(), start = cpu_timestamp();

        moment->pit = pit_counter();
        moment->tsc = start + (cpu_timestamp() - start) / 2;
        cpu_restore_interrupts(saved);
        if (moment->tsc - start < most / 2)
            return true;
    }
    return false;
}

static void stop_watching(void)
{
    (void)timer_stop(&watch);
}

static void part_from_tsc(uint64_t expected, uint64_t passed)
{
    if (++strikes < STRIKES)
        return;
    log_warn("time",
             "the TSC counted %llu ticks of the PIT where it counted %llu: the %s is the clock "
             "now",
             (unsigned long long)expected, (unsigned long long)passed, narrow.name);
    stop_watching();
    use_narrow();
}

static void compare(const struct moment *now)
{
    uint64_t counted = now->tsc - before.tsc;
    uint64_t expected = scale(counted, PIT_HZ, tsc_hz);
    uint64_t passed = pit_elapsed(before.pit, now->pit, expected);
    uint64_t off = passed > expected ? passed - expected : expected - passed;

    before = *now;
    looks++;
    if (passed == 0 || (looks > 1 && off > expected / 64)) {
        part_from_tsc(expected, passed);
        return;
    }
    strikes = 0;
    if (looks <= 2) {
        tsc_hz = scale(counted, PIT_HZ, passed);
        change_clock(cpu_timestamp, tsc_hz);
    }
    if (looks == 2 && cpu_timestamp_is_invariant())
        stop_watching();
}

static void on_watch(void *context)
{
    struct moment now;

    (void)context;
    if (sounds)
        return;
    if (looks == 0)
        timer_start_periodic(&watch, time_now_ns() + WATCH_NS, WATCH_NS);
    if (read_moment(&now))
        compare(&now);
}

static void start_watching(void)
{
    timer_init(&watch, on_watch, NULL);
    if (read_moment(&before))
        timer_start(&watch, time_now_ns() + FIRST_NS);
}

/* Nobody looks at the channel but the watch, which begins anew afterwards. */
int time_tone(unsigned hz)
{
    if (hz && (hz < PIT_TONE_LOW || hz > PIT_TONE_HIGH))
        return -EINVAL;
    uint64_t saved = cpu_save_interrupts();
    bool free = narrow.mask != UINT16_MAX && (!hz || !watch.pending || looks >= 2);

    if (free && (hz || sounds)) {
        pit_tone(hz);
        sounds = hz;
        if (!hz)
            (void)read_moment(&before);
    }
    cpu_restore_interrupts(saved);
    return free ? 0 : -EBUSY;
}

/* clock=tsc: whatever the PIT says; clock=pit, clock=hpet: not the TSC. */
static void choose_clock(void)
{
    char wanted[8] = "";
    bool named = boot_option("clock", wanted, sizeof(wanted)) == 0;

    look_for_hpet();
    if (named && strcmp(wanted, "tsc") == 0)
        return;
    if (named && strcmp(wanted, "hpet") == 0 && narrow.read) {
        use_narrow();
        return;
    }
    if (pit_counter_start()) {
        log_warn("time", "the PIT's channel 2 does not count: nothing watches the TSC");
        return;
    }
    if (named && strcmp(wanted, "pit") == 0)
        use_pit();
    else
        start_watching();
    if (named && strcmp(wanted, "pit") != 0)
        log_warn("time", "clock=%s: not one of tsc, pit, hpet; tsc taken", wanted);
}

static void open_page(void)
{
    if (clock_page_init()) {
        log_warn("time", "no memory for the programs' clock: they ask the kernel");
        return;
    }
    uint64_t saved = cpu_save_interrupts();

    tell_programs();
    cpu_restore_interrupts(saved);
}

void time_init(void)
{
    open_page();
    if (pit_event_init())
        panic("the timer's interrupt line is taken");
    choose_clock();
    hpet_event_offer();
    apic_event_init();
    wall_init();
}
