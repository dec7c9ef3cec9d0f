#include <time.h>
#include <unistd.h>

#include <fastos/abi/files.h>

#include "user/libc/libc.h"
#include "user/libc/threads/cancel.h"

/* An error number, as POSIX has it. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
    return (int)CANCEL_POINT(
        -fastos_clock_nanosleep(clock, flags, (const struct abi_timespec *)time,
                                flags & TIMER_ABSTIME ? NULL : (struct abi_timespec *)left));
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
    return (int)checked(-clock_nanosleep(CLOCK_REALTIME, 0, time, left));
}

/* The seconds that were left when a signal came. */
unsigned sleep(unsigned seconds)
{
    struct timespec time = {seconds, 0}, left = {0};

    return nanosleep(&time, &left) == 0 ? 0 : (unsigned)left.tv_sec + (left.tv_nsec > 0);
}

int usleep(useconds_t us)
{
    struct timespec time = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};

    return nanosleep(&time, NULL);
}
