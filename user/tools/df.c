#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "user/tools/lib/tool.h"

static bool human;

static void put_size(unsigned long long bytes)
{
    char text[16];

    if (human)
        printf(" %9s", size_text(bytes, text));
    else
        printf(" %9llu", (bytes + 1023) / 1024);
}

static void put(const char *source, const char *target)
{
    struct statvfs about;
    unsigned long long unit, used, all;

    if (statvfs(target, &about)) {
        complain_of(target);
        return;
    }
    unit = about.f_frsize ? about.f_frsize : about.f_bsize;
    used = about.f_blocks - about.f_bfree;
    all = used + about.f_bavail;
    printf("%-14s", source);
    put_size(about.f_blocks * unit);
    put_size(used * unit);
    put_size(about.f_bavail * unit);
    if (all)
        printf(" %3llu%% %s\n", (used * 100 + all - 1) / all, target);
    else
        printf("    - %s\n", target);
}

/* \040 of /proc/mounts. */
static void undo_escapes(char *text)
{
    char *to = text;

    while (*text) {
        if (*text == '\\' && text[1] && text[2] && text[3]) {
            *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + text[3] - '0');
            text += 4;
        } else {
            *to++ = *text++;
        }
    }
    *to = 0;
}

static void put_mounts(void)
{
    char *text = file_text("/proc/mounts", NULL), *line, *rest = text;
    char source[256], target[256];

    if (!text)
        die("/proc/mounts: not there");
    while ((line = strsep(&rest, "\n"))) {
        struct statvfs about;

        if (sscanf(line, "%255s %255s", source, target) != 2)
            continue;
        undo_escapes(target);
        if (statvfs(target, &about) == 0 && about.f_blocks)
            put(source, target);
    }
    free(text);
}

TOOL(df, "[-h] [PATH …]",
     "How large and how full file systems are, in units of 1024 bytes.\n  -h  1.5G instead\n")
{
    while (option(count, words, "hk") != -1)
        human = true;
    printf("%-14s %9s %9s %9s Use%% Mounted on\n", "Filesystem", human ? "Size" : "1K-blocks",
           "Used", human ? "Avail" : "Available");
    if (optind == count)
        put_mounts();
    for (int i = optind; i < count; i++)
        put("-", words[i]);
    return 0;
}
