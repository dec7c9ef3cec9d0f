/* The heap's end, for malloc. */
#include <unistd.h>

#include "user/libc/libc.h"

static uintptr_t end;

int brk(void *wanted)
{
    end = (uintptr_t)fastos_brk(wanted);
    if (end == (uintptr_t)wanted)
        return 0;
    errno = ENOMEM;
    return -1;
}

void *sbrk(ptrdiff_t more)
{
    uintptr_t before;

    if (!end)
        end = (uintptr_t)fastos_brk(NULL);
    before = end;
    if (more == 0 || brk((void *)(before + (uintptr_t)more)) == 0)
        return (void *)before;
    return (void *)-1;
}
