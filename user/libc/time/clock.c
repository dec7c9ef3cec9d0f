/* Clocks, read from the kernel's page without a call where that is possible (lib/abi/time.h). */
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"

/* <time.h> has numbers of its own: they are the kernel's. */
enum {
    REALTIME = CLOCK_REALTIME,
    MONOTONIC = CLOCK_MONOTONIC,
    PROCESS = CLOCK_PROCESS_CPUTIME_ID,
    THREAD = CLOCK_THREAD_CPUTIME_ID,
    ABSOLUTE = TIMER_ABSTIME,
};
#undef CLOCK_REALTIME
#undef CLOCK_MONOTONIC
#undef CLOCK_PROCESS_CPUTIME_ID
#undef CLOCK_THREAD_CPUTIME_ID
#undef TIMER_ABSTIME
#include <fastos/abi/time.h>
_Static_assert(REALTIME == CLOCK_REALTIME && MONOTONIC == CLOCK_MONOTONIC
                   && PROCESS == CLOCK_PROCESS_CPUTIME_ID && THREAD == CLOCK_THREAD_CPUTIME_ID
                   && ABSOLUTE == TIMER_ABSTIME,
               "time.h");

#define NS_PER_SECOND 1000000000ul

static uint64_t tsc(void)
{
    uint32_t low, high;

    __asm__ volatile("lfence\n\trdtsc" : "=a"(low), "=d"(high)::"memory");
    return (uint64_t)high << 32 | low;
}

/* False: the page does not help, ask the kernel. */
static bool read_page(int clock, uint64_t *ns)
{
    const volatile struct abi_clock *page = clock_page;

    for (;;) {
        uint32_t sequence = __atomic_load_n(&page->sequence, __ATOMIC_ACQUIRE);
        uint64_t multiplier = page->multiplier, base_tsc = page->base_tsc, base_ns = page->base_ns;
        uint32_t shift = page->shift;
        int64_t offset = page->realtime_offset_ns;

        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (sequence & 1 || __atomic_load_n(&page->sequence, __ATOMIC_RELAXED) != sequence)
            continue;
        if (!multiplier)
            return false;
        *ns = base_ns + (uint64_t)((unsigned __int128)(tsc() - base_tsc) * multiplier >> shift);
        if (clock == CLOCK_REALTIME)
            *ns += (uint64_t)offset;
        return true;
    }
}

int clock_gettime(clockid_t clock, struct timespec *to)
{
    uint64_t ns;

    if (clock_page && (clock == CLOCK_REALTIME || clock == CLOCK_MONOTONIC) &&
        read_page(clock, &ns)) {
        *to = (struct timespec){(time_t)(ns / NS_PER_SECOND), (long)(ns % NS_PER_SECOND)};
        return 0;
    }
    return (int)checked(fastos_clock_gettime(clock, (struct abi_timespec *)to));
}

int clock_settime(clockid_t clock, const struct timespec *from)
{
    return (int)checked(fastos_clock_settime(clock, (const struct abi_timespec *)from));
}

int clock_getres(clockid_t clock, struct timespec *to)
{
    struct abi_timespec ignored;

    return (int)checked(fastos_clock_getres(clock, to ? (struct abi_timespec *)to : &ignored));
}

int clock_getcpuclockid(pid_t pid, clockid_t *clock)
{
    if (pid && pid != getpid())
        return ENOSYS;
    *clock = CLOCK_PROCESS_CPUTIME_ID;
    return 0;
}

int gettimeofday(struct timeval *restrict to, void *restrict zone)
{
    struct timespec now;

    if (zone)
        *(struct timezone *)zone = (struct timezone){0};
    if (clock_gettime(CLOCK_REALTIME, &now) < 0)
        return -1;
    if (to)
        *to = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return 0;
}

int settimeofday(const struct timeval *from, const struct timezone *zone)
{
    (void)zone;
    return clock_settime(CLOCK_REALTIME, &(struct timespec){from->tv_sec, from->tv_usec * 1000});
}

int timespec_get(struct timespec *to, int base)
{
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, to) == 0 ? base : 0;
}
