#include <stdlib.h>

#include "user/tools/common/processes.h"
#include "user/tools/tool.h"

static bool human_, mebibytes;

static void print(uint64_t bytes)
{
    char text[HUMAN_BYTES];

    if (human_)
        printf(" %11s", human(bytes, text));
    else
        printf(" %11llu", (unsigned long long)bytes / (mebibytes ? 1 << 20 : 1024));
}

static int free_(struct words *words)
{
    for (int c; (c = option(words, "hmk"));) {
        human_ |= c == 'h';
        mebibytes |= c == 'm';
    }
    need_operands(words, 0, 0);
    char *text = read_file("/proc/meminfo");

    if (!text)
        return failed("/proc/meminfo");
    uint64_t total = memory_figure(text, "MemTotal"), unused = memory_figure(text, "MemFree");
    uint64_t cached = memory_figure(text, "Cached") + memory_figure(text, "Buffers");
    uint64_t available = memory_figure(text, "MemAvailable");

    printf("%18s %11s %11s %11s %11s\n", "total", "used", "free", "cached", "available");
    printf("Memory");
    print(total);
    print(total - unused - (cached < total - unused ? cached : 0));
    print(unused);
    print(cached);
    print(available ? available : unused + cached);
    putchar_unlocked('\n');
    free(text);
    return finish_output();
}

TOOL(free_, "free", "[-hm]", "print how much memory there is, in KiB",
     "  -h  as 1.4M; -m in MiB\n")
