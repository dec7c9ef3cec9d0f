/*
 * Syncs, as lib/ext2/write.h orders them: inodes into their blocks; blocks that are new, then those
 * that point, then names; the disk's cache; and only then may be given out again what was freed.
 * The lock is held throughout, so that what is written fits together. Files' data were written
 * before by whoever calls.
 */
#include "kernel/fs/ext2/private.h"
#include "lib/errno.h"

/* ---- inodes ---------------------------------------------------------------------------------- */

static bool has_changed(const struct ext2_file *file)
{
    const struct inode *inode = &file->inode;
    const struct ext2_node *node = &file->node;

    return node->dirty || node->mode != inode->mode || node->uid != inode->uid
           || node->gid != inode->gid || node->size != inode->size
           || node->accessed != (uint32_t)inode->times.accessed.seconds
           || node->modified != (uint32_t)inode->times.modified.seconds
           || node->changed != (uint32_t)inode->times.changed.seconds;
}

int ext2_file_put(struct ext2_file *file)
{
    struct ext2_mount *mount = ext2_mount_of(&file->inode);

    if (!mount->writable || file->node.links == 0 || !has_changed(file))
        return 0;
    ext2_inode_to_node(file);
    return ext2_node_put(&mount->rw, &file->node);
}

static int put_all(struct ext2_mount *mount)
{
    int error = 0;

    for (struct ext2_file *file = mount->files; file && !error; file = file->next)
        error = ext2_file_put(file);
    return error;
}

/* ---- the sync -------------------------------------------------------------------------------- */

static bool is_needed(const struct ext2_mount *mount)
{
    return mount->unflushed || mount->blocks.dirty.first || mount->rw.counts_changed
           || mount->rw.waiting_count > 0;
}

static int write_blocks(struct ext2_mount *mount)
{
    int error = 0;

    for (unsigned stage = EXT2_FRESH; stage <= EXT2_NAMES && !error; stage++)
        error = page_cache_flush_ordered(&mount->blocks, stage);
    if (!error)
        error = block_flush(&mount->device);
    return error;
}

int ext2_sync_locked(struct ext2_mount *mount)
{
    if (!mount->writable)
        return 0;
    int error = put_all(mount);
    if (!error && !is_needed(mount))
        return 0;
    if (!error)
        error = ext2_rw_flush(&mount->rw, (uint32_t)ext2_now());
    if (!error)
        error = write_blocks(mount);
    if (!error) {
        mount->unflushed = false;
        (void)ext2_rw_synced(&mount->rw); /* what it frees goes with the next one */
    } else if (error != -ENOMEM) {
        ext2_fail(mount, error);
    }
    return error;
}

int ext2_sync(struct ext2_mount *mount)
{
    mutex_lock(&mount->lock);
    int error = ext2_sync_locked(mount);
    mutex_unlock(&mount->lock);
    return error;
}

void ext2_sync_if_wanted(struct ext2_mount *mount)
{
    if (!ext2_rw_sync_wanted(&mount->rw))
        return;
    mutex_lock(&mount->lock);
    if (ext2_rw_sync_wanted(&mount->rw))
        (void)!ext2_sync_locked(mount);
    mutex_unlock(&mount->lock);
}

/* Of files that were replaced. Two syncs: with the first they go, behind the second they may be
   used. */
bool ext2_make_room(struct ext2_mount *mount)
{
    return mount->rw.waiting_count > 0 && ext2_sync_locked(mount) == 0
           && ext2_sync_locked(mount) == 0;
}
