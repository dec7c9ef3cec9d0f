/* The wall clock: what the RTC said at the boot, and what the clock has counted since. */
#include "kernel/core/time/wall.h"

#include <stdbool.h>

#include "drivers/rtc/rtc.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/clock_page.h"
#include "kernel/core/time/time.h"
#include "lib/calendar.h"
#include "lib/errno.h"

static uint64_t zero_ns; /* the wall clock when the clock stood at 0; 0: unknown */

void time_set_wall_ns(uint64_t ns)
{
    uint64_t zero = ns - time_now_ns();

    __atomic_store_n(&zero_ns, zero, __ATOMIC_RELAXED);
    clock_page_set_wall(zero);
}

int time_wall_ns(uint64_t *ns)
{
    uint64_t zero = __atomic_load_n(&zero_ns, __ATOMIC_RELAXED);

    if (zero == 0)
        return -ENODEV;
    *ns = zero + time_now_ns();
    return 0;
}

void wall_init(void)
{
    struct calendar date;
    uint64_t seconds;

    if (rtc_read(&date) || calendar_to_seconds(&date, &seconds)) {
        log_warn("time", "the date is not known");
        return;
    }
    time_set_wall_ns(seconds * NS_PER_SECOND);
    log_info("time", "%04u-%02u-%02u %02u:%02u:%02u", date.year, date.month, date.day, date.hour,
             date.minute, date.second);
}
