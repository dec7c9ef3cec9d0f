/* version and uptime. */
#include "kernel/core/boot/boot.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "lib/string.h"

static int version(const struct words *words)
{
    const struct boot_info *info = boot_info();
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("FastOS kernel, compiled by %s\n",
#ifdef __clang__
                 __VERSION__);
#else
                 "gcc " __VERSION__);
#endif
    output_print("loaded by %s at 0x%llx, %llu KiB, CRC-32C %08x\n", info->bootloader,
                 (unsigned long long)info->kernel.virt,
                 (unsigned long long)(info->kernel.bytes / 1024), info->kernel.crc32c);
    output_print("command line: ");
    output_foreign(info->cmdline, strlen(info->cmdline));
    output_print("\n");
    return COMMAND_OK;
}

static int uptime(const struct words *words)
{
    uint64_t now_us = time_now_us(), seconds = now_us / 1000000;
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("up %llu d %02llu:%02llu:%02llu.%03llu, %llu ticks\n",
                 (unsigned long long)(seconds / 86400), (unsigned long long)(seconds / 3600 % 24),
                 (unsigned long long)(seconds / 60 % 60), (unsigned long long)(seconds % 60),
                 (unsigned long long)(now_us / 1000 % 1000), (unsigned long long)time_ticks());
    return COMMAND_OK;
}

MONITOR_COMMAND("version", "version", "say which kernel this is and what loaded it", version);
MONITOR_COMMAND("uptime", "uptime", "say how long the kernel has run", uptime);
