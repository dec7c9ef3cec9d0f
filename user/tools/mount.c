#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "user/tools/lib/tool.h"

static unsigned long flags_of(char *word)
{
    static const struct {
        const char *name;
        unsigned long flag;
    } flags[] = {{"ro", MS_RDONLY},     {"nosuid", MS_NOSUID},   {"nodev", MS_NODEV},
                 {"noexec", MS_NOEXEC}, {"remount", MS_REMOUNT}, {"rw", 0}};
    unsigned long sum = 0;
    char *name;

    while ((name = strsep(&word, ","))) {
        size_t i = 0;

        while (i < countof(flags) && strcmp(name, flags[i].name) != 0)
            i++;
        if (i == countof(flags))
            die("%s: not one of ro, rw, nosuid, nodev, noexec, remount", name);
        sum |= flags[i].flag;
    }
    return sum;
}

static int list(void)
{
    char *text = file_text("/proc/mounts", NULL), *rest = text, *line;
    char source[256], target[256], type[64], options[128];

    if (!text)
        die("/proc/mounts: not there");
    while ((line = strsep(&rest, "\n")))
        if (sscanf(line, "%255s %255s %63s %127s", source, target, type, options) == 4)
            printf("%s on %s type %s (%s)\n", source, target, type, options);
    free(text);
    return 0;
}

TOOL(mount, "[-t TYPE] [-o OPTION,…] [SOURCE] FOLDER",
     "Put a file system at a folder; without words: list those that are mounted.\n"
     "  -t  ext2 (the usual one), tmpfs, proc, devfs   -o  ro, nosuid, nodev, noexec, remount\n")
{
    const char *type = "ext2", *source, *target;
    unsigned long flags = 0;
    int letter;

    while ((letter = option(count, words, "t:o:r")) != -1) {
        type = letter == 't' ? optarg : type;
        if (letter == 'o')
            flags |= flags_of(optarg);
        if (letter == 'r')
            flags |= MS_RDONLY;
    }
    if (optind == count)
        return list();
    if (count - optind > 2)
        usage();
    source = count - optind == 2 ? words[optind] : type;
    target = words[count - 1];
    if (mount(source, target, type, flags, NULL))
        complain_of(target);
    return 0;
}
