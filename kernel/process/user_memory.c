#include "kernel/process/user_memory.h"

#include <stdbool.h>

#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "lib/errno.h"

static bool is_user(uint64_t at, size_t bytes)
{
    return at <= USER_END && bytes <= USER_END - at;
}

int copy_from_user(void *to, uint64_t from, size_t bytes)
{
    return is_user(from, bytes) ? cpu_user_copy((uintptr_t)to, from, bytes) : -EFAULT;
}

int copy_to_user(uint64_t to, const void *from, size_t bytes)
{
    return is_user(to, bytes) ? cpu_user_copy(to, (uintptr_t)from, bytes) : -EFAULT;
}
