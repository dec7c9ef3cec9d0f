/*
 * What a process has in its address space: regions, each of one kind, and the pages of them that
 * are there already. A page comes when it is touched (memory_map_fault): zeros, a copy, the frame of
 * the file's page itself, or a page of a device. Threads of a process share one map; fork clones it,
 * and writable private pages are copied when one of the two writes. A device's pages are no frames:
 * nobody counts or copies them.
 *
 *     error = memory_map_create(&map);   … memory_map_add(map, &region) …   memory_map_put(map)
 *
 * Locks: the map's mutex, then the file's (page cache), the address space's spinlock innermost. All
 * but get may sleep.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/address_space.h"
#include "kernel/core/sync/mutex.h"
#include "lib/abi/memory.h"
#include "lib/compiler.h"
#include "lib/span.h"
#include "lib/rbtree.h"

#define REGIONS_MAX 65536u

struct file;

struct region {
    struct rb_node node; /* its key is where it begins */
    uint64_t end;
    unsigned protection; /* PROT_… */
    bool shared;
    unsigned device; /* PAGE_… of a device's own pages, which are no frames; 0: none */
    struct file *file; /* with a reference; NULL: zeros */
    uint64_t offset;   /* in the file, of its beginning: a multiple of a page */
    uint64_t next_fault; /* where touching it in order would go on, and how many pages come then */
    uint32_t ahead;
};

static inline uint64_t region_start(const struct region *region)
{
    return region->node.key;
}

struct memory_map {
    struct address_space space;
    uint32_t references; /* atomic: processes (one) and who looks on */
    struct mutex lock;
    /* Under the lock. */
    struct rb_tree regions;
    struct region *recent; /* the last one found; NULL: none */
    uint32_t count;
    uint64_t bytes;     /* of all regions */
    uint64_t limit;     /* RLIMIT_AS */
    uint64_t heap_start, heap_end; /* brk */
    uint64_t pages, most_pages;    /* that are there, about: shared ones count in each map */
    uint64_t minor_faults, major_faults;
    bool has_shared; /* or had: set before such a region is there, read without the lock */
};

int memory_maps_init(void) must_check; /* before any. -ENOMEM */
int memory_map_create(struct memory_map **map) must_check; /* -ENOMEM */
/* A copy for fork: private pages are copied on write. -ENOMEM. */
int memory_map_clone(struct memory_map *from, struct memory_map **to) must_check;
struct memory_map *memory_map_get(struct memory_map *map);
/* The last one frees everything. The address space is not loaded by a thread that will go on in
   it. */
void memory_map_put(struct memory_map *map);

/* What mmap says. *at: where; 0 and no MAP_FIXED: the map chooses, from the top down. -EINVAL:
   no multiple of a page, outside of the user half, no size, PROT_WRITE with PROT_EXEC; -EEXIST
   (MAP_FIXED_NOREPLACE); -ENOMEM: no room, or beyond the limit. Of a device: -EINVAL: not shared;
   -EACCES: to be executed, or written where it may not be; -ENXIO: behind its end. A reference of the
   file is taken. */
struct mapping {
    uint64_t at, size;
    unsigned protection, flags; /* PROT_…, MAP_… */
    struct file *file;
    uint64_t offset;
    unsigned device; /* set by memory_map_add */
};
int memory_map_add(struct memory_map *map, struct mapping *mapping) must_check;
/* Whatever is there goes. -EINVAL; -ENOMEM: a region would have to be cut in two. */
int memory_map_remove(struct memory_map *map, uint64_t at, uint64_t size) must_check;
/* -ENOMEM: part of it is not mapped; -EACCES: the file was not opened for that, or is a device and
   not to be executed. */
int memory_map_protect(struct memory_map *map, uint64_t at, uint64_t size,
                       unsigned protection) must_check;
/* Shared pages of files there are written. -ENOMEM: not mapped; the file's error. */
int memory_map_sync(struct memory_map *map, uint64_t at, uint64_t size, unsigned flags) must_check;
/* The end of the heap moves, or stays where it cannot. Returns where it is. */
uint64_t memory_map_brk(struct memory_map *map, uint64_t end);

/* access: FAULT_… of arch.h. -EFAULT: nothing may be there, or not that; -EIO, -ENOMEM. */
int memory_map_fault(struct memory_map *map, uint64_t address, unsigned access) must_check;
/* The same from outside, for a map that nobody has loaded: the page's frame, to be read, or with
   FAULT_WRITE to be written. */
int memory_map_page(struct memory_map *map, uint64_t address, unsigned access,
                    struct room *page) must_check;

/* A frame of the kernel's, with a reference of its own, as the page at `at` of a region that nobody
   may write. -ENOMEM. */
int memory_map_lend(struct memory_map *map, uint64_t at, uint64_t phys) must_check;

bool memory_map_is_shared(struct memory_map *map, uint64_t address); /* the region there */

/* The index-th region, for /proc. -ENOENT. */
struct region_info {
    uint64_t start, end, offset;
    unsigned protection;
    bool shared, file;
    uint64_t inode;
};
int memory_map_region(struct memory_map *map, unsigned index, struct region_info *info) must_check;
