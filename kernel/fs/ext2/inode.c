/*
 * Inodes. The VFS's has what programs change (mode, owner, size, times); lib/ext2's node has it as
 * it was last written, and what only ext2 knows. They are brought together under the mount's lock:
 * before lib/ext2 looks, and after it has changed something.
 */
#include "kernel/core/memory/slab.h"
#include "kernel/fs/ext2/private.h"
#include "kernel/fs/page_file.h"
#include "lib/errno.h"

static struct slab_cache files;

int ext2_inodes_init(void)
{
    return slab_cache_init(&files, "ext2 file", sizeof(struct ext2_file), 16, NULL);
}

/* ---- both sides ------------------------------------------------------------------------------ */

void ext2_inode_to_node(struct ext2_file *file)
{
    const struct inode *inode = &file->inode;
    struct ext2_node *node = &file->node;

    node->mode = (uint16_t)inode->mode;
    node->uid = inode->uid;
    node->gid = inode->gid;
    if ((inode->mode & S_IFMT) == S_IFREG)
        node->size = inode->size;
    node->accessed = (uint32_t)inode->times.accessed.seconds;
    node->modified = (uint32_t)inode->times.modified.seconds;
    node->changed = (uint32_t)inode->times.changed.seconds;
}

/* The disk has seconds; while a file is in memory its times are finer. */
static void set_time(struct abi_timespec *time, uint32_t seconds)
{
    if (time->seconds != (int64_t)seconds)
        *time = (struct abi_timespec){seconds, 0};
}

void ext2_node_to_inode(struct ext2_file *file)
{
    const struct ext2_node *node = &file->node;
    struct inode *inode = &file->inode;

    inode->mode = node->mode;
    inode->links = node->links;
    inode->uid = node->uid;
    inode->gid = node->gid;
    __atomic_store_n(&inode->size, node->size, __ATOMIC_RELAXED);
    inode->sectors = node->sectors;
    set_time(&inode->times.accessed, node->accessed);
    set_time(&inode->times.modified, node->modified);
    set_time(&inode->times.changed, node->changed);
}

/* ---- coming and going ------------------------------------------------------------------------ */

int ext2_file_alloc(struct ext2_file **file)
{
    *file = slab_alloc(&files);
    return *file ? 0 : -ENOMEM;
}

void ext2_file_discard(struct ext2_file *file)
{
    slab_free(&files, file);
}

static void set_operations(struct ext2_file *file)
{
    struct inode *inode = &file->inode;

    inode->operations = &ext2_operations;
    switch (inode->mode & S_IFMT) {
    case S_IFREG:
        inode->file_operations = &ext2_file_operations;
        page_cache_init(&inode->pages, &ext2_page_operations, inode);
        break;
    case S_IFDIR:
        inode->file_operations = &ext2_directory_operations;
        break;
    case S_IFCHR:
    case S_IFBLK:
        inode->special_device = ext2_node_device(&file->node);
        break;
    default:
        break;
    }
}

void ext2_file_begin(struct ext2_mount *mount, struct ext2_file *file)
{
    inode_init(&file->inode, mount->fs, file->node.number, file->node.mode);
    ext2_node_to_inode(file);
    set_operations(file);
    file->released = false;
    file->mapped = 0;
    file->previous = NULL;
    file->next = mount->files;
    if (file->next)
        file->next->previous = file;
    mount->files = file;
}

int ext2_inode_get(struct ext2_mount *mount, uint32_t number, struct inode **inode)
{
    struct ext2_file *file;
    int error;

    *inode = inode_find(mount->fs, number);
    if (*inode)
        return 0;
    error = ext2_file_alloc(&file);
    if (error)
        return error;
    error = ext2_node_get(&mount->rw, number, &file->node);
    if (error) {
        ext2_file_discard(file);
        return error;
    }
    ext2_file_begin(mount, file);
    *inode = &file->inode;
    return 0;
}

void ext2_file_free(struct inode *inode)
{
    struct ext2_file *file = ext2_file_of(inode);
    struct ext2_mount *mount = ext2_mount_of(inode);

    mutex_lock(&mount->lock);
    if (file->previous)
        file->previous->next = file->next;
    else
        mount->files = file->next;
    if (file->next)
        file->next->previous = file->previous;
    mutex_unlock(&mount->lock);
    slab_free(&files, file);
}

/* Without links what it has becomes free; a disk that fails there leaves it to e2fsck. */
void ext2_release(struct inode *inode)
{
    struct ext2_file *file = ext2_file_of(inode);
    struct ext2_mount *mount = ext2_mount_of(inode);

    mutex_lock(&mount->lock);
    file->released = inode->links == 0;
    if (!file->released || !mount->writable)
        (void)!ext2_file_put(file);
    else
        (void)!ext2_node_release(&mount->rw, &file->node, (uint32_t)ext2_now());
    mutex_unlock(&mount->lock);
}

/* ---- changes --------------------------------------------------------------------------------- */

int ext2_set_attributes(struct inode *inode, const struct attributes *wanted)
{
    struct ext2_mount *mount = ext2_mount_of(inode);
    int error = 0;

    if (!mount->writable)
        return -EROFS;
    if (wanted->set & ATTRIBUTE_SIZE)
        error = (inode->mode & S_IFMT) == S_IFREG ? ext2_set_size(inode, wanted->size) : -EINVAL;
    if (error)
        return error;
    inode_set_plain(inode, wanted);
    mutex_lock(&mount->lock);
    error = ext2_file_put(ext2_file_of(inode));
    mutex_unlock(&mount->lock);
    return error;
}

int ext2_sync_inode(struct inode *inode)
{
    return ext2_sync(ext2_mount_of(inode));
}
