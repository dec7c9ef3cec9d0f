/* memory: the BIOS's map, what we made of it, and what is left. */
#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/monitor/command.h"
#include "lib/memmap.h"

static void print_ranges(const struct boot_memory_range *ranges, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        output_print("  %016llx-%016llx %12llu KiB  %s\n", (unsigned long long)ranges[i].base,
                     (unsigned long long)(ranges[i].base + ranges[i].length - 1),
                     (unsigned long long)(ranges[i].length / 1024),
                     memory_type_name(ranges[i].type));
}

static void print_faults(void)
{
    for (unsigned fault = 0; fault < FRAME_FAULTS; fault++) {
        const char *text;
        uint64_t times = frame_fault_count(fault, &text);
        if (times)
            output_print("Refused: a frame that %s, %llu times\n", text,
                         (unsigned long long)times);
    }
}

static int memory(const struct words *words)
{
    const struct boot_info *info = boot_info();
    uint64_t total = frames_total(), left = frames_free();
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    output_print("As the BIOS told it (source 0x%x):\n", info->bios_memory_source);
    print_ranges(info->bios_memory, info->bios_memory_count);
    output_print("As stage 2 left it:\n");
    print_ranges(info->memory, info->memory_count);
    output_print("Frames of 4 KiB: %llu, %llu used, %llu free (%llu KiB)\n",
                 (unsigned long long)total, (unsigned long long)(total - left),
                 (unsigned long long)left, (unsigned long long)(left * FRAME_SIZE / 1024));
    print_faults();
    output_print("Kernel heap: %llu KiB\n", (unsigned long long)(heap_used() / 1024));
    return COMMAND_OK;
}

MONITOR_COMMAND("memory", "memory", "show the memory map and what is free", memory);
