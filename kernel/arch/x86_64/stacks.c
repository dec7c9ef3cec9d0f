/* Whose guard page an address lies in. */
#include "kernel/arch/x86_64/stacks.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/kernel_stack.h"

static bool lies_in(uint64_t virt, const uint8_t *page)
{
    return virt - (uintptr_t)page < PAGE_SIZE;
}

bool stack_guard_at(uint64_t virt, const char **name)
{
    static const char *const exception_names[IST_COUNT] = {
        [IST_DOUBLE_FAULT - 1] = "double-fault",
        [IST_NMI - 1] = "NMI",
        [IST_MACHINE_CHECK - 1] = "machine-check",
    };

    if (lies_in(virt, boot_stack.guard)) {
        *name = "boot";
        return true;
    }
    for (unsigned i = 0; i < IST_COUNT; i++) {
        if (lies_in(virt, exception_stacks[i].guard)) {
            *name = exception_names[i];
            return true;
        }
    }
    *name = "thread";
    return kernel_stack_guards(virt);
}
