/* Randomness, all of it the kernel's. */
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "user/libc/libc.h"

ssize_t getrandom(void *to, size_t bytes, unsigned flags)
{
    return checked(fastos_getrandom(to, bytes, flags));
}

int getentropy(void *to, size_t bytes)
{
    if (bytes > 256) {
        errno = EIO;
        return -1;
    }
    return getrandom(to, bytes, 0) == (ssize_t)bytes ? 0 : -1;
}

void arc4random_buf(void *to, size_t bytes)
{
    for (size_t done = 0; done < bytes;) {
        long got = fastos_getrandom((char *)to + done, bytes - done, 0);

        if (got > 0)
            done += (size_t)got;
    }
}

uint32_t arc4random(void)
{
    uint32_t value;

    arc4random_buf(&value, sizeof(value));
    return value;
}

/* Without the lowest values, which would come more often than others. */
uint32_t arc4random_uniform(uint32_t limit)
{
    uint32_t least = limit ? -limit % limit : 0, value;

    if (limit < 2)
        return 0;
    do
        value = arc4random();
    while (value < least);
    return value % limit;
}
