/*
 * Requests whose memory lies in pieces. Pieces that are neighbours in memory go to the driver as
 * one request, straight into them; where that would make many small ones, all goes through one
 * buffer: a copy costs a hundredth of what a request does. Locks: `mutex` for the buffer, then the
 * disk's.
 */
#include "kernel/core/block/block.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/mutex.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define SECTOR_BYTES  512u
#define BUFFER_FRAMES 32u
#define BUFFER_BYTES  (BUFFER_FRAMES * FRAME_SIZE)

static struct mutex mutex = MUTEX("block buffer");
static char *buffer; /* under the mutex; NULL: not yet, or there was no memory */

static size_t bytes_of(const struct block_piece *piece)
{
    return (size_t)piece->sectors * SECTOR_BYTES;
}

/* How many from `from` on lie one behind the other; *sectors: of them all. */
static size_t neighbours(const struct block_pieces *pieces, size_t from, uint32_t *sectors)
{
    size_t i = from;

    *sectors = 0;
    do {
        *sectors += pieces->at[i].sectors;
        i++;
    } while (i < pieces->count
             && (uintptr_t)pieces->at[i].bytes
                    == (uintptr_t)pieces->at[i - 1].bytes + bytes_of(&pieces->at[i - 1]));
    return i - from;
}

static int transfer(const struct block_device *device, uint64_t sector, uint32_t sectors,
                    void *bytes, bool write)
{
    return write ? block_write(device, sector, sectors, bytes)
                 : block_read(device, sector, sectors, bytes);
}

static int in_pieces(const struct block_device *device, uint64_t sector,
                     const struct block_pieces *pieces, bool write)
{
    uint32_t sectors;
    int error = 0;

    for (size_t i = 0, count; i < pieces->count && !error; i += count, sector += sectors) {
        count = neighbours(pieces, i, &sectors);
        error = transfer(device, sector, sectors, pieces->at[i].bytes, write);
    }
    return error;
}

/* Between the buffer and the pieces. */
static void copy(const struct block_pieces *pieces, bool gather)
{
    struct room room = room_of(buffer, BUFFER_BYTES);

    for (size_t i = 0; i < pieces->count; i++) {
        size_t size = bytes_of(&pieces->at[i]);

        if (gather)
            memcpy(room.chars, pieces->at[i].bytes, size);
        else
            memcpy(pieces->at[i].bytes, room.chars, size);
        room = room_from(room, size);
    }
}

/* The driver would rather have it elsewhere. Pages of one request lie near one another. */
static bool is_far(const struct block_device *device, const struct block_pieces *pieces)
{
    uint64_t phys;

    return device->disk && device->disk->below_4g
           && page_translate((uintptr_t)pieces->at[0].bytes, &phys) == 0
           && phys + BUFFER_BYTES > FRAMES_BELOW_4G;
}

static bool have_buffer(void)
{
    uint64_t phys;

    if (!buffer && alloc_frames(BUFFER_FRAMES, 1, FRAMES_BELOW_4G, &phys) == 0)
        buffer = phys_to_virt(phys);
    return buffer;
}

static int through_buffer(const struct block_device *device, uint64_t sector, uint32_t sectors,
                          const struct block_pieces *pieces, bool write)
{
    if (write)
        copy(pieces, true);
    int error = transfer(device, sector, sectors, buffer, write);
    if (!error && !write)
        copy(pieces, false);
    return error;
}

static int request(const struct block_device *device, uint64_t sector,
                   const struct block_pieces *pieces, bool write)
{
    uint32_t sectors = 0, first;

    for (size_t i = 0; i < pieces->count; i++)
        sectors += pieces->at[i].sectors;
    if (pieces->count == 0)
        return 0;
    bool direct = neighbours(pieces, 0, &first) == pieces->count && !is_far(device, pieces);
    if (direct || sectors > BUFFER_BYTES / SECTOR_BYTES)
        return in_pieces(device, sector, pieces, write);
    mutex_lock(&mutex);
    int error = have_buffer() ? through_buffer(device, sector, sectors, pieces, write)
                              : in_pieces(device, sector, pieces, write);
    mutex_unlock(&mutex);
    return error;
}

int block_read_pieces(const struct block_device *device, uint64_t sector,
                      const struct block_pieces *pieces)
{
    return request(device, sector, pieces, false);
}

int block_write_pieces(const struct block_device *device, uint64_t sector,
                       const struct block_pieces *pieces)
{
    return request(device, sector, pieces, true);
}
