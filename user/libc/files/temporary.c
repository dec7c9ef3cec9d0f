/* Files with a name of their own: XXXXXX becomes six letters that nobody can guess. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libc/libc.h"

#define TRIES 100

static char *place_of_name(char *pattern, int suffix)
{
    size_t size = strlen(pattern);

    if (suffix < 0 || size < 6 + (size_t)suffix
        || memcmp(pattern + size - suffix - 6, "XXXXXX", 6)) {
        errno = EINVAL;
        return NULL;
    }
    return pattern + size - suffix - 6;
}

static void fill_name(char *place)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    for (int i = 0; i < 6; i++)
        place[i] = letters[arc4random_uniform(sizeof(letters) - 1)];
}

int mkostemps(char *pattern, int suffix, int flags)
{
    char *place = place_of_name(pattern, suffix);

    for (int i = 0; place && i < TRIES; i++) {
        fill_name(place);
        int fd = open(pattern, (flags & ~O_ACCMODE) | O_RDWR | O_CREAT | O_EXCL, 0600);

        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

int mkstemps(char *pattern, int suffix)
{
    return mkostemps(pattern, suffix, 0);
}

int mkostemp(char *pattern, int flags)
{
    return mkostemps(pattern, 0, flags);
}

int mkstemp(char *pattern)
{
    return mkostemps(pattern, 0, 0);
}

char *mkdtemp(char *pattern)
{
    char *place = place_of_name(pattern, 0);

    for (int i = 0; place && i < TRIES; i++) {
        fill_name(place);
        if (mkdir(pattern, 0700) == 0)
            return pattern;
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

/* A name that is free now: another may take it first. */
char *mktemp(char *pattern)
{
    char *place = place_of_name(pattern, 0);

    for (int i = 0; place && i < TRIES; i++) {
        fill_name(place);
        if (access(pattern, F_OK) < 0)
            return pattern;
    }
    *pattern = '\0';
    return pattern;
}
