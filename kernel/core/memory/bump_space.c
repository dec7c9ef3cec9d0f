/* The bump heap's arithmetic. Use: bump_space.h. */
#include "kernel/core/memory/bump_space.h"

#include "lib/errno.h"

void bump_space_move(struct bump_space *space, uint64_t base, uint64_t bytes)
{
    space->earlier += space->next - space->base;
    space->base = base;
    space->bytes = bytes;
    space->next = base;
}

/*@ requires 0 < align;
    assigns \nothing;
    ensures \result < align && (from + \result) % align == 0; */
/* Bytes from there to the next multiple. */
static uint64_t gap_to(uint64_t from, uint64_t align)
{
    uint64_t over = from % align;

    //@ assert from + (align - over) == (from / align + 1) * align;
    //@ assert (from + (align - over)) % align == 0;
    return over ? align - over : 0;
}

int bump_space_fit(const struct bump_space *space, uint64_t size, uint64_t align, uint64_t *start)
{
    uint64_t left = space->bytes - (space->next - space->base);

    if (align == 0)
        return -EINVAL;
    uint64_t gap = gap_to(space->next, align);
    if (gap > left || size > left - gap)
        return -ENOMEM;
    *start = space->next + gap;
    return 0;
}

void bump_space_take(struct bump_space *space, uint64_t start, uint64_t size)
{
    space->next = start + size;
    space->used += size;
}

int bump_space_give(struct bump_space *space, uint64_t start, uint64_t size)
{
    if (size > space->used)
        return -EINVAL;
    if (start >= space->base && start <= space->next) { /* else it is of a former stretch */
        if (size > space->next - start)
            return -EINVAL;
        if (size == space->next - start)
            space->next = start;
    } else if (size > space->earlier) {
        return -EINVAL;
    }
    space->used -= size;
    return 0;
}
