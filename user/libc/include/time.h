/* newlib's, with the kernel's numbers of clocks (lib/abi/time.h; user/libc/time/clock.c checks
   them). */
#include_next <time.h>

#ifndef _FASTOS_TIME_H
#define _FASTOS_TIME_H

#undef CLOCK_REALTIME
#undef CLOCK_MONOTONIC
#undef CLOCK_PROCESS_CPUTIME_ID
#undef CLOCK_THREAD_CPUTIME_ID
#undef TIMER_ABSTIME
#undef CLOCK_REALTIME_COARSE
#undef CLOCK_MONOTONIC_RAW
#undef CLOCK_MONOTONIC_COARSE
#undef CLOCK_BOOTTIME
#undef CLOCK_REALTIME_ALARM
#undef CLOCK_BOOTTIME_ALARM

#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define TIMER_ABSTIME 1

#define CLOCK_REALTIME_COARSE CLOCK_REALTIME
#define CLOCK_MONOTONIC_COARSE CLOCK_MONOTONIC
#define CLOCK_MONOTONIC_RAW CLOCK_MONOTONIC
#define CLOCK_BOOTTIME CLOCK_MONOTONIC

#define TIME_UTC 1

#ifdef __cplusplus
extern "C" {
#endif
int timespec_get(struct timespec *, int);
time_t timegm(struct tm *);
#ifdef __cplusplus
}
#endif

#endif
