/*
 * Names. Each operation is a call of lib/ext2 with the mount's lock, between bringing the nodes up
 * to date and taking over what has changed of them. The VFS holds the locks of all inodes that
 * are concerned, and has checked names and rights.
 */
#include "kernel/core/memory/heap.h"
#include "kernel/fs/ext2/private.h"
#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define LIST_BYTES 4096u

static uint32_t now32(void)
{
    return (uint32_t)ext2_now();
}

/* Begins an operation that may allocate. */
static int begin_change(struct ext2_mount *mount, bool privileged)
{
    ext2_sync_if_wanted(mount);
    mutex_lock(&mount->lock);
    if (!mount->writable) {
        mutex_unlock(&mount->lock);
        return -EROFS;
    }
    mount->rw.privileged = privileged;
    return 0;
}

static int end_change(struct ext2_mount *mount, int error)
{
    if (error == -EUCLEAN)
        ext2_fail(mount, error);
    mutex_unlock(&mount->lock);
    return error;
}

/* ---- looking --------------------------------------------------------------------------------- */

static int lookup(struct inode *directory, struct text name, struct inode **found)
{
    struct ext2_mount *mount = ext2_mount_of(directory);
    uint32_t number;
    uint8_t type;

    mutex_lock(&mount->lock);
    int error = ext2_find(&mount->rw, &ext2_file_of(directory)->node, name, &number, &type);
    if (!error)
        error = ext2_inode_get(mount, number, found);
    mutex_unlock(&mount->lock);
    return error;
}

static bool is_empty(struct inode *directory)
{
    struct ext2_mount *mount = ext2_mount_of(directory);

    mutex_lock(&mount->lock);
    int empty = ext2_is_empty(&mount->rw, &ext2_file_of(directory)->node);
    mutex_unlock(&mount->lock);
    return empty == 1;
}

static int read_link(struct inode *link, char *to, size_t size)
{
    struct ext2_mount *mount = ext2_mount_of(link);

    mutex_lock(&mount->lock);
    int error = ext2_target(&mount->rw, &ext2_file_of(link)->node, room_of(to, size));
    mutex_unlock(&mount->lock);
    return error;
}

/* ---- changing -------------------------------------------------------------------------------- */

static int create_locked(struct ext2_mount *mount, struct ext2_file *directory, struct text name,
                         const struct inode_seed *seed, struct ext2_file *file)
{
    const struct ext2_seed plain = {.mode = (uint16_t)seed->mode,
                                    .uid = seed->uid,
                                    .gid = seed->gid,
                                    .device = (uint32_t)seed->special_device,
                                    .target = seed->target};

    ext2_inode_to_node(directory);
    int error = ext2_create(&mount->rw, &directory->node, name, &plain, now32(), &file->node);
    ext2_node_to_inode(directory);
    if (!error)
        ext2_file_begin(mount, file);
    return error;
}

static int create(struct inode *directory, struct text name, const struct inode_seed *seed,
                  struct inode **made)
{
    struct ext2_mount *mount = ext2_mount_of(directory);
    struct ext2_file *file;
    int error = ext2_file_alloc(&file);

    if (error)
        return error;
    error = begin_change(mount, seed->uid == 0);
    if (!error) {
        error = create_locked(mount, ext2_file_of(directory), name, seed, file);
        if (error == -ENOSPC && ext2_make_room(mount))
            error = create_locked(mount, ext2_file_of(directory), name, seed, file);
        error = end_change(mount, error);
    }
    if (error)
        ext2_file_discard(file);
    else
        *made = &file->inode;
    return error;
}

static int link(struct inode *directory, struct text name, struct inode *inode)
{
    struct ext2_mount *mount = ext2_mount_of(directory);
    struct ext2_file *parent = ext2_file_of(directory), *file = ext2_file_of(inode);
    int error = begin_change(mount, directory->uid == 0);

    if (error)
        return error;
    ext2_inode_to_node(parent);
    ext2_inode_to_node(file);
    error = ext2_link(&mount->rw, &parent->node, name, &file->node, now32());
    ext2_node_to_inode(parent);
    ext2_node_to_inode(file);
    return end_change(mount, error);
}

static int unlink(struct inode *directory, struct text name, struct inode *inode)
{
    struct ext2_mount *mount = ext2_mount_of(directory);
    struct ext2_file *parent = ext2_file_of(directory), *file = ext2_file_of(inode);
    int error = begin_change(mount, true);

    if (error)
        return error;
    ext2_inode_to_node(parent);
    ext2_inode_to_node(file);
    error = ext2_unlink(&mount->rw, &parent->node, name, &file->node, now32());
    ext2_node_to_inode(parent);
    ext2_node_to_inode(file);
    return end_change(mount, error);
}

static int rename_locked(struct ext2_mount *mount, struct ext2_file *from, struct text old,
                         struct ext2_file *file, struct ext2_file *to, struct text new,
                         struct ext2_file *replaced)
{
    struct ext2_file *const all[] = {from, file, to, replaced};

    for (unsigned i = 0; i < array_length(all); i++)
        if (all[i])
            ext2_inode_to_node(all[i]);
    int error = ext2_rename(&mount->rw, &from->node, old, &file->node, &to->node, new,
                            replaced ? &replaced->node : NULL, now32());
    for (unsigned i = 0; i < array_length(all); i++)
        if (all[i])
            ext2_node_to_inode(all[i]);
    return error;
}

static int rename(struct inode *from, struct text old, struct inode *inode, struct inode *to,
                  struct text new, struct inode *replaced)
{
    struct ext2_mount *mount = ext2_mount_of(from);
    int error = begin_change(mount, to->uid == 0);

    if (error)
        return error;
    return end_change(mount, rename_locked(mount, ext2_file_of(from), old, ext2_file_of(inode),
                                           ext2_file_of(to), new,
                                           replaced ? ext2_file_of(replaced) : NULL));
}

const struct inode_operations ext2_operations = {
    .lookup = lookup,
    .create = create,
    .link = link,
    .unlink = unlink,
    .rename = rename,
    .is_empty = is_empty,
    .read_link = read_link,
    .set_attributes = ext2_set_attributes,
    .release = ext2_release,
    .sync = ext2_sync_inode,
};

/* ---- listing --------------------------------------------------------------------------------- */

/* Entries go through a buffer: what they are copied to may be a program's memory, which may have to
   be read from this very file system first. */
struct list {
    struct room room;
    size_t used;
    uint64_t next; /* position behind the last entry in it */
};

#define ENTRY_HEAD 14u /* inode, next, type, length of the name */

static bool collect(void *context, const struct ext2_entry *entry, uint64_t next)
{
    struct list *list = context;
    size_t size = ENTRY_HEAD + entry->name_length;
    struct room at;

    if (size > list->room.size - list->used)
        return false;
    at = room_from(list->room, list->used);
    memcpy(at.chars, &entry->inode, 4);
    memcpy(room_from(at, 4).chars, &next, 8);
    room_set(at, 12, (char)entry->type);
    room_set(at, 13, (char)entry->name_length);
    room_put(at, ENTRY_HEAD, text_of(entry->name, entry->name_length));
    list->used += size;
    return true;
}

static unsigned type_of(uint8_t type)
{
    static const uint8_t types[] = {DT_UNKNOWN, DT_REG, DT_DIR, DT_CHR,
                                    DT_BLK,     DT_FIFO, DT_SOCK, DT_LNK};

    return type < sizeof(types) ? types[type] : DT_UNKNOWN;
}

/* False: there was no more room. */
static bool emit_all(const struct list *list, struct directory_room *room, uint64_t *position)
{
    struct span span = span_of(list->room.chars, list->used);

    while (span.size > 0) {
        size_t length = span_at(span, 13);
        uint64_t next = span_rd64(span, 4);
        struct text name = {(const char *)span_part(span, ENTRY_HEAD, length).bytes, length};

        if (!directory_emit(room, name, span_rd32(span, 0), type_of(span_at(span, 12)), next))
            return false;
        *position = next;
        span = span_from(span, ENTRY_HEAD + length);
    }
    return true;
}

static int read_directory(struct file *file, uint64_t *position, struct directory_room *room)
{
    struct ext2_mount *mount = ext2_mount_of(file->inode);
    struct list list = {.room = room_of(alloc(LIST_BYTES, 8), LIST_BYTES)};
    bool more = true;
    int error = 0;

    if (!list.room.chars)
        return -ENOMEM;
    while (more && !error) {
        uint64_t next = *position;

        list.used = 0;
        mutex_lock(&mount->lock);
        error = ext2_list(&mount->rw, &ext2_file_of(file->inode)->node, &next, collect, &list);
        mutex_unlock(&mount->lock);
        more = list.used > 0 && emit_all(&list, room, position);
    }
    dealloc(list.room.chars, LIST_BYTES, 8);
    return room->entries ? 0 : error;
}

const struct file_operations ext2_directory_operations = {.read_directory = read_directory};
