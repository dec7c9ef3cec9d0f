/* Regions: found, added, cut, removed. What happens in them is fault.c's. Use: memory_map.h. */
#include "kernel/process/memory_map.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/core/memory/slab.h"
#include "kernel/core/memory/user_memory.h"
#include "kernel/fs/vfs.h"
#include "kernel/process/map_private.h"
#include "lib/errno.h"

#define FIND_TOP (USER_END - (1ull << 30)) /* mmap chooses below; the stack lies above */

static struct slab_cache maps, regions;

int memory_maps_init(void)
{
    int error = slab_cache_init(&maps, "memory map", sizeof(struct memory_map),
                                _Alignof(struct memory_map), NULL);

    return error ? error
                 : slab_cache_init(&regions, "region", sizeof(struct region),
                                   _Alignof(struct region), NULL);
}

/* ---- the tree: call with the lock ------------------------------------------------------------ */

static struct region *region_of(struct rb_node *node)
{
    return (struct region *)node; /* its first member */
}
_Static_assert(offsetof(struct region, node) == 0, "region_of");

struct region *region_next(const struct region *region)
{
    return region_of(rb_next(&region->node));
}

static struct region *first(const struct memory_map *map)
{
    return region_of(map->regions.first);
}

/* The first region that ends behind the address; NULL: none does. */
struct region *region_from(struct memory_map *map, uint64_t address)
{
    struct rb_node *node = map->regions.root;
    struct region *best = NULL, *recent = map->recent;

    if (recent && region_start(recent) <= address && address < recent->end)
        return recent;
    while (node) {
        struct region *region = region_of(node);

        if (address < region->end)
            best = region;
        node = node->child[address >= region->end];
    }
    if (best)
        map->recent = best;
    return best;
}

static void insert(struct memory_map *map, struct region *region, uint64_t start)
{
    if (region->shared)
        __atomic_store_n(&map->has_shared, true, __ATOMIC_RELEASE);
    rb_insert(&map->regions, &region->node, start);
    map->count++;
    map->bytes += region->end - start;
}

static void take_out(struct memory_map *map, struct region *region)
{
    rb_remove(&map->regions, &region->node);
    map->count--;
    map->bytes -= region->end - region_start(region);
    map->recent = NULL;
}

static void region_free(struct region *region)
{
    if (region->file)
        file_put(region->file);
    slab_free(&regions, region);
}

/* ---- cutting --------------------------------------------------------------------------------- */

/* The part of the region from `at` on becomes one of its own, which is `spare`. */
static void cut(struct memory_map *map, struct region *region, uint64_t at, struct region *spare)
{
    uint64_t start = region_start(region);

    *spare = *region;
    spare->offset += at - start;
    spare->ahead = 0;
    if (spare->file)
        (void)file_get(spare->file);
    map->bytes -= region->end - at;
    region->end = at;
    insert(map, spare, at);
}

/* Afterwards no region reaches across `at`. *spare is used, or stays. */
static void cut_at(struct memory_map *map, uint64_t at, struct region **spare)
{
    struct region *region = region_from(map, at);

    if (!region || region_start(region) >= at)
        return;
    cut(map, region, at, *spare);
    *spare = NULL;
}

struct spares {
    struct region *first, *second;
};

static void spares_free(struct spares *spares)
{
    if (spares->first)
        slab_free(&regions, spares->first);
    if (spares->second)
        slab_free(&regions, spares->second);
}

/* What cutting at two places may need. */
static int spares_take(struct memory_map *map, struct spares *spares)
{
    *spares = (struct spares){NULL, NULL};
    if (map->count + 2 > REGIONS_MAX)
        return -ENOMEM;
    spares->first = slab_alloc(&regions);
    spares->second = slab_alloc(&regions);
    if (spares->first && spares->second)
        return 0;
    spares_free(spares);
    return -ENOMEM;
}

static bool is_range(uint64_t at, uint64_t size)
{
    return at % PAGE_SIZE == 0 && size > 0 && at >= USER_START && at < USER_END
           && size <= USER_END - at;
}

/* Nothing is left of [at, end), at whose ends no region reaches across. */
static void clear(struct memory_map *map, uint64_t at, uint64_t end)
{
    struct region *region = region_from(map, at);

    while (region && region_start(region) < end) {
        struct region *next = region_next(region);

        region_unmap(map, region);
        take_out(map, region);
        region_free(region);
        region = next;
    }
}

static int remove_range(struct memory_map *map, uint64_t at, uint64_t end)
{
    struct region *region = region_from(map, at);
    struct spares spares;

    if (!region || region_start(region) >= end)
        return 0;
    int error = spares_take(map, &spares);

    if (error)
        return error;
    cut_at(map, at, &spares.first);
    cut_at(map, end, &spares.second);
    spares_free(&spares);
    clear(map, at, end);
    return 0;
}

static uint64_t round_up(uint64_t size)
{
    return (size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
}

int memory_map_remove(struct memory_map *map, uint64_t at, uint64_t size)
{
    if (size > USER_END || !is_range(at, round_up(size)))
        return -EINVAL;
    mutex_lock(&map->lock);
    int error = remove_range(map, at, at + round_up(size));

    mutex_unlock(&map->lock);
    return error;
}

/* ---- adding ---------------------------------------------------------------------------------- */

/* The highest gap of that size below FIND_TOP. 0: none. */
static uint64_t find_gap(struct memory_map *map, uint64_t size)
{
    uint64_t best = 0, from = USER_START;

    for (struct region *region = first(map); region && from < FIND_TOP;
         region = region_next(region)) {
        uint64_t to = region_start(region) < FIND_TOP ? region_start(region) : FIND_TOP;

        if (from <= to && size <= to - from)
            best = to - size;
        from = region->end;
    }
    if (from < FIND_TOP && size <= FIND_TOP - from)
        best = FIND_TOP - size;
    return best;
}

/* A neighbour of the same kind takes the new range in, and no region is needed. */
static bool extend(struct memory_map *map, const struct mapping *mapping)
{
    struct region *before = mapping->at > USER_START ? region_from(map, mapping->at - 1) : NULL;

    if (!before || before->end != mapping->at || before->file || mapping->file || before->shared
        || before->protection != mapping->protection)
        return false;
    before->end += mapping->size;
    map->bytes += mapping->size;
    return true;
}

static int add_region(struct memory_map *map, const struct mapping *mapping)
{
    struct region *region;

    if (map->bytes > map->limit || mapping->size > map->limit - map->bytes)
        return -ENOMEM;
    if (extend(map, mapping))
        return 0;
    region = map->count < REGIONS_MAX ? slab_alloc(&regions) : NULL;
    if (!region)
        return -ENOMEM;
    *region = (struct region){
        .end = mapping->at + mapping->size,
        .protection = mapping->protection,
        .shared = mapping->flags & MAP_SHARED,
        .device = mapping->device,
        .file = mapping->file ? file_get(mapping->file) : NULL,
        .offset = mapping->offset,
    };
    insert(map, region, mapping->at);
    return 0;
}

/* Where it goes, and that it may go there. */
static int place(struct memory_map *map, struct mapping *mapping)
{
    bool fixed = mapping->flags & (MAP_FIXED | MAP_FIXED_NOREPLACE);
    struct region *there;

    if (fixed || (mapping->at && mapping->at % PAGE_SIZE == 0)) {
        if (is_range(mapping->at, mapping->size)) {
            there = region_from(map, mapping->at);
            if (!there || region_start(there) >= mapping->at + mapping->size)
                return 0;
            if (mapping->flags & MAP_FIXED_NOREPLACE)
                return -EEXIST;
            if (mapping->flags & MAP_FIXED)
                return remove_range(map, mapping->at, mapping->at + mapping->size);
        } else if (fixed) {
            return -EINVAL;
        }
    }
    mapping->at = find_gap(map, mapping->size);
    return mapping->at ? 0 : -ENOMEM;
}

/* A device's pages are what they are: nobody gets a copy of one, and no code comes from there. */
static int check_device(struct mapping *mapping)
{
    struct file *file = mapping->file;
    uint64_t last = mapping->offset + mapping->size - PAGE_SIZE, phys;

    mapping->device = 0;
    if (!file || !file->operations->map_device)
        return 0;
    if (!(mapping->flags & MAP_SHARED))
        return -EINVAL;
    if (mapping->protection & PROT_EXEC)
        return -EACCES;
    int error = file->operations->map_device(file, last, &phys, &mapping->device);

    if (!error && mapping->device & PAGE_READ_ONLY && mapping->protection & PROT_WRITE)
        return -EACCES;
    mapping->device |= PAGE_DEVICE;
    return error;
}

int memory_map_add(struct memory_map *map, struct mapping *mapping)
{
    unsigned both = PROT_WRITE | PROT_EXEC;

    if (mapping->size == 0 || mapping->protection & ~(PROT_READ | both)
        || (mapping->protection & both) == both || mapping->offset % PAGE_SIZE)
        return -EINVAL;
    if (mapping->size > USER_END)
        return -ENOMEM;
    mapping->size = round_up(mapping->size);
    if (mapping->offset > INT64_MAX - mapping->size)
        return -EOVERFLOW;
    int error = check_device(mapping);

    if (error)
        return error;
    mutex_lock(&map->lock);
    error = place(map, mapping);
    if (!error)
        error = add_region(map, mapping);
    mutex_unlock(&map->lock);
    return error;
}

/* ---- other rights ---------------------------------------------------------------------------- */

/* [at, end) is covered without a gap, by regions that may have these rights. */
static int may_protect(struct memory_map *map, uint64_t at, uint64_t end, unsigned protection)
{
    struct region *region = region_from(map, at);

    while (region && region_start(region) <= at) {
        if (protection & PROT_WRITE && region->shared && region->file
            && ((region->file->flags & O_ACCMODE) != O_RDWR || region->device & PAGE_READ_ONLY))
            return -EACCES;
        if (protection & PROT_EXEC && region->file
            && (region->device || !file_may_run(region->file)))
            return -EACCES;
        at = region->end;
        if (at >= end)
            return 0;
        region = region_next(region);
    }
    return -ENOMEM;
}

static int protect(struct memory_map *map, uint64_t at, uint64_t end, unsigned protection)
{
    struct spares spares;
    int error = may_protect(map, at, end, protection);

    if (!error)
        error = spares_take(map, &spares);
    if (error)
        return error;
    cut_at(map, at, &spares.first);
    cut_at(map, end, &spares.second);
    spares_free(&spares);
    for (struct region *region = region_from(map, at); region && region_start(region) < end;
         region = region_next(region)) {
        region->protection = protection;
        region_protect(map, region);
    }
    return 0;
}

int memory_map_protect(struct memory_map *map, uint64_t at, uint64_t size, unsigned protection)
{
    unsigned both = PROT_WRITE | PROT_EXEC;

    if (at % PAGE_SIZE || protection & ~(PROT_READ | both) || (protection & both) == both)
        return -EINVAL;
    if (size == 0)
        return 0;
    if (size > USER_END || !is_range(at, round_up(size)))
        return -ENOMEM;
    mutex_lock(&map->lock);
    int error = protect(map, at, at + round_up(size), protection);

    mutex_unlock(&map->lock);
    return error;
}

/* ---- the heap -------------------------------------------------------------------------------- */

static void move_heap(struct memory_map *map, uint64_t end)
{
    uint64_t from = round_up(map->heap_end), to = round_up(end);
    struct mapping more = {.at = from, .size = to - from, .protection = PROT_READ | PROT_WRITE,
                           .flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE | MAP_ANONYMOUS};
    int error = 0;

    if (to > from) {
        error = place(map, &more);
        if (!error)
            error = add_region(map, &more);
    } else if (to < from) {
        error = remove_range(map, to, from);
    }
    if (!error)
        map->heap_end = end;
}

uint64_t memory_map_brk(struct memory_map *map, uint64_t end)
{
    mutex_lock(&map->lock);
    if (map->heap_start && end >= map->heap_start && end < FIND_TOP)
        move_heap(map, end);
    end = map->heap_end;
    mutex_unlock(&map->lock);
    return end;
}

/* ---- maps ------------------------------------------------------------------------------------ */

int memory_map_create(struct memory_map **map)
{
    struct memory_map *made = slab_alloc(&maps);

    if (!made)
        return -ENOMEM;
    *made = (struct memory_map){.references = 1, .limit = UINT64_MAX};
    mutex_init(&made->lock, "memory map");
    int error = address_space_create(&made->space);

    if (error)
        slab_free(&maps, made);
    else
        *map = made;
    return error;
}

static int clone_regions(struct memory_map *from, struct memory_map *to)
{
    for (struct region *region = first(from); region; region = region_next(region)) {
        struct region *copy = slab_alloc(&regions);

        if (!copy)
            return -ENOMEM;
        *copy = *region;
        if (copy->file)
            (void)file_get(copy->file);
        insert(to, copy, region_start(region));
    }
    return 0;
}

int memory_map_clone(struct memory_map *from, struct memory_map **to)
{
    struct memory_map *made = slab_alloc(&maps);

    if (!made)
        return -ENOMEM;
    *made = (struct memory_map){.references = 1};
    mutex_init(&made->lock, "memory map");
    mutex_lock(&from->lock);
    made->limit = from->limit;
    made->heap_start = from->heap_start;
    made->heap_end = from->heap_end;
    made->pages = made->most_pages = from->pages;
    int error = address_space_clone(&from->space, &made->space);

    if (error) {
        slab_free(&maps, made);
    } else {
        error = clone_regions(from, made);
        if (error)
            memory_map_put(made);
        else
            *to = made;
    }
    mutex_unlock(&from->lock);
    return error;
}

struct memory_map *memory_map_get(struct memory_map *map)
{
    (void)__atomic_add_fetch(&map->references, 1, __ATOMIC_RELAXED);
    return map;
}

void memory_map_put(struct memory_map *map)
{
    struct region *region;

    if (__atomic_sub_fetch(&map->references, 1, __ATOMIC_ACQ_REL))
        return;
    while ((region = first(map))) {
        region_forget(map, region);
        take_out(map, region);
        region_free(region);
    }
    address_space_free(&map->space);
    slab_free(&maps, map);
}

bool memory_map_is_shared(struct memory_map *map, uint64_t address)
{
    if (!__atomic_load_n(&map->has_shared, __ATOMIC_ACQUIRE))
        return false;
    mutex_lock(&map->lock);
    const struct region *region = region_from(map, address);
    bool shared = region && region_start(region) <= address && region->shared;

    mutex_unlock(&map->lock);
    return shared;
}

/* ---- for those who look on ------------------------------------------------------------------- */

int memory_map_region(struct memory_map *map, unsigned index, struct region_info *info)
{
    mutex_lock(&map->lock);
    struct region *region = first(map);

    for (; region && index > 0; index--)
        region = region_next(region);
    if (region)
        *info = (struct region_info){
            .start = region_start(region),
            .end = region->end,
            .offset = region->offset,
            .protection = region->protection,
            .shared = region->shared,
            .file = region->file != NULL,
            .inode = region->file && region->file->inode ? region->file->inode->number : 0,
        };
    mutex_unlock(&map->lock);
    return region ? 0 : -ENOENT;
}
