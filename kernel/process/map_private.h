/* What memory_map.c and fault.c share. All with the map's lock, but for region_forget. */
#pragma once

#include "kernel/process/memory_map.h"

struct region *region_from(struct memory_map *map, uint64_t address);
struct region *region_next(const struct region *region);
/* Its pages go; what was written to a shared file is known to its cache. */
void region_unmap(struct memory_map *map, struct region *region);
/* The same before the whole address space goes, which takes the pages. */
void region_forget(struct memory_map *map, struct region *region);
/* Its pages get the rights of region->protection; writing is given by faults again. */
void region_protect(struct memory_map *map, struct region *region);
