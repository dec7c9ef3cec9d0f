#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/lib/tool.h"

static bool human;

static void put(unsigned long long kib)
{
    char text[16];

    if (human)
        printf(" %11s", size_text(kib * 1024, text));
    else
        printf(" %11llu", kib);
}

TOOL(free, "[-h]", "How much memory there is, in KiB.\n  -h  1.5G instead\n")
{
    char *text = file_text("/proc/meminfo", NULL);
    unsigned long long total, unused_now, cache;

    if (!text)
        die("/proc/meminfo: %s", strerror(errno));
    while (option(count, words, "hk") != -1)
        human = true;
    total = kib_of(text, "MemTotal");
    unused_now = kib_of(text, "MemFree");
    cache = kib_of(text, "Buffers") + kib_of(text, "Cached") + kib_of(text, "SReclaimable");
    printf("%17s %11s %11s %11s %11s\nMem: ", "total", "used", "free", "cache", "available");
    put(total);
    put(total - unused_now - cache);
    put(unused_now);
    put(cache);
    put(kib_of(text, "MemAvailable"));
    putchar('\n');
    free(text);
    return 0;
}
