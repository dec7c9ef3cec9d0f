/* The table of fix-ups, which the linker gathers (kernel.ld). A few dozen lines: searched in turn.
   */
#include "kernel/arch/x86_64/fixup.h"

#include <stddef.h>
#include <stdint.h>

#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/interrupt_frame.h"

#define EXCEPTION_GENERAL_PROTECTION 13 /* an address that is not canonical */

/* Distances from the member itself: they need no relocation. */
struct fixup {
    int32_t from, to, recovery;
};

extern const struct fixup fixups_start[], fixups_end[];

static uint64_t target(const int32_t *distance)
{
    return (uintptr_t)distance + (uint64_t)(int64_t)*distance;
}

/* The line for the instruction; NULL: none. */
static const struct fixup *find(const struct interrupt_frame *frame)
{
    bool by_address = frame->vector == EXCEPTION_PAGE_FAULT
                      || frame->vector == EXCEPTION_GENERAL_PROTECTION;

    if (!by_address || frame->cs & 3)
        return NULL;
    for (const struct fixup *fixup = fixups_start; fixup < fixups_end; fixup++)
        if (target(&fixup->from) <= frame->rip && frame->rip < target(&fixup->to))
            return fixup;
    return NULL;
}

bool fixup_known(const struct interrupt_frame *frame)
{
    return find(frame) != NULL;
}

bool fixup_recover(struct interrupt_frame *frame)
{
    const struct fixup *fixup = find(frame);

    if (fixup)
        frame->rip = target(&fixup->recovery);
    return fixup != NULL;
}
