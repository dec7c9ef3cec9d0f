#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "user/libc/libc.h"

int alphasort(const struct dirent **a, const struct dirent **b)
{
    return strcoll((*a)->d_name, (*b)->d_name);
}

int versionsort(const struct dirent **a, const struct dirent **b)
{
    return strverscmp((*a)->d_name, (*b)->d_name);
}

static int append(struct dirent ***names, size_t count, const struct dirent *entry)
{
    size_t bytes = offsetof(struct dirent, d_name) + strlen(entry->d_name) + 1;
    struct dirent *copy = malloc(bytes);

    if (copy && (count & (count - 1)) == 0) { /* at 0, 1, 2, 4, …: twice the room */
        struct dirent **more = realloc(*names, (count ? 2 * count : 1) * sizeof(**names));

        if (!more) {
            free(copy);
            return -1;
        }
        *names = more;
    }
    if (!copy)
        return -1;
    (*names)[count] = memcpy(copy, entry, bytes);
    return 0;
}

int scandir(const char *path, struct dirent ***result, int (*wanted)(const struct dirent *),
            int (*compare)(const struct dirent **, const struct dirent **))
{
    DIR *directory = opendir(path);
    struct dirent **names = NULL, *entry;
    size_t count = 0;
    int before = errno, failed = 0;

    if (!directory)
        return -1;
    while (errno = 0, !failed && (entry = readdir(directory)))
        if (!wanted || wanted(entry))
            failed = append(&names, count, entry), count += !failed;
    failed |= errno != 0;
    int error = errno;

    closedir(directory);
    errno = failed ? error : before;
    if (failed) {
        while (count)
            free(names[--count]);
        free(names);
        return -1;
    }
    if (compare && count)
        qsort(names, count, sizeof(*names), (int (*)(const void *, const void *))compare);
    *result = names;
    return (int)count;
}
