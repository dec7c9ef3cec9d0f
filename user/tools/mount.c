#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "user/tools/common/mounts.h"
#include "user/tools/tool.h"

static unsigned long flags;

static void read_flags(char *text)
{
    static const struct {
        const char *name;
        unsigned long set, clear;
    } names[] = {{"ro", MS_RDONLY, 0},    {"rw", 0, MS_RDONLY},    {"nosuid", MS_NOSUID, 0},
                 {"nodev", MS_NODEV, 0},  {"noexec", MS_NOEXEC, 0}, {"remount", MS_REMOUNT, 0},
                 {"suid", 0, MS_NOSUID},  {"dev", 0, MS_NODEV},    {"exec", 0, MS_NOEXEC},
                 {"defaults", 0, 0}};
    char *rest = text;

    for (char *word; (word = strtok_r(rest, ",", &rest));) {
        size_t i = 0;

        while (i < sizeof(names) / sizeof(names[0]) && strcmp(names[i].name, word) != 0)
            i++;
        if (i == sizeof(names) / sizeof(names[0]))
            wrong_use("-o %s: not one of ro rw nosuid nodev noexec remount", word);
        flags = (flags | names[i].set) & ~names[i].clear;
    }
}

static int print_all(void)
{
    struct mounts mounts;

    if (mounts_read(&mounts))
        return 1;
    for (size_t i = 0; i < mounts.count; i++)
        printf("%s on %s type %s (%s)\n", mounts.at[i].source, mounts.at[i].target,
               mounts.at[i].type, mounts.at[i].options);
    mounts_free(&mounts);
    return finish_output();
}

static int mount_(struct words *words)
{
    const char *type = "ext2";

    for (int c; (c = option(words, "t:o:r"));)
        if (c == 't')
            type = option_value;
        else if (c == 'o')
            read_flags(option_value);
        else
            flags |= MS_RDONLY;
    if (words->count == 0)
        return print_all();
    bool remounts = flags & MS_REMOUNT;

    need_operands(words, remounts ? 1 : 2, 2);
    const char *target = words->at[words->count - 1];

    if (mount(words->count == 2 ? words->at[0] : "none", target, type, flags, NULL))
        return failed("%s at %s", words->at[0], target);
    return 0;
}

TOOL(mount_, "mount", "[-r] [-t TYPE] [-o FLAG,…] [SOURCE DIRECTORY]",
     "mount a file system at a directory, or print what is mounted",
     "  -t  ext2 (the usual one), tmpfs, proc, dev; their source may be any word\n"
     "  -o  ro, rw, nosuid, nodev, noexec, remount (for what is mounted there); -r: ro\n")
