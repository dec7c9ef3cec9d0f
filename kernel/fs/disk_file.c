/*
 * Disks and partitions as files. A node is a disk or a partition with its pages; it is made at the
 * boot and stays. What a mounted file system has of the same disk is not looked at (caveats.md).
 * Locks: a node's own for writing; the list of nodes only grows, before there are processes.
 */
#include "kernel/fs/disk_file.h"

#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define PAGE            4096u
#define PAGE_SECTORS    8u
#define SECTOR          512u
#define MAJOR           8u  /* Linux's, of disks */
#define MINORS          16u /* a disk's: itself, and its partitions */
#define IOCTL_SIZE      0x80081272u /* BLKGETSIZE64 */
#define IOCTL_SECTOR    0x1268u     /* BLKSSZGET */

struct disk_node {
    struct block_device device;
    uint64_t number;
    char name[16];
    struct page_cache cache;
    struct mutex lock;
    struct disk_node *next;
};

static struct disk_node *nodes;

static struct disk_node *find(uint64_t number)
{
    struct disk_node *node = nodes;

    while (node && node->number != number)
        node = node->next;
    return node;
}

static uint64_t bytes_of(const struct disk_node *node)
{
    return node->device.sectors * SECTOR;
}

/* ---- pages ----------------------------------------------------------------------------------- */

/* The last page may lie partly behind the end. */
static int transfer(struct page_cache *cache, const struct page_run *run, bool write)
{
    struct disk_node *node = cache->owner;
    uint64_t sector = run->pages[0]->index * PAGE_SECTORS, left = node->device.sectors - sector;
    struct block_pieces pieces = {.count = 0};

    for (size_t i = 0; i < run->count && left > 0; i++) {
        uint32_t now = left < PAGE_SECTORS ? (uint32_t)left : PAGE_SECTORS;

        pieces.at[pieces.count++] = (struct block_piece){page_bytes(run->pages[i]), now};
        left -= now;
    }
    return write ? block_write_pieces(&node->device, sector, &pieces)
                 : block_read_pieces(&node->device, sector, &pieces);
}

static uint64_t count_pages(struct page_cache *cache)
{
    return (bytes_of(cache->owner) + PAGE - 1) / PAGE;
}

static int read_pages(struct page_cache *cache, const struct page_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->pages[i]->index + 1 >= count_pages(cache))
            memset(page_bytes(run->pages[i]), 0, PAGE);
    if (run->pages[0]->index >= count_pages(cache))
        return 0;
    return transfer(cache, run, false);
}

static int write_pages(struct page_cache *cache, const struct page_run *run)
{
    return transfer(cache, run, true);
}

static const struct page_operations page_operations = {
    .read = read_pages, .write = write_pages, .pages = count_pages};

/* ---- reading and writing --------------------------------------------------------------------- */

/* The part of one page that lies at `at`. */
typedef int mover(struct disk_node *node, struct io *io, uint64_t at, size_t size);

static struct span part_of(const struct page *page, uint64_t at, size_t size)
{
    return span_part(span_of(page_bytes(page), PAGE), at % PAGE, size);
}

static int put(struct disk_node *node, struct io *io, uint64_t at, size_t size)
{
    struct page *page;
    int error = page_get(&node->cache, at / PAGE, &page);

    if (error)
        return error;
    error = io_put(io, part_of(page, at, size).bytes, size);
    page_put(page);
    return error;
}

/* One that all of is overwritten need not be read. What was copied of it before the rest could not be is
   forgotten; in one that was here it stays. */
static int take(struct disk_node *node, struct io *io, uint64_t at, size_t size)
{
    struct page *page = page_find(&node->cache, at / PAGE);
    bool fresh = !page && size == PAGE;
    int error = fresh   ? page_get_fresh(&node->cache, at / PAGE, &page)
                : !page ? page_get(&node->cache, at / PAGE, &page)
                        : 0;

    if (error)
        return error;
    error = io_take(io, (void *)part_of(page, at, size).bytes, size);
    if (error && fresh) {
        page_put_unfilled(page);
        return error;
    }
    page_dirty(page);
    page_put(page);
    return error;
}

static int64_t move_all(struct disk_node *node, struct io *io, uint64_t *position, mover *move)
{
    int error = 0;

    while (io_left(io) > 0 && *position < bytes_of(node) && !error) {
        uint64_t left = bytes_of(node) - *position, size = PAGE - *position % PAGE;

        size = size < left ? size : left;
        size = size < io_left(io) ? size : io_left(io);
        error = move(node, io, *position, (size_t)size);
        *position += error ? 0 : size;
    }
    return io->done ? (int64_t)io->done : error;
}

static int64_t read_file(struct file *file, struct io *io, uint64_t *position)
{
    return move_all(file->private, io, position, put);
}

static int64_t write_file(struct file *file, struct io *io, uint64_t *position)
{
    struct disk_node *node = file->private;

    if (node->device.disk->read_only)
        return -EROFS;
    if (*position >= bytes_of(node))
        return -ENOSPC;
    mutex_lock(&node->lock);
    int64_t done = move_all(node, io, position, take);
    mutex_unlock(&node->lock);
    page_cache_throttle();
    return done;
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
    uint64_t base = whence == SEEK_SET   ? 0
                    : whence == SEEK_CUR ? file->position
                                         : bytes_of(file->private);
    int64_t to;

    if (__builtin_add_overflow((int64_t)base, offset, &to))
        return -EOVERFLOW;
    if (to < 0)
        return -EINVAL;
    file->position = (uint64_t)to;
    return to;
}

static int64_t ioctl(struct file *file, unsigned request, struct user argument)
{
    uint64_t bytes = bytes_of(file->private);
    uint32_t sector = SECTOR;

    if (request == IOCTL_SIZE)
        return copy_to_user(argument, &bytes, sizeof(bytes));
    if (request == IOCTL_SECTOR)
        return copy_to_user(argument, &sector, sizeof(sector));
    return -ENOTTY;
}

static int sync_node(struct disk_node *node)
{
    int error = page_cache_flush(&node->cache);
    int second = block_flush(&node->device);

    return error ? error : second;
}

static int sync_file(struct file *file)
{
    return sync_node(file->private);
}

static const struct file_operations file_operations = {.read = read_file,
                                                       .write = write_file,
                                                       .seek = seek,
                                                       .ioctl = ioctl,
                                                       .sync = sync_file};

/* Part of vfs_sync. A disk whose file was never written has nothing to be flushed. */
static int sync_all(void)
{
    int error = 0;

    for (struct disk_node *node = nodes; node; node = node->next) {
        int now = node->cache.count > 0 ? sync_node(node) : 0;

        error = error ? error : now;
    }
    return error;
}

/* ---- registering ----------------------------------------------------------------------------- */

static int add(const struct block_device *device, uint64_t number, unsigned partition)
{
    struct disk_node *node = alloc_zeroed(sizeof(*node), 16);

    if (!node)
        return -ENOMEM;
    node->device = *device;
    node->number = number;
    if (partition)
        (void)snprintf(node->name, sizeof(node->name), "%sp%u", device->disk->name, partition);
    else
        (void)strlcpy(node->name, device->disk->name, sizeof(node->name));
    mutex_init(&node->lock, "disk file");
    page_cache_init(&node->cache, &page_operations, node);
    int error = device_register(number, node->name, S_IFBLK | 0600, &file_operations, node);
    if (error) {
        dealloc(node, sizeof(*node), 16);
        return error;
    }
    node->next = nodes;
    nodes = node;
    return 0;
}

static int add_disk(struct disk *disk, unsigned index)
{
    struct block_device device = {disk, 0, disk->sectors};
    struct mbr mbr;
    int error = add(&device, DEVICE(MAJOR, MINORS * index), 0);

    if (error || block_known_partitions(disk, &mbr))
        return error;
    for (uint32_t i = 0; i < mbr.count && !error; i++) {
        const struct mbr_partition *partition = &mbr.partitions[i];

        device = (struct block_device){disk, partition->start_lba, partition->sectors};
        error = add(&device, DEVICE(MAJOR, MINORS * index + partition->number),
                    partition->number);
    }
    return error;
}

int disk_files_register(void)
{
    struct disk *disk;
    int error = 0;

    for (unsigned i = 0; (disk = block_disk(i)) && !error; i++)
        error = add_disk(disk, i);
    vfs_on_sync(sync_all);
    return error;
}

int disk_file_device(uint64_t number, struct block_device *device)
{
    const struct disk_node *node = find(number);

    if (!node)
        return -ENXIO;
    *device = node->device;
    return 0;
}

void disk_file_describe(uint64_t number, char *text, size_t size)
{
    const struct disk_node *node = find(number);
    unsigned partition = (unsigned)(number % MINORS);

    if (!node)
        (void)strlcpy(text, "?", size);
    else if (partition)
        (void)snprintf(text, size, "%s partition %u", node->device.disk->name, partition);
    else
        (void)strlcpy(text, node->name, size);
}

const char *disk_file_name(uint64_t number)
{
    const struct disk_node *node = find(number);

    return node ? node->name : "?";
}

uint64_t disk_file_number(const struct block_device *device)
{
    for (const struct disk_node *node = nodes; node; node = node->next) {
        if (node->device.disk == device->disk && node->device.start_lba == device->start_lba
            && node->device.sectors == device->sectors)
            return node->number;
    }
    return 0;
}

/* ---- an inode without a name ----------------------------------------------------------------- */

static void free_inode(struct inode *inode)
{
    dealloc(inode, sizeof(*inode), 16);
}

int disk_file_inode(uint64_t number, struct inode **made)
{
    static const struct filesystem_operations nameless = {.name = "disks", .free = free_inode};
    static const struct inode_operations operations;
    static struct filesystem fs = {.operations = &nameless};
    struct inode *inode = alloc(sizeof(*inode), 16);

    if (!inode)
        return -ENOMEM;
    inode_init(inode, &fs, number, S_IFBLK | 0600);
    inode->operations = &operations;
    inode->special_device = number;
    *made = inode;
    return 0;
}
