/*
 * Mounting. lib/ext2.h's reader says whether the file system is sound and how it is cut; the writer
 * takes over. What we cannot write to is mounted read-only: unknown features that only matter to
 * writers, damage that was noted, or a disk that is read-only.
 *
 * Use: ext2_fs_init; then the VFS calls mount … unmount. Locks: `mounting` for the list of mounts.
 */
#include "kernel/fs/ext2/ext2.h"

#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/fs/disk_file.h"
#include "kernel/fs/ext2/private.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TYPE               0xef53u
#define STATE_ERRORS       2u
#define FEATURES_WRITABLE  3u /* sparse_super, large_file */

static struct mutex mounting = MUTEX("ext2 mounts");
static struct ext2_mount *mounts;

static int read_sectors(void *context, uint64_t sector, uint32_t count, void *to)
{
    return block_read(context, sector, count, to);
}

/* ---- mount ----------------------------------------------------------------------------------- */

static void complain(const struct ext2_mount *mount, const char *why)
{
    char where[32];

    disk_file_describe(disk_file_number(&mount->device), where, sizeof(where));
    log_error("fs", "ext2 on %s: %s", where, why);
}

static bool may_write(const struct ext2_mount *mount, const struct ext2 *volume, unsigned flags)
{
    const char *why = NULL;

    if (flags & MS_RDONLY || mount->device.disk->read_only)
        return false;
    if (volume->read_only_compatible & ~FEATURES_WRITABLE)
        why = "has features that we cannot write: read-only";
    else if (volume->state & STATE_ERRORS)
        why = "is noted as damaged, run e2fsck: read-only";
    else if (volume->state != 1)
        log_warn("fs", "ext2 on %s was not unmounted cleanly (state %u): e2fsck may help",
                 mount->device.disk->name, volume->state);
    if (why)
        complain(mount, why);
    return !why;
}

/* The label is the disk's: what a terminal might take for a command becomes '?'. */
static void make_printable(struct room text)
{
    for (size_t i = 0; room_at(text, i) != '\0'; i++) {
        if ((uint8_t)room_at(text, i) < ' ' || room_at(text, i) == 0x7f)
            room_set(text, i, '?');
    }
}

static void announce(const struct ext2_mount *mount, struct ext2 *volume)
{
    char where[32];

    disk_file_describe(disk_file_number(&mount->device), where, sizeof(where));
    make_printable(room_of(volume->label, sizeof(volume->label)));
    log_info("fs", "%sext2 \"%s\" on %s, %u-byte blocks, %u of %u inodes used%s",
             mounts ? "" : "root ", volume->label, where, volume->block_bytes,
             volume->inodes - volume->free_inodes, volume->inodes,
             mount->writable ? "" : ", read-only");
}

/* That it is not clean any more is written with the first sync, before what makes it so. */
static int open_volume(struct ext2_mount *mount, struct ext2 *volume, unsigned flags)
{
    char why[160];
    int error = ext2_mount(volume, read_sectors, &mount->device, mount->device.sectors);

    if (error) {
        ext2_explain(volume, error, why, sizeof(why));
        complain(mount, why);
        return error;
    }
    mount->writable = may_write(mount, volume, flags);
    if (!mount->writable) /* what only writers need to know */
        volume->read_only_compatible &= FEATURES_WRITABLE;
    mount->rw.block_bytes = volume->block_bytes; /* the cache's, from the first block on */
    error = ext2_rw_open(&mount->rw, volume, &ext2_host, mount, (uint32_t)ext2_now());
    if (error) {
        ext2_rw_explain(&mount->rw, error, why, sizeof(why));
        complain(mount, why);
        return error;
    }
    announce(mount, volume);
    return 0;
}

static int start(struct ext2_mount *mount, unsigned flags)
{
    struct ext2 *volume = alloc(sizeof(*volume), 16);
    int error = volume ? open_volume(mount, volume, flags) : -ENOMEM;

    dealloc(volume, sizeof(*volume), 16);
    if (error)
        return error;
    return ext2_inode_get(mount, EXT2_ROOT, &mount->fs->root);
}

static void enlist(struct ext2_mount *mount)
{
    mutex_lock(&mounting);
    mount->next = mounts;
    mounts = mount;
    mutex_unlock(&mounting);
}

static void delist(struct ext2_mount *mount)
{
    struct ext2_mount **at = &mounts;

    mutex_lock(&mounting);
    while (*at != mount)
        at = &(*at)->next;
    *at = mount->next;
    mutex_unlock(&mounting);
}

static int mount_disk(struct filesystem *fs, struct inode *source, unsigned flags)
{
    struct ext2_mount *mount = alloc_zeroed(sizeof(*mount), 16);
    int error;

    if (!mount)
        return -ENOMEM;
    error = disk_file_device(source->special_device, &mount->device);
    if (!error) {
        mount->fs = fs;
        fs->private = mount;
        mutex_init(&mount->lock, "ext2");
        ext2_blocks_init(mount);
        mutex_lock(&mount->lock);
        error = start(mount, flags);
        mutex_unlock(&mount->lock);
        if (error)
            page_cache_truncate(&mount->blocks, 0);
    }
    if (error) {
        dealloc(mount, sizeof(*mount), 16);
        return error;
    }
    if (!mount->writable)
        fs->flags |= MS_RDONLY;
    enlist(mount);
    return 0;
}

/* ---- the end --------------------------------------------------------------------------------- */

/* Files that have no name any more, but somebody has them open: they are gone now. */
static void release_nameless(struct ext2_mount *mount)
{
    for (struct ext2_file *file = mount->files; file; file = file->next)
        if (file->node.links == 0 && !file->released)
            (void)!ext2_node_release(&mount->rw, &file->node, (uint32_t)ext2_now());
}

/* With the lock: marked clean, and nothing is written from here on. Two syncs: what waits for one
   goes with the other. */
static int close_volume(struct ext2_mount *mount)
{
    bool writable = mount->writable;

    if (writable)
        release_nameless(mount);
    int error = ext2_sync_locked(mount);
    if (!error)
        error = ext2_sync_locked(mount);
    int second = ext2_rw_close(&mount->rw, (uint32_t)ext2_now());
    error = error ? error : second;
    if (!error && writable)
        error = page_cache_flush(&mount->blocks);
    if (!error && writable)
        error = block_flush(&mount->device);
    mount->writable = false;
    mount->fs->flags |= MS_RDONLY;
    return error;
}

static void unmount(struct filesystem *fs)
{
    struct ext2_mount *mount = fs->private;

    mutex_lock(&mount->lock);
    int error = close_volume(mount);
    mutex_unlock(&mount->lock);
    if (error)
        complain(mount, error_text(error));
    delist(mount);
    page_cache_truncate(&mount->blocks, 0);
    dealloc(mount, sizeof(*mount), 16);
}

/* The locks stay taken: nobody gets in any more. */
int ext2_fs_shutdown(void)
{
    int error = 0;

    mutex_lock(&mounting);
    for (struct ext2_mount *mount = mounts; mount; mount = mount->next) {
        mutex_lock(&mount->lock);
        int now = mount->writable ? close_volume(mount) : 0;
        error = error ? error : now;
    }
    return error;
}

/* ---- other flags ----------------------------------------------------------------------------- */

/* With the lock: as if it had been unmounted and mounted, but for the files that are in memory. */
static int reopen(struct ext2_mount *mount, struct ext2 *volume, unsigned flags)
{
    int error = close_volume(mount);

    /* Read-only it was changed in memory alone. */
    page_cache_forget(&mount->blocks, 1024 / mount->rw.block_bytes, 1);
    int second = open_volume(mount, volume, error ? flags | MS_RDONLY : flags);
    if (second)
        return second;
    return error ? error : flags & MS_RDONLY || mount->writable ? 0 : -EROFS;
}

/* Should it not open again, its lock stays taken: there is nothing that could be done with it. */
static int remount(struct filesystem *fs, unsigned flags)
{
    struct ext2_mount *mount = fs->private;
    struct ext2 *volume = alloc(sizeof(*volume), 16);
    int error = 0;

    if (!volume)
        return -ENOMEM;
    mutex_lock(&mount->lock);
    if (!(flags & MS_RDONLY) != mount->writable)
        error = reopen(mount, volume, flags);
    if (!error || mount->rw.chunks[0])
        mutex_unlock(&mount->lock);
    dealloc(volume, sizeof(*volume), 16);
    return error;
}

/* ---- the rest -------------------------------------------------------------------------------- */

static int sync(struct filesystem *fs)
{
    return ext2_sync(fs->private);
}

static void statfs(struct filesystem *fs, struct abi_statfs *to)
{
    struct ext2_mount *mount = fs->private;
    struct ext2_statfs now;

    mutex_lock(&mount->lock);
    ext2_rw_statfs(&mount->rw, &now);
    mutex_unlock(&mount->lock);
    *to = (struct abi_statfs){.type = TYPE,
                              .block_bytes = now.block_bytes,
                              .blocks = now.blocks,
                              .free_blocks = now.free_blocks,
                              .available_blocks = now.usable_blocks,
                              .files = now.inodes,
                              .free_files = now.free_inodes,
                              .name_max = EXT2_NAME_MAX,
                              .flags = fs->flags & MS_RDONLY};
}

int ext2_fs_init(void)
{
    static const struct filesystem_operations operations = {
        .name = "ext2",
        .type = TYPE,
        .mount = mount_disk,
        .unmount = unmount,
        .sync = sync,
        .remount = remount,
        .statfs = statfs,
        .free = ext2_file_free,
        .needs_disk = true,
    };
    int error = ext2_inodes_init();

    if (!error)
        filesystem_register(&operations);
    return error;
}
