#include <malloc.h>
#include <stdlib.h>

#include "user/libc/libc.h"

int posix_memalign(void **to, size_t align, size_t bytes)
{
    void *memory;
    int before = errno;

    if (align < sizeof(void *) || align & (align - 1))
        return EINVAL;
    memory = memalign(align, bytes);
    errno = before;
    if (!memory)
        return ENOMEM;
    *to = memory;
    return 0;
}

void *aligned_alloc(size_t align, size_t bytes)
{
    return memalign(align, bytes);
}
