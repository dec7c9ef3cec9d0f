/* Stacks for kernel threads. Use: kernel_stack_alloc → kernel_stack_free. Lock: stacks, then page
   tables. A few that were freed are kept as they are, mapped, for who comes next: but not in the
   debug kernel, where a freed stack shall be out of reach. */
#include "kernel/core/memory/kernel_stack.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/thread/stack.h"
#include "lib/bitmap.h"
#include "lib/errno.h"
#include "lib/string.h"

#define SLOT_BYTES  (2 * KERNEL_STACK_BYTES)
#define RANGE_BYTES (SLOT_BYTES * KERNEL_STACKS_MAX)
#ifdef DEBUG
#define KEPT_MAX 0u
#else
#define KEPT_MAX 4u
#endif

static struct spinlock lock = SPINLOCK("kernel stacks", LOCK_RANK_HEAP);
/* Under the lock. */
static uint64_t used[KERNEL_STACKS_MAX / 64]; /* a bit a slot */
static unsigned in_use;
static uint64_t search_from; /* no free slot lies below */
static unsigned kept_count;
static uint64_t kept[KEPT_MAX + 1]; /* slots, used as far as the bits say */

static uint64_t bottom_of(uint64_t slot)
{
    return VIRT_STACKS + slot * SLOT_BYTES + KERNEL_STACK_BYTES;
}

/* -ENOMEM: every slot is used. */
static int take_slot(uint64_t *slot)
{
    spin_lock(&lock);
    *slot = bitmap_find_clear(used, KERNEL_STACKS_MAX, search_from);
    if (*slot < KERNEL_STACKS_MAX) {
        bitmap_set(used, *slot);
        search_from = *slot + 1;
        in_use++;
    }
    spin_unlock(&lock);
    return *slot < KERNEL_STACKS_MAX ? 0 : -ENOMEM;
}

static void give_slot(uint64_t slot)
{
    spin_lock(&lock);
    bitmap_clear(used, slot);
    if (slot < search_from)
        search_from = slot;
    in_use--;
    spin_unlock(&lock);
}

/* Preferably the one that was used last. */
static bool take_kept(uint64_t *slot)
{
    spin_lock(&lock);
    bool some = kept_count > 0;

    if (some) {
        *slot = kept[--kept_count % array_length(kept)];
        in_use++;
    }
    spin_unlock(&lock);
    return some;
}

static bool keep(uint64_t slot)
{
    spin_lock(&lock);
    bool room = kept_count + 1 < array_length(kept);

    if (room) {
        kept[kept_count++ % array_length(kept)] = slot;
        in_use--;
    }
    spin_unlock(&lock);
    return room;
}

static bool is_kept(uint64_t slot)
{
    bool found = false;

    spin_lock(&lock);
    for (unsigned i = 0; i < kept_count && i < array_length(kept); i++)
        found = found || kept[i] == slot;
    spin_unlock(&lock);
    return found;
}

static int map_page(uint64_t virt)
{
    uint64_t phys;
    int error = alloc_frame(&phys);

    if (error)
        return error;
    stack_fill((uint64_t)phys_to_virt(phys), (uint64_t)phys_to_virt(phys) + PAGE_SIZE);
    error = page_map(virt, phys, PAGE_WRITE);
    if (error)
        (void)!free_frame(phys);
    return error;
}

/* The pages of [from, to), which were mapped by map_page, go. */
static void unmap_pages(uint64_t from, uint64_t to)
{
    for (; from < to; from += PAGE_SIZE) {
        uint64_t phys;

        if (page_translate(from, &phys) == 0 && page_unmap(from) == 0)
            (void)!free_frame(phys);
    }
}

int kernel_stack_alloc(uint64_t *top)
{
    uint64_t slot, bottom;

    if (take_kept(&slot)) {
        *top = bottom_of(slot) + KERNEL_STACK_BYTES;
        return 0;
    }
    int error = take_slot(&slot);

    if (error)
        return error;
    bottom = bottom_of(slot);
    for (uint64_t done = 0; done < KERNEL_STACK_BYTES; done += PAGE_SIZE) {
        error = map_page(bottom + done);
        if (error) {
            unmap_pages(bottom, bottom + done);
            give_slot(slot);
            return error;
        }
    }
    *top = bottom + KERNEL_STACK_BYTES;
    return 0;
}

int kernel_stack_free(uint64_t top)
{
    uint64_t end = top - VIRT_STACKS; /* of the slot */
    uint64_t slot = end / SLOT_BYTES - 1;

    if (top < VIRT_STACKS + SLOT_BYTES || end > RANGE_BYTES || end % SLOT_BYTES)
        return -EINVAL;
    if (!bitmap_get(used, slot) || is_kept(slot))
        return -EINVAL;
    /* One that was used to its end has lost its marks, and comes new. */
    if (stack_is_sound(bottom_of(slot)) && keep(slot))
        return 0;
    unmap_pages(bottom_of(slot), top);
    give_slot(slot);
    return 0;
}

void kernel_stacks_drop(void)
{
    uint64_t slot;

    while (take_kept(&slot)) {
        unmap_pages(bottom_of(slot), bottom_of(slot) + KERNEL_STACK_BYTES);
        give_slot(slot);
    }
}

bool kernel_stack_guards(uint64_t virt)
{
    uint64_t offset = virt - VIRT_STACKS;

    if (virt < VIRT_STACKS || offset >= RANGE_BYTES)
        return false;
    return offset % SLOT_BYTES < KERNEL_STACK_BYTES || !bitmap_get(used, offset / SLOT_BYTES);
}

unsigned kernel_stacks_in_use(void)
{
    return in_use;
}
