/* The clock for programs: clock_page.h. The kernel's own reference keeps the frame for ever. */
#include "kernel/core/time/clock_page.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "lib/abi/time.h"

#define SHIFT 32u

static struct abi_clock *page; /* NULL: none */
static uint64_t frame;

int clock_page_init(void)
{
    int error = alloc_zeroed_frame(&frame);

    if (error) {
        frame = 0;
        return error;
    }
    page = phys_to_virt(frame);
    page->shift = SHIFT;
    return 0;
}

static void begin_change(void)
{
    __atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_SEQ_CST);
}

static void end_change(void)
{
    __atomic_store_n(&page->sequence, page->sequence + 1, __ATOMIC_SEQ_CST);
}

void clock_page_set(uint64_t base_tsc, uint64_t base_ns, uint64_t scale)
{
    if (!page)
        return;
    begin_change();
    page->base_tsc = base_tsc;
    page->base_ns = base_ns;
    page->multiplier = scale;
    end_change();
}

void clock_page_set_wall(uint64_t ns)
{
    if (!page)
        return;
    uint64_t saved = cpu_save_interrupts();

    begin_change();
    page->realtime_offset_ns = (int64_t)ns;
    end_change();
    cpu_restore_interrupts(saved);
}

uint64_t clock_page_frame(void)
{
    return frame;
}
