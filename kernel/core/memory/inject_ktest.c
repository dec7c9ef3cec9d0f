/* Memory that runs out in the middle of each larger operation: an error, and all is as before. The
   heap and threads have theirs beside them; the boot's own allocations, memory-fail=K on the
   command line. */
#include "kernel/core/memory/inject.h"

#include "kernel/arch/address_space.h"
#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/kernel_stack.h"
#include "kernel/core/memory/slab.h"
#include "kernel/test/ktest.h"
#include "lib/errno.h"

#define DEVICE_PHYS  0xfd000000ull /* nobody looks what is there */
#define DEVICE_BYTES (6ull << 20) /* a few tables */
#define USER_AT      0x4000000000ull

static struct address_space space, copy;

static int use_device_map(void)
{
    volatile void *at = device_map(DEVICE_PHYS, DEVICE_BYTES, PAGE_UNCACHED);

    if (!at)
        return -ENOMEM;
    device_unmap(at, DEVICE_BYTES);
    return 0;
}

static int use_stack(void)
{
    uint64_t top;
    int error = kernel_stack_alloc(&top);

    return error ? error : kernel_stack_free(top);
}

static int use_cache(void)
{
    struct slab_cache *cache;
    int error = slab_cache_create("unlucky", 700, 8, NULL, &cache);
    void *object;

    if (error)
        return error;
    object = slab_alloc(cache);
    if (object)
        slab_free(cache, object);
    error = slab_cache_destroy(cache);
    return error ? error : object ? 0 : -ENOMEM;
}

/* A page in a new space, and a copy of that. */
static int use_address_spaces(void)
{
    uint64_t phys;
    int error = address_space_create(&space);

    if (error)
        return error;
    error = alloc_frame(&phys);
    if (!error) {
        error = address_space_map(&space, USER_AT, phys, PAGE_SIZE, PAGE_USER | PAGE_WRITE);
        if (error)
            (void)!free_frame(phys);
    }
    if (!error) {
        error = address_space_clone(&space, &copy);
        if (!error)
            address_space_free(&copy);
    }
    address_space_free(&space);
    return error;
}

/* The frames that are missing after every single failure; UINT64_MAX: the answer was another error.
   */
static uint64_t lost_by_failures(int (*use)(void))
{
    uint64_t before;
    int error = use(); /* tables that stay are there now */

    (void)slab_reclaim();
    before = frames_free();
    for (unsigned k = 1; k <= 20 && (error == 0 || error == -ENOMEM); k++) {
        (void)slab_reclaim();
        memory_fail_in = k;
        error = use();
        memory_fail_in = 0;
    }
    (void)slab_reclaim();
    return error ? UINT64_MAX : before - frames_free();
}

KTEST(inject_device_map)
{
    EXPECT_EQUAL(lost_by_failures(use_device_map), 0);
}

KTEST(inject_kernel_stacks)
{
    EXPECT_EQUAL(lost_by_failures(use_stack), 0);
}

KTEST(inject_slab_caches)
{
    EXPECT_EQUAL(lost_by_failures(use_cache), 0);
}

KTEST(inject_address_spaces)
{
    EXPECT_EQUAL(lost_by_failures(use_address_spaces), 0);
}
