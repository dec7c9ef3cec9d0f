#include <stdlib.h>

#include "user/tools/lib/tool.h"

static bool human, sum_only, every_file, bytes_of_size;

/* Files with several names count once. */
static struct seen {
    dev_t device;
    ino_t inode;
} * seen;
static size_t seen_count;

static bool is_new(const struct stat *about)
{
    if (about->st_nlink < 2 || S_ISDIR(about->st_mode))
        return true;
    for (size_t i = 0; i < seen_count; i++)
        if (seen[i].device == about->st_dev && seen[i].inode == about->st_ino)
            return false;
    seen = enlarge(seen, (seen_count + 1) * sizeof(*seen));
    seen[seen_count++] = (struct seen){about->st_dev, about->st_ino};
    return true;
}

static void put(unsigned long long bytes, const char *path)
{
    char text[16];

    if (human)
        printf("%s\t%s\n", size_text(bytes, text), path);
    else
        printf("%llu\t%s\n", bytes_of_size ? bytes : (bytes + 1023) / 1024, path);
}

static unsigned long long measure(const char *path, bool top)
{
    struct stat about;
    struct names names;
    unsigned long long bytes;

    if (lstat(path, &about)) {
        complain_of(path);
        return 0;
    }
    if (!is_new(&about))
        return 0;
    bytes = bytes_of_size ? (unsigned long long)about.st_size
                          : (unsigned long long)about.st_blocks * 512;
    if (S_ISDIR(about.st_mode) && folder_read(path, &names)) {
        for (size_t i = 0; i < names.count; i++) {
            char *part = path_in(path, names.at[i]);

            bytes += measure(part, false);
            free(part);
        }
        names_free(&names);
    }
    if (top || (!sum_only && (every_file || S_ISDIR(about.st_mode))))
        put(bytes, path);
    return bytes;
}

TOOL(du, "[-shab] [PATH …]",
     "How much room files take, in units of 1024 bytes.\n"
     "  -s  the sum alone   -a  files too   -h  1.5M instead   -b  bytes of their sizes\n")
{
    int letter;

    while ((letter = option(count, words, "shabk")) != -1) {
        sum_only |= letter == 's';
        human |= letter == 'h';
        every_file |= letter == 'a';
        bytes_of_size |= letter == 'b';
    }
    if (optind == count)
        measure(".", true);
    for (int i = optind; i < count; i++)
        measure(words[i], true);
    free(seen);
    return 0;
}
