#include "kernel/core/memory/inject.h"

uint64_t memory_fail_in, disk_fail_in;
bool (*inject_applies)(void);

bool inject_is_due(uint64_t *in)
{
    return (!inject_applies || inject_applies()) && --*in == 0;
}
