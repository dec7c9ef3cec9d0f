/* A disk in memory for tests of the ext2 writer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/errno.h"
#include "tests/host/ext2_disk.h"

struct disk_slot {
    uint8_t *bytes; /* NULL: not cached */
    unsigned pins;
    bool dirty;
    enum ext2_stage stage;
};

static void must(bool truth)
{
    if (!truth)
        abort();
}

static bool fails(const struct disk *disk, unsigned count, unsigned failing)
{
    return failing != 0 && (disk->failing_for_good ? count >= failing : count == failing);
}

static void slot_drop(struct disk *disk, struct disk_slot *slot)
{
    (void)disk;
    must(slot->pins == 0);
    free(slot->bytes);
    *slot = (struct disk_slot){0};
}

/* ---- the writer's host ---------------------------------------------------------------------- */

static int host_get(void *context, uint32_t number, bool fresh, struct ext2_block *block)
{
    struct disk *disk = context;

    must(number < disk->blocks && block->number == number);
    if (fails(disk, ++disk->gets, disk->failing_get))
        return -EIO;
    struct disk_slot *slot = &disk->slots[number];
    if (!slot->bytes) {
        slot->bytes = malloc(disk->block_bytes);
        must(slot->bytes != NULL);
        if (!fresh)
            memcpy(slot->bytes, disk->medium + (size_t)number * disk->block_bytes,
                   disk->block_bytes);
    }
    if (fresh)
        memset(slot->bytes, 0, disk->block_bytes);
    slot->pins++;
    if (++disk->pins > disk->most_pins)
        disk->most_pins = disk->pins;
    must(disk->pins <= 12);
    block->bytes = room_of((char *)slot->bytes, disk->block_bytes);
    block->handle = slot;
    return 0;
}

static void host_dirty(void *context, struct ext2_block *block, enum ext2_stage stage)
{
    struct disk *disk = context;
    struct disk_slot *slot = block->handle;

    must(slot == &disk->slots[block->number] && slot->pins > 0);
    slot->stage = slot->dirty && slot->stage < stage ? slot->stage : stage;
    slot->dirty = true;
}

static void host_put(void *context, struct ext2_block *block)
{
    struct disk *disk = context;
    struct disk_slot *slot = block->handle;

    must(slot == &disk->slots[block->number] && slot->pins > 0);
    slot->pins--;
    disk->pins--;
}

static void host_forget(void *context, uint32_t first, uint32_t count)
{
    struct disk *disk = context;

    must(first < disk->blocks && count <= disk->blocks - first);
    for (uint32_t i = first; i < first + count; i++) {
        disk->slots[i].dirty = false;
        if (disk->slots[i].pins == 0)
            slot_drop(disk, &disk->slots[i]);
    }
}

static void *host_allocate(void *context, size_t bytes)
{
    struct disk *disk = context;

    must(bytes <= 16384);
    if (fails(disk, ++disk->allocations, disk->failing_allocation))
        return NULL;
    disk->allocated += bytes;
    return calloc(1, bytes);
}

static void host_release(void *context, void *memory, size_t bytes)
{
    struct disk *disk = context;

    must(bytes <= disk->allocated);
    disk->allocated -= bytes;
    free(memory);
}

const struct ext2_host disk_host = {host_get,    host_dirty,    host_put,
                                    host_forget, host_allocate, host_release};

/* ---- the disk ------------------------------------------------------------------------------- */

void disk_init(struct disk *disk, uint8_t *medium, size_t size)
{
    *disk = (struct disk){.medium = medium, .size = size};
}

void disk_load(struct disk *disk, const char *path)
{
    FILE *file = fopen(path, "rb");

    must(file != NULL && fseek(file, 0, SEEK_END) == 0);
    const size_t size = (size_t)ftell(file);
    uint8_t *medium = malloc(size);
    must(medium != NULL && fseek(file, 0, SEEK_SET) == 0);
    must(fread(medium, 1, size, file) == size);
    fclose(file);
    disk_init(disk, medium, size);
}

void disk_save(const struct disk *disk, const char *path)
{
    FILE *file = fopen(path, "wb");

    must(file != NULL && fwrite(disk->medium, 1, disk->size, file) == disk->size);
    must(fclose(file) == 0);
}

void disk_free(struct disk *disk)
{
    disk_crash(disk);
    free(disk->medium);
    *disk = (struct disk){0};
}

static int sectors_read(void *context, uint64_t sector, uint32_t count, void *to)
{
    struct disk *disk = context;

    must(count > 0 && sector < disk->size / 512 && count <= disk->size / 512 - sector);
    if (fails(disk, ++disk->gets, disk->failing_get))
        return -EIO;
    memcpy(to, disk->medium + sector * 512, count * (size_t)512);
    return 0;
}

int disk_open(struct disk *disk, struct ext2 *volume, struct ext2_rw *fs, uint32_t now)
{
    disk_crash(disk);
    int error = ext2_mount(volume, sectors_read, disk, disk->size / 512);

    if (error)
        return error;
    disk->block_bytes = volume->block_bytes;
    disk->blocks = (uint32_t)(disk->size / volume->block_bytes);
    disk->slots = calloc(disk->blocks, sizeof(*disk->slots));
    must(disk->slots != NULL);
    error = ext2_rw_open(fs, volume, &disk_host, disk, now);
    must(!error || (disk->pins == 0 && disk->allocated == 0));
    return error;
}

bool disk_write(struct disk *disk)
{
    must(disk->pins == 0);
    for (enum ext2_stage stage = EXT2_FRESH; stage <= EXT2_NAMES; stage++) {
        for (uint32_t i = 0; i < disk->blocks; i++) {
            struct disk_slot *slot = &disk->slots[i];

            if (!slot->dirty || slot->stage != stage)
                continue;
            if (disk->observer && !disk->observer(disk->observer_context, i, slot->bytes))
                return false;
            memcpy(disk->medium + (size_t)i * disk->block_bytes, slot->bytes, disk->block_bytes);
            slot->dirty = false;
        }
    }
    return true;
}

int disk_sync(struct disk *disk, struct ext2_rw *fs, uint32_t now)
{
    do {
        const int error = ext2_rw_flush(fs, now);

        if (error)
            return error;
        if (!disk_write(disk))
            return -EIO;
    } while (ext2_rw_synced(fs));
    return 0;
}

int disk_close(struct disk *disk, struct ext2_rw *fs, uint32_t now)
{
    int error = disk_sync(disk, fs, now);
    const int close_error = ext2_rw_close(fs, now);

    if (!error)
        error = close_error;
    if (!disk_write(disk) && !error)
        error = -EIO;
    must(disk->allocated == 0);
    return error;
}

void disk_crash(struct disk *disk)
{
    for (uint32_t i = 0; disk->slots && i < disk->blocks; i++) {
        disk->slots[i].pins = 0;
        slot_drop(disk, &disk->slots[i]);
    }
    free(disk->slots);
    disk->slots = NULL;
    disk->pins = 0;
}
