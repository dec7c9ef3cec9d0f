/* links: kernel/core/memory/inject.c kernel/process/fault.c lib/rbtree.c tests/host/fs_fakes.c */
/* Regions of a device: its pages are mapped as they are, and no way leads to a count of a frame, a
   copy or code. The address space is a short list of pages here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/inject.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/memory_map.h"
#include "lib/errno.h"
#include "tests/host/fs_fakes.h"

#define DEVICE_PHYS  0xe0000000ull
#define DEVICE_PAGES 100u
#define AT           0x10000000ull
#define READ_WRITE   (PROT_READ | PROT_WRITE)

/* ---- the fakes ------------------------------------------------------------------------------- */

static struct page_of {
    const struct address_space *space; /* NULL: none */
    uint64_t virt, phys;
    unsigned flags;
} pages[1000];
static unsigned asked; /* the device for a page */
static unsigned device_flags;
static bool fill_fails;

static struct page_of *find(const struct address_space *space, uint64_t virt)
{
    for (unsigned i = 0; i < array_length(pages); i++)
        if (pages[i].space == space && (!space || pages[i].virt == virt))
            return &pages[i];
    return NULL;
}

/* Of the device, and as a device's page must be. */
static void put(const struct address_space *space, uint64_t virt, uint64_t phys, unsigned flags)
{
    struct page_of *page = find(space, virt) ?: find(NULL, 0);

    assert_non_null(page);
    assert_in_range(phys, DEVICE_PHYS, DEVICE_PHYS + (DEVICE_PAGES - 1) * PAGE_SIZE);
    assert_true(flags & PAGE_DEVICE && flags & PAGE_WRITE_COMBINING && flags & PAGE_USER);
    assert_false(flags & PAGE_EXECUTE);
    *page = (struct page_of){space, virt, phys, flags};
}

int address_space_create(struct address_space *space)
{
    memset(space, 0, sizeof(*space));
    return 0;
}

int address_space_clone(struct address_space *from, struct address_space *to)
{
    for (unsigned i = 0; i < array_length(pages); i++)
        if (pages[i].space == from)
            put(to, pages[i].virt, pages[i].phys, pages[i].flags);
    return 0;
}

void address_space_release(struct address_space *space, uint64_t virt, uint64_t bytes)
{
    for (unsigned i = 0; i < array_length(pages); i++)
        if (pages[i].space == space && pages[i].virt >= virt && pages[i].virt < virt + bytes)
            pages[i].space = NULL;
}

void address_space_free(struct address_space *space)
{
    address_space_release(space, 0, UINT64_MAX);
}

int address_space_fill(struct address_space *space, uint64_t virt, uint64_t *frames, unsigned count,
                       unsigned flags)
{
    assert_in_range(count, 1, ADDRESS_SPACE_FILL_MAX);
    assert_int_equal(virt >> 21, (virt + (count - 1) * PAGE_SIZE) >> 21); /* one page table */
    if (fill_fails)
        return -ENOMEM;
    for (unsigned i = 0; i < count; i++) {
        if (find(space, virt + i * PAGE_SIZE))
            continue;
        put(space, virt + i * PAGE_SIZE, frames[i], flags);
        frames[i] = 0;
    }
    return 0;
}

bool address_space_peek(struct address_space *space, uint64_t virt, uint64_t *phys, unsigned *flags)
{
    const struct page_of *page = find(space, virt);

    if (page) {
        *phys = page->phys;
        *flags = page->flags & PAGE_WRITE;
    }
    return page;
}

bool address_space_replace(struct address_space *space, uint64_t virt, uint64_t phys, unsigned flags)
{
    assert_non_null(find(space, virt));
    put(space, virt, phys, flags);
    return true;
}

/* Without PAGE_USER: nobody's, but there still. */
void address_space_restrict(struct address_space *space, uint64_t virt, uint64_t bytes,
                            unsigned flags)
{
    for (unsigned i = 0; i < array_length(pages); i++)
        if (pages[i].space == space && pages[i].virt >= virt && pages[i].virt < virt + bytes)
            put(space, pages[i].virt, pages[i].phys,
                flags ? flags : PAGE_USER | PAGE_DEVICE | PAGE_WRITE_COMBINING);
}

int frame_get(uint64_t phys)
{
    fail_msg("a frame's count was asked for: 0x%llx", (unsigned long long)phys);
    return 0;
}

unsigned frame_references(uint64_t phys)
{
    fail_msg("a frame's count was looked at: 0x%llx", (unsigned long long)phys);
    return 0;
}

int alloc_zeroed_frame(uint64_t *phys)
{
    fail_msg("a frame was taken %p", (void *)phys);
    return 0;
}

void cpu_copy_page(void *to, const void *from)
{
    fail_msg("a page was copied: %p %p", to, from);
}

int page_get_around(struct page_cache *cache, uint64_t index, struct page **found)
{
    fail_msg("the page cache was asked: %p %llu %p", (void *)cache, (unsigned long long)index,
             (void *)found);
    return 0;
}

/* ---- the device ------------------------------------------------------------------------------ */

static int map_device(struct file *file, uint64_t offset, uint64_t *phys, unsigned *flags)
{
    assert_non_null(file);
    asked++;
    if (offset >= DEVICE_PAGES * PAGE_SIZE)
        return -ENXIO;
    *phys = DEVICE_PHYS + offset;
    *flags = PAGE_WRITE_COMBINING | device_flags;
    return 0;
}

static const struct file_operations operations = {.map_device = map_device};
static struct inode inode;
static struct file file = {.operations = &operations, .inode = &inode};

struct file *file_get(struct file *of)
{
    of->references++;
    return of;
}

void file_put(struct file *of)
{
    assert_true(of->references-- > 0);
}

bool file_may_run(const struct file *of)
{
    assert_non_null(of);
    return true;
}

static struct memory_map *map;

static int begin(void **state)
{
    (void)state;
    file.references = asked = device_flags = 0;
    file.flags = O_RDWR;
    fill_fails = false;
    return memory_maps_init() || memory_map_create(&map);
}

static int end(void **state)
{
    (void)state;
    memory_map_put(map);
    assert_int_equal(file.references, 0);
    for (unsigned i = 0; i < array_length(pages); i++)
        assert_null(pages[i].space);
    return 0;
}

static struct mapping of_device(uint64_t count, uint64_t first)
{
    return (struct mapping){.at = AT, .size = count * PAGE_SIZE, .protection = READ_WRITE,
                            .flags = MAP_SHARED | MAP_FIXED, .file = &file,
                            .offset = first * PAGE_SIZE};
}

static void add(uint64_t count, uint64_t first)
{
    struct mapping mapping = of_device(count, first);

    assert_int_equal(memory_map_add(map, &mapping), 0);
    assert_int_equal(mapping.at, AT);
}

static unsigned there(const struct memory_map *in)
{
    unsigned count = 0;

    for (unsigned i = 0; i < array_length(pages); i++)
        count += pages[i].space == &in->space;
    return count;
}

static int touch(struct memory_map *in, uint64_t page, unsigned access)
{
    return memory_map_fault(in, AT + page * PAGE_SIZE + 123, access | FAULT_USER);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_what_cannot_be_mapped(void **state)
{
    struct mapping mapping = of_device(1, 0);

    (void)state;
    mapping.flags = MAP_PRIVATE;
    assert_int_equal(memory_map_add(map, &mapping), -EINVAL);
    mapping = of_device(1, 0);
    mapping.protection = PROT_READ | PROT_EXEC;
    assert_int_equal(memory_map_add(map, &mapping), -EACCES);
    mapping = of_device(DEVICE_PAGES + 1, 0);
    assert_int_equal(memory_map_add(map, &mapping), -ENXIO);
    mapping = of_device(1, DEVICE_PAGES);
    assert_int_equal(memory_map_add(map, &mapping), -ENXIO);
    mapping = of_device(1ull << 33, 0);
    assert_int_equal(memory_map_add(map, &mapping), -ENXIO);
    mapping = of_device(1, (1ull << 51) - 1);
    assert_int_equal(memory_map_add(map, &mapping), -EOVERFLOW);
    assert_int_equal(map->count, 0);
    assert_int_equal(file.references, 0);
}

static void test_pages_come_in_runs(void **state)
{
    (void)state;
    add(40, 60);
    asked = 0;
    assert_int_equal(touch(map, 5, FAULT_WRITE), 0);
    assert_int_equal(there(map), 11); /* up to the next multiple of 16 */
    assert_int_equal(find(&map->space, AT + 5 * PAGE_SIZE)->phys, DEVICE_PHYS + 65 * PAGE_SIZE);
    assert_true(find(&map->space, AT + 15 * PAGE_SIZE)->flags & PAGE_WRITE);
    assert_int_equal(touch(map, 0, 0), 0);
    assert_int_equal(there(map), 16);
    assert_int_equal(touch(map, 39, 0), 0); /* not behind the region's end */
    assert_int_equal(there(map), 17);
    assert_int_equal(touch(map, 39, FAULT_WRITE | FAULT_PRESENT), 0); /* the CPU remembered wrong */
    assert_int_equal(touch(map, 40, 0), -EFAULT);
    assert_int_equal(touch(map, 1, FAULT_EXECUTE), -EFAULT);
    assert_int_equal(map->pages, 0); /* no memory of its own */
    fill_fails = true;
    assert_int_equal(touch(map, 20, 0), -ENOMEM);
}

static void test_rights_come_and_go(void **state)
{
    (void)state;
    add(20, 0);
    for (unsigned i = 0; i < 20; i++)
        assert_int_equal(touch(map, i, FAULT_WRITE), 0);
    assert_int_equal(memory_map_protect(map, AT + PAGE_SIZE, PAGE_SIZE, PROT_READ), 0);
    assert_int_equal(map->count, 3);
    assert_false(find(&map->space, AT + PAGE_SIZE)->flags & PAGE_WRITE);
    assert_int_equal(touch(map, 1, FAULT_WRITE | FAULT_PRESENT), -EFAULT);
    assert_int_equal(memory_map_protect(map, AT, 20 * PAGE_SIZE, PROT_READ | PROT_EXEC), -EACCES);
    assert_int_equal(memory_map_protect(map, AT, 20 * PAGE_SIZE, PROT_EXEC), -EACCES);
    assert_int_equal(memory_map_protect(map, AT, 20 * PAGE_SIZE, PROT_NONE), 0);
    assert_int_equal(touch(map, 3, 0), -EFAULT);
    assert_int_equal(memory_map_protect(map, AT, 20 * PAGE_SIZE, READ_WRITE), 0);
    assert_true(find(&map->space, AT + PAGE_SIZE)->flags & PAGE_WRITE);
    assert_int_equal(touch(map, 1, FAULT_WRITE | FAULT_PRESENT), 0);
    assert_int_equal(memory_map_sync(map, AT, 20 * PAGE_SIZE, MS_SYNC), 0);
    file.flags = O_RDONLY;
    assert_int_equal(memory_map_protect(map, AT, PAGE_SIZE, READ_WRITE), -EACCES);
}

static void test_what_is_not_to_be_written(void **state)
{
    struct mapping mapping = of_device(2, 0);

    (void)state;
    device_flags = PAGE_READ_ONLY;
    assert_int_equal(memory_map_add(map, &mapping), -EACCES);
    mapping.protection = PROT_READ;
    assert_int_equal(memory_map_add(map, &mapping), 0);
    assert_int_equal(memory_map_protect(map, AT, PAGE_SIZE, READ_WRITE), -EACCES);
    assert_int_equal(touch(map, 0, 0), 0);
    assert_int_equal(touch(map, 1, FAULT_WRITE), -EFAULT);
    assert_false(find(&map->space, AT)->flags & PAGE_WRITE);
}

static void test_a_hole(void **state)
{
    (void)state;
    add(10, 0);
    assert_int_equal(touch(map, 0, FAULT_WRITE), 0);
    assert_int_equal(memory_map_remove(map, AT + 3 * PAGE_SIZE, 2 * PAGE_SIZE), 0);
    assert_int_equal(there(map), 8);
    assert_int_equal(file.references, 2);
    assert_int_equal(touch(map, 3, 0), -EFAULT);
    assert_int_equal(touch(map, 5, 0), 0);
    assert_int_equal(find(&map->space, AT + 5 * PAGE_SIZE)->phys, DEVICE_PHYS + 5 * PAGE_SIZE);
}

static void test_a_fork_shares_it(void **state)
{
    struct memory_map *child;

    (void)state;
    add(10, 0);
    assert_int_equal(touch(map, 0, FAULT_WRITE), 0);
    assert_int_equal(memory_map_clone(map, &child), 0);
    assert_int_equal(there(child), 10);
    assert_int_equal(file.references, 2);
    assert_int_equal(touch(child, 4, FAULT_WRITE | FAULT_PRESENT), 0);
    assert_int_equal(find(&child->space, AT + 4 * PAGE_SIZE)->phys, DEVICE_PHYS + 4 * PAGE_SIZE);
    assert_int_equal(memory_map_remove(map, AT, 10 * PAGE_SIZE), 0);
    assert_int_equal(there(child), 10);
    memory_map_put(child);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_what_cannot_be_mapped), TEST(test_pages_come_in_runs),
        TEST(test_rights_come_and_go),    TEST(test_a_hole),
        TEST(test_a_fork_shares_it),      TEST(test_what_is_not_to_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
