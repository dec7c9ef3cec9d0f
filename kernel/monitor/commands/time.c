/* time: the date, which clock counts, what interrupts, and what is waited for. */
#include "kernel/core/time/clock_event.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "kernel/monitor/command.h"
#include "lib/calendar.h"

static void print_date(void)
{
    struct calendar date;
    uint64_t ns;

    if (time_wall_ns(&ns) || calendar_from_seconds(ns / NS_PER_SECOND, &date))
        output_print("date: not known\n");
    else
        output_print("date: %04u-%02u-%02u %02u:%02u:%02u\n", date.year, date.month, date.day,
                     date.hour, date.minute, date.second);
}

static int tell_time(const struct words *words)
{
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    print_date();
    output_print("clock: %s, %llu ns since the boot; the TSC counts at %llu kHz\n",
                 time_clock_name(), (unsigned long long)time_now_ns(),
                 (unsigned long long)(time_tsc_hz() / 1000));
    output_print("timer interrupt: %s, came %llu times; %u timers pending\n", clock_event_name(),
                 (unsigned long long)clock_event_count(), timers_pending());
    return COMMAND_OK;
}

MONITOR_COMMAND("time", "time", "tell the date, the clock and the timer interrupt", tell_time);
