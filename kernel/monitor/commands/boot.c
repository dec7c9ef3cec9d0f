/* boot: how long each step of the boot took. */
#include "kernel/core/boot/boot.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "lib/string.h"

/* For programs: a line a stamp, `TICKS NAME`, ticks of the time-stamp counter since power-on. */
static int print_ticks(const struct boot_info *info)
{
    for (uint32_t i = 0; i < info->stamp_count; i++)
        output_print("%llu %s\n", (unsigned long long)info->stamps[i].tsc, info->stamps[i].name);
    return COMMAND_OK;
}

static int print_table(const struct boot_info *info)
{
    uint64_t before = 0;

    output_print("%-24s %12s %12s\n", "step", "took µs", "at µs");
    for (uint32_t i = 0; i < info->stamp_count; i++) {
        uint64_t at = time_tsc_to_us(info->stamps[i].tsc);

        output_print("%-24s %12llu %12llu\n", info->stamps[i].name,
                     (unsigned long long)(i ? at - before : 0), (unsigned long long)at);
        before = at;
    }
    if (info->stamp_count > 1)
        output_print("from %s to %s: %llu µs; the clock runs at %llu kHz\n", info->stamps[0].name,
                     info->stamps[info->stamp_count - 1].name,
                     (unsigned long long)(before - time_tsc_to_us(info->stamps[0].tsc)),
                     (unsigned long long)(time_tsc_hz() / 1000));
    return COMMAND_OK;
}

static int boot(const struct words *words)
{
    if (words->count == 1)
        return print_table(boot_info());
    if (words->count == 2 && strcmp(words->at[1], "-r") == 0)
        return print_ticks(boot_info());
    return command_misused(words, "%s: only -r is known", words->at[1]);
}

MONITOR_COMMAND("boot", "boot [-r]", "show how long each step of the boot took (-r: in ticks)",
                boot);
