/* boot: how long each step of the boot took. */
#include "kernel/core/boot/boot.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"

static int boot(int count, char **words)
{
    const struct boot_info *info = boot_info();
    uint64_t before = 0;
    if (count > 1)
        return command_misused(words, "%s: it takes no words", words[1]);
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

MONITOR_COMMAND("boot", "boot", "show how long each step of the boot took", boot);
