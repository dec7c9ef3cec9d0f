/*
 * A disk in memory with a cache of blocks before it, as the ext2 writer's host (lib/ext2/write.h),
 * for host tests and the fuzzer. It aborts when the writer breaks its side of the contract, can
 * fail at the n-th request or allocation, and tells what a sync writes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ext2/write.h"

struct disk_slot; /* a cached block */

/* A block is about to be written by disk_sync. False: the power fails here. */
typedef bool disk_observer(void *context, uint32_t block, const uint8_t *bytes);

struct disk {
    uint8_t *medium;
    size_t size; /* bytes, a multiple of 4096 */
    uint32_t block_bytes, blocks;
    struct disk_slot *slots;    /* one a block */
    unsigned gets, failing_get; /* the failing one: 0 none, else counted from 1 */
    unsigned allocations, failing_allocation;
    bool failing_for_good; /* all from the failing one on */
    unsigned pins, most_pins;
    size_t allocated; /* bytes */
    disk_observer *observer;
    void *observer_context;
};

extern const struct ext2_host disk_host;

/* Takes over `medium` (from malloc). */
void disk_init(struct disk *disk, uint8_t *medium, size_t size);
void disk_load(struct disk *disk, const char *path);
void disk_save(const struct disk *disk, const char *path);
void disk_free(struct disk *disk);
/* ext2_mount and ext2_rw_open. */
int disk_open(struct disk *disk, struct ext2 *volume, struct ext2_rw *fs, uint32_t now);
/* What is changed goes to the medium: by stages, in each by number. False: the observer stopped it.
 */
bool disk_write(struct disk *disk);
/* A whole sync, and then the writer's thaw. */
int disk_sync(struct disk *disk, struct ext2_rw *fs, uint32_t now);
int disk_close(struct disk *disk, struct ext2_rw *fs, uint32_t now);
/* Forgets the cache, as a crash does. */
void disk_crash(struct disk *disk);
