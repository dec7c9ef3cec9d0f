/*
 * tmpfs: files in memory alone. Contents are pages of the page cache that are never written; a
 * directory's names are a tree in the order of their coming, by which they are listed, and a table
 * over the whole file system, by which they are found. Each name holds a reference to its inode.
 *
 * Size: at most half of memory by default. What is over it is -ENOSPC; what is mapped and touched
 * beyond is counted with the next write.
 *
 * Locks: a directory's inode->lock for its names (vfs.h); `lock` for the table and what is used.
 */
#include "kernel/fs/tmpfs.h"

#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/names.h"
#include "kernel/fs/page_file.h"
#include "lib/errno.h"
#include "lib/rbtree.h"
#include "lib/string.h"

#define BUCKETS    1024u
#define NAME_SMALL 32u
#define ROOT       1u
#define TYPE       0x01021994u
/* Positions in a directory: 0 ".", 1 "..", then the names' keys. */
#define FIRST_KEY  2u

struct node {
    struct inode inode; /* first: a node is its inode's address */
    struct rb_tree names; /* of a directory, by key */
    uint64_t name_count;
    struct inode *parent; /* of a directory; its own name keeps it */
    char *target;         /* of a symbolic link; size is the inode's, with its end */
    uint64_t charged;     /* pages, of what is used */
    unsigned seals;       /* with the inode's lock; more and more */
};

struct name {
    struct rb_node place; /* first; its key is the position */
    struct name *next;    /* of its bucket */
    struct node *directory;
    struct inode *inode;  /* with a reference */
    uint32_t hash;
    struct text text;
    char small[NAME_SMALL];
};

struct tmpfs {
    struct name *buckets[BUCKETS];
    uint64_t next_number, next_key;
    uint64_t pages_most, pages_used;
    struct spinlock lock;
};

static struct slab_cache nodes, names;
static const struct inode_operations operations;
static const struct file_operations directory_operations;
static const struct page_operations page_operations; /* zeros, never written */

static struct node *node_of(struct inode *inode)
{
    return (struct node *)inode;
}

static struct tmpfs *tmpfs_of(const struct inode *inode)
{
    return inode->fs->private;
}

/* ---- inodes ---------------------------------------------------------------------------------- */

static int64_t write_file(struct file *file, struct io *io, uint64_t *position);

static const struct file_operations regular_operations = {
    .read = page_file_read,
    .write = write_file,
};

static const struct file_operations *file_operations_of(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return &regular_operations;
    case S_IFDIR:
        return &directory_operations;
    default:
        return NULL;
    }
}

static int copy_target(struct node *node, struct text target)
{
    node->target = alloc(target.size + 1, 1);
    if (!node->target)
        return -ENOMEM;
    struct room room = room_of(node->target, target.size + 1);
    room_put(room, 0, target);
    room_set(room, target.size, '\0');
    node->inode.size = target.size;
    return 0;
}

static void free_node(struct inode *inode)
{
    struct node *node = node_of(inode);

    if (node->target)
        dealloc(node->target, inode->size + 1, 1);
    slab_free(&nodes, node);
}

/* With one reference, and no name yet. */
static int make_node(struct filesystem *fs, const struct inode_seed *seed, struct node **made)
{
    struct node *node = slab_alloc(&nodes);
    struct tmpfs *tmpfs = fs->private;

    if (!node)
        return -ENOMEM;
    node->names = (struct rb_tree){NULL, NULL};
    node->name_count = node->charged = 0;
    node->parent = NULL;
    node->target = NULL;
    node->seals = F_SEAL_SEAL;
    inode_init(&node->inode, fs,
               __atomic_fetch_add(&tmpfs->next_number, 1, __ATOMIC_RELAXED), seed->mode);
    node->inode.operations = &operations;
    node->inode.file_operations = file_operations_of(seed->mode);
    node->inode.uid = seed->uid;
    node->inode.gid = seed->gid;
    node->inode.special_device = seed->special_device;
    struct abi_timespec now = inode_now();
    node->inode.times = (struct inode_times){now, now, now};
    if (is_regular(&node->inode))
        page_cache_init(&node->inode.pages, &page_operations, &node->inode);
    if (is_link(&node->inode) && copy_target(node, seed->target)) {
        inode_put(&node->inode); /* no links: it goes */
        return -ENOMEM;
    }
    *made = node;
    return 0;
}

/* ---- what is used ---------------------------------------------------------------------------- */

/* With the inode's lock: count what it has now. */
static void charge(struct node *node)
{
    struct tmpfs *tmpfs = tmpfs_of(&node->inode);
    uint64_t now = __atomic_load_n(&node->inode.pages.count, __ATOMIC_RELAXED);

    if (now == node->charged)
        return;
    spin_lock(&tmpfs->lock);
    tmpfs->pages_used += now - node->charged;
    spin_unlock(&tmpfs->lock);
    node->charged = now;
}

static int prepare(struct inode *inode, uint64_t at, size_t size)
{
    struct tmpfs *tmpfs = tmpfs_of(inode);
    struct page *page;

    if (node_of(inode)->seals & F_SEAL_GROW && at + size > inode->size)
        return -EPERM;
    charge(node_of(inode));
    if (__atomic_load_n(&tmpfs->pages_used, __ATOMIC_RELAXED) < tmpfs->pages_most)
        return 0;
    page = page_find(&inode->pages, at / FRAME_SIZE);
    if (!page)
        return -ENOSPC;
    page_put(page);
    return 0;
}

static void changed(struct inode *inode)
{
    charge(node_of(inode));
}

static int64_t write_file(struct file *file, struct io *io, uint64_t *position)
{
    static const struct page_file_writer writer = {.prepare = prepare, .changed = changed};

    return page_file_write(file, io, position, &writer);
}

/* The last reference to what has no name went: pages are gone already. */
static void release(struct inode *inode)
{
    if (is_regular(inode) && inode->links == 0)
        charge(node_of(inode));
}

/* ---- names: with the directory's lock -------------------------------------------------------- */

static struct name **bucket_of(struct tmpfs *tmpfs, const struct node *directory, uint32_t hash)
{
    return &tmpfs->buckets[(hash ^ directory->inode.number * 0x9e3779b1u) % BUCKETS];
}

static bool is_it(const struct name *name, const struct node *directory, struct text text,
                  uint32_t hash)
{
    return name->hash == hash && name->directory == directory && name->text.size == text.size
        && memcmp(name->text.chars, text.chars, text.size) == 0;
}

static struct name *find(struct node *directory, struct text text)
{
    struct tmpfs *tmpfs = tmpfs_of(&directory->inode);
    uint32_t hash = name_hash(text);

    spin_lock(&tmpfs->lock);
    struct name *name = *bucket_of(tmpfs, directory, hash);
    while (name && !is_it(name, directory, text, hash))
        name = name->next;
    spin_unlock(&tmpfs->lock);
    return name;
}

static struct name *new_name(struct text text)
{
    struct name *name = slab_alloc(&names);
    char *chars;

    if (!name)
        return NULL;
    chars = text.size <= NAME_SMALL ? name->small : alloc(text.size, 1);
    if (!chars) {
        slab_free(&names, name);
        return NULL;
    }
    memcpy(chars, text.chars, text.size);
    name->text = text_of(chars, text.size);
    return name;
}

static void free_name(struct name *name)
{
    if (name->text.chars != name->small)
        dealloc((void *)name->text.chars, name->text.size, 1);
    slab_free(&names, name);
}

/* Takes the reference to the inode over. */
static void enter(struct node *directory, struct name *name, struct inode *inode)
{
    struct tmpfs *tmpfs = tmpfs_of(&directory->inode);
    struct name **bucket;

    name->directory = directory;
    name->inode = inode;
    name->hash = name_hash(name->text);
    bucket = bucket_of(tmpfs, directory, name->hash);
    spin_lock(&tmpfs->lock);
    name->next = *bucket;
    *bucket = name;
    uint64_t key = tmpfs->next_key++;
    spin_unlock(&tmpfs->lock);
    rb_insert(&directory->names, &name->place, key);
    directory->name_count++;
}

static void leave(struct name *name)
{
    struct tmpfs *tmpfs = tmpfs_of(&name->directory->inode);
    struct name **link = bucket_of(tmpfs, name->directory, name->hash);

    spin_lock(&tmpfs->lock);
    while (*link != name)
        link = &(*link)->next;
    *link = name->next;
    spin_unlock(&tmpfs->lock);
    rb_remove(&name->directory->names, &name->place);
    name->directory->name_count--;
    free_name(name);
}

static void touch(struct inode *directory)
{
    directory->times.modified = directory->times.changed = inode_now();
}

/* ---- the operations of a directory ----------------------------------------------------------- */

static int lookup(struct inode *directory, struct text text, struct inode **found)
{
    struct name *name = find(node_of(directory), text);

    if (!name)
        return -ENOENT;
    *found = inode_get(name->inode);
    return 0;
}

static int create(struct inode *directory, struct text text, const struct inode_seed *seed,
                  struct inode **made)
{
    struct name *name = new_name(text);
    struct node *node;
    int error = name ? make_node(directory->fs, seed, &node) : -ENOMEM;

    if (error) {
        if (name)
            free_name(name);
        return error;
    }
    node->inode.links = 1;
    if (is_directory(&node->inode)) {
        node->inode.links = 2;
        node->parent = directory;
        directory->links++;
    }
    enter(node_of(directory), name, inode_get(&node->inode));
    touch(directory);
    *made = &node->inode;
    return 0;
}

static int link(struct inode *directory, struct text text, struct inode *inode)
{
    struct name *name = new_name(text);

    if (!name)
        return -ENOMEM;
    inode->links++;
    inode->times.changed = inode_now();
    enter(node_of(directory), name, inode_get(inode));
    touch(directory);
    return 0;
}

/* Its links were counted down; the name's reference goes with it. */
static void drop(struct inode *directory, struct inode *inode)
{
    if (is_directory(inode)) {
        inode->links = 0;
        directory->links--;
    } else {
        inode->links--;
    }
    inode->times.changed = inode_now();
    inode_put(inode); /* the caller has one as well */
}

static int unlink(struct inode *directory, struct text text, struct inode *inode)
{
    struct name *name = find(node_of(directory), text);

    if (!name || name->inode != inode)
        return -ENOENT;
    leave(name);
    touch(directory);
    drop(directory, inode);
    return 0;
}

static bool is_empty(struct inode *directory)
{
    return node_of(directory)->name_count == 0;
}

/* Only the new name takes memory, and is made first. */
static int rename(struct inode *from, struct text old, struct inode *inode, struct inode *to,
                  struct text new, struct inode *replaced)
{
    struct name *old_name = find(node_of(from), old), *new_name_;
    struct name *replaced_name = replaced ? find(node_of(to), new) : NULL;

    if (!old_name || (replaced && !replaced_name))
        return -ENOENT;
    new_name_ = new_name(new);
    if (!new_name_)
        return -ENOMEM;
    if (replaced) {
        leave(replaced_name);
        drop(to, replaced);
    }
    leave(old_name); /* its reference goes to the new one */
    enter(node_of(to), new_name_, inode);
    if (is_directory(inode)) {
        node_of(inode)->parent = to;
        from->links--;
        to->links++;
    }
    inode->times.changed = inode_now();
    touch(from);
    touch(to);
    return 0;
}

static int read_link(struct inode *inode, char *to, size_t size)
{
    if (inode->size >= size)
        return -ENAMETOOLONG;
    memcpy(to, node_of(inode)->target, inode->size + 1);
    return 0;
}

static int set_size(struct inode *inode, uint64_t size)
{
    const unsigned seals = node_of(inode)->seals;
    int error = 0;

    if (!is_regular(inode))
        return -EINVAL;
    if (size > INT64_MAX)
        return -EFBIG;
    if ((seals & F_SEAL_SHRINK && size < inode->size)
        || (seals & F_SEAL_GROW && size > inode->size))
        return -EPERM;
    if (size < inode->size)
        error = page_file_cut(inode, size);
    if (error)
        return error;
    __atomic_store_n(&inode->size, size, __ATOMIC_RELAXED);
    inode->times.modified = inode_now();
    charge(node_of(inode));
    return 0;
}

static int set_attributes(struct inode *inode, const struct attributes *wanted)
{
    int error = wanted->set & ATTRIBUTE_SIZE ? set_size(inode, wanted->size) : 0;

    if (!error)
        inode_set_plain(inode, wanted);
    return error;
}

static const struct inode_operations operations = {
    .lookup = lookup,
    .create = create,
    .link = link,
    .unlink = unlink,
    .rename = rename,
    .is_empty = is_empty,
    .read_link = read_link,
    .set_attributes = set_attributes,
    .release = release,
};

/* ---- listing --------------------------------------------------------------------------------- */

/* The first name at that position or behind it. */
static struct name *name_from(const struct node *directory, uint64_t key)
{
    struct rb_node *at = directory->names.root, *found = NULL;

    while (at) {
        if (at->key >= key) {
            found = at;
            at = at->child[0];
        } else {
            at = at->child[1];
        }
    }
    return (struct name *)found;
}

static bool emit_dots(struct node *directory, uint64_t *position, struct directory_room *room)
{
    const struct inode *up = directory->parent ? directory->parent : &directory->inode;

    if (*position == 0) {
        if (!directory_emit(room, text_of(".", 1), directory->inode.number, DT_DIR, 1))
            return false;
        *position = 1;
    }
    if (*position == 1) {
        if (!directory_emit(room, text_of("..", 2), up->number, DT_DIR, FIRST_KEY))
            return false;
        *position = FIRST_KEY;
    }
    return true;
}

static int read_directory(struct file *file, uint64_t *position, struct directory_room *room)
{
    struct node *directory = node_of(file->inode);

    if (!emit_dots(directory, position, room))
        return 0;
    for (struct name *name = name_from(directory, *position); name;
         name = (struct name *)rb_next(&name->place)) {
        const struct inode *inode = name->inode;

        if (!directory_emit(room, name->text, inode->number, (inode->mode & S_IFMT) >> 12,
                            name->place.key + 1))
            break;
        *position = name->place.key + 1;
    }
    return 0;
}

static const struct file_operations directory_operations = {
    .read_directory = read_directory,
};

/* ---- the file system ------------------------------------------------------------------------- */

static int mount(struct filesystem *fs, struct inode *source, unsigned flags)
{
    static const struct inode_seed seed = {.mode = S_IFDIR | 01777};
    struct tmpfs *tmpfs = alloc_zeroed(sizeof(*tmpfs), _Alignof(struct tmpfs));
    struct node *root;
    int error = -ENOMEM;

    (void)source;
    (void)flags;
    if (!tmpfs)
        return error;
    spin_init(&tmpfs->lock, "tmpfs", LOCK_RANK_TMPFS);
    tmpfs->next_number = ROOT;
    tmpfs->next_key = FIRST_KEY;
    tmpfs->pages_most = frames_total() / 2;
    fs->private = tmpfs;
    error = make_node(fs, &seed, &root);
    if (error) {
        dealloc(tmpfs, sizeof(*tmpfs), _Alignof(struct tmpfs));
        return error;
    }
    root->inode.links = 2;
    fs->root = &root->inode;
    return 0;
}

/* Nobody uses anything of it: all names go, and with them what they hold. */
static void unmount(struct filesystem *fs)
{
    struct tmpfs *tmpfs = fs->private;

    for (unsigned i = 0; i < BUCKETS; i++) {
        while (tmpfs->buckets[i]) {
            struct name *name = tmpfs->buckets[i];
            struct inode *inode = name->inode;

            tmpfs->buckets[i] = name->next;
            if (--inode->links == 0 || is_directory(inode))
                inode->links = 0;
            inode_put(inode);
            free_name(name);
        }
    }
    dealloc(tmpfs, sizeof(*tmpfs), _Alignof(struct tmpfs));
}

static void statfs(struct filesystem *fs, struct abi_statfs *to)
{
    const struct tmpfs *tmpfs = fs->private;
    uint64_t used = __atomic_load_n(&tmpfs->pages_used, __ATOMIC_RELAXED);
    uint64_t free = used < tmpfs->pages_most ? tmpfs->pages_most - used : 0;

    *to = (struct abi_statfs){
        .type = TYPE,
        .block_bytes = FRAME_SIZE,
        .blocks = tmpfs->pages_most,
        .free_blocks = free,
        .available_blocks = free,
        .files = fs->inodes,
        .name_max = NAME_MAX,
    };
}

static const struct filesystem_operations tmpfs_operations = {
    .name = "tmpfs",
    .type = TYPE,
    .mount = mount,
    .unmount = unmount,
    .statfs = statfs,
    .free = free_node,
};

/* ---- files without a name -------------------------------------------------------------------- */

static struct filesystem *hidden; /* made with the first one */
static struct mutex hidden_lock = MUTEX("unnamed files");

static int start_hidden(void)
{
    int error = 0;

    mutex_lock(&hidden_lock);
    if (!hidden)
        error = filesystem_start_hidden(&tmpfs_operations, &hidden);
    mutex_unlock(&hidden_lock);
    return error;
}

int tmpfs_open_unnamed(unsigned seals, struct file **file)
{
    static const struct inode_seed seed = {.mode = S_IFREG | 0777};
    struct node *node;
    int error = start_hidden();

    if (!error)
        error = make_node(hidden, &seed, &node);
    if (error)
        return error;
    node->seals = seals;
    error = file_create(&regular_operations, &node->inode, O_RDWR, NULL, file);
    if (error)
        inode_put(&node->inode);
    return error;
}

int tmpfs_seals(const struct file *file)
{
    if (file->operations != &regular_operations)
        return -EINVAL;
    return (int)__atomic_load_n(&node_of(file->inode)->seals, __ATOMIC_RELAXED);
}

int tmpfs_seal(struct file *file, unsigned seals)
{
    int error = tmpfs_seals(file);

    if (error < 0 || seals & ~(unsigned)(F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW))
        return -EINVAL;
    if (!(file->can & FILE_WRITE))
        return -EPERM;
    struct node *node = node_of(file->inode);

    mutex_lock(&file->inode->lock);
    error = node->seals & F_SEAL_SEAL ? -EPERM : 0;
    if (!error)
        __atomic_store_n(&node->seals, node->seals | seals, __ATOMIC_RELAXED);
    mutex_unlock(&file->inode->lock);
    return error;
}

int tmpfs_init(void)
{
    int error = slab_cache_init(&nodes, "tmpfs file", sizeof(struct node), 8, NULL);

    if (!error)
        error = slab_cache_init(&names, "tmpfs name", sizeof(struct name), 8, NULL);
    if (!error)
        filesystem_register(&tmpfs_operations);
    return error;
}
