/* Heap stage 2: the linked-list heap in memory that grows. Lock: one, for all of it. */
#include "kernel/core/memory/heap_linear.h"
#include "kernel/core/memory/heap_stages.h"
#include "kernel/core/memory/list_heap.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/errno.h"

#define GROW_UNITS (64u * 1024 / LIST_UNIT) /* at least so much at a time */
#define UNITS_LIMIT (HEAP_LINEAR_BYTES / LIST_UNIT)

static struct spinlock lock = SPINLOCK("list heap", LOCK_RANK_HEAP);
static struct list_heap heap; /* under the lock */

void list_init(void)
{
    if (heap_linear_grow(HEAP_LINEAR_BASE + LIST_UNITS_MIN * LIST_UNIT) == 0)
        list_heap_init(&heap, (struct list_unit *)HEAP_LINEAR_BASE);
}

/* Room for `units` more at that alignment, whatever the end looks like; what could be mapped is
   used even if it is less. */
static int grow(uint64_t units, uint64_t align)
{
    uint64_t more = units + align + 1 > GROW_UNITS ? units + align + 1 : GROW_UNITS;
    int error;

    if (more > UNITS_LIMIT - heap.count)
        return -ENOMEM;
    error = heap_linear_grow(HEAP_LINEAR_BASE + (heap.count + more) * LIST_UNIT);
    if (error && units + align + 1 < more) /* perhaps the least that is needed */
        error = heap_linear_grow(HEAP_LINEAR_BASE + (heap.count + units + align + 1) * LIST_UNIT);
    if (error)
        return error;
    return list_heap_grow(&heap, (uint32_t)((heap_linear_end() - HEAP_LINEAR_BASE) / LIST_UNIT));
}

void *list_alloc(size_t size, size_t align)
{
    uint64_t units = (size + LIST_UNIT - 1) / LIST_UNIT;
    uint64_t align_units = align > LIST_UNIT ? align / LIST_UNIT : 1;
    uint32_t at;

    if (!heap.units || size > HEAP_LINEAR_BYTES / 4 || align > HEAP_LINEAR_BYTES / 4)
        return NULL;
    spin_lock(&lock);
    int error = list_heap_take(&heap, (uint32_t)units, (uint32_t)align_units, &at);
    if (error == -ENOMEM && grow(units, align_units) == 0)
        error = list_heap_take(&heap, (uint32_t)units, (uint32_t)align_units, &at);
    spin_unlock(&lock);
    return error ? NULL : &heap.units[at];
}

int list_dealloc(void *ptr)
{
    uint64_t offset = (uintptr_t)ptr - HEAP_LINEAR_BASE;
    int error = -EINVAL;

    spin_lock(&lock);
    if ((uintptr_t)ptr >= HEAP_LINEAR_BASE && offset % LIST_UNIT == 0
        && offset / LIST_UNIT < heap.count)
        error = list_heap_give(&heap, (uint32_t)(offset / LIST_UNIT));
    spin_unlock(&lock);
    return error;
}

size_t list_used(void)
{
    return (size_t)heap.used * LIST_UNIT;
}
