/*
 * Devices by number, and devfs, which lists them by name. An entry is a device, a directory that a
 * device's name needed, or a symbolic link; entries of directories and links stay for ever. Each
 * devfs that is mounted shows the same. Locks: `lock` for the entries.
 */
#include "kernel/fs/device.h"

#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/names.h"
#include "kernel/fs/page_file.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TYPE       0x1373u
#define FIRST_KEY  2u /* positions in a directory: 0 ".", 1 ".." */
#define PLACES     256u

struct entry {
    struct entry *next;      /* in the order of their coming */
    struct entry *hash_next; /* devices by number */
    struct entry *parent;    /* NULL: in /dev itself */
    struct text name;
    uint64_t key; /* inode number and position; never given twice */
    uint32_t mode, uid, gid;
    uint32_t uses; /* inodes that show it, and 1 while it is there */
    uint64_t number;
    const struct file_operations *operations;
    void *private;
    const char *target;
    struct abi_timespec since;
};

static struct mutex lock = MUTEX("devices");
static struct spinlock numbers_lock = SPINLOCK("device numbers", LOCK_RANK_NAMES);
static struct entry *first;
static struct entry *numbers[PLACES]; /* under numbers_lock */
static uint64_t next_key = FIRST_KEY;
static struct slab_cache inodes;

/* ---- by number ------------------------------------------------------------------------------- */

static struct entry **place_of(uint64_t number)
{
    return &numbers[(number ^ number >> 8) % PLACES];
}

static struct entry *entry_of(uint64_t number)
{
    struct entry *entry = *place_of(number);

    while (entry && entry->number != number)
        entry = entry->hash_next;
    return entry;
}

int device_find(uint64_t number, const struct file_operations **operations, void **private)
{
    int error = -ENXIO;

    spin_lock(&numbers_lock);
    const struct entry *entry = entry_of(number);
    if (entry) {
        *operations = entry->operations;
        *private = entry->private;
        error = 0;
    }
    spin_unlock(&numbers_lock);
    return error;
}

static bool is_device(const struct entry *entry)
{
    uint32_t type = entry->mode & S_IFMT;

    return type == S_IFCHR || type == S_IFBLK;
}

/* ---- entries: with the lock ------------------------------------------------------------------ */

static struct entry *find(const struct entry *parent, struct text name)
{
    for (struct entry *e = first; e; e = e->next)
        if (e->parent == parent && e->name.size == name.size
            && memcmp(e->name.chars, name.chars, name.size) == 0)
            return e;
    return NULL;
}

static struct entry *append(const struct entry *model)
{
    struct entry **link = &first, *entry = alloc(sizeof(*entry), _Alignof(struct entry));

    if (!entry)
        return NULL;
    *entry = *model;
    entry->key = next_key++;
    entry->uses = 1;
    entry->since = inode_now();
    while (*link)
        link = &(*link)->next;
    *link = entry;
    return entry;
}

/* Out of the list; it lives on while inodes show it. */
static void drop(struct entry *entry)
{
    struct entry **link = &first;

    while (*link != entry)
        link = &(*link)->next;
    *link = entry->next;
}

static void put(struct entry *entry)
{
    if (__atomic_sub_fetch(&entry->uses, 1, __ATOMIC_ACQ_REL) == 0)
        dealloc(entry, sizeof(*entry), _Alignof(struct entry));
}

/* The directory of a name like "pts/3", made when it is not there; *leaf is the rest. */
static int directory_of(const char *name, struct entry **parent, struct text *leaf)
{
    struct text rest = text_of(name, strlen(name));

    *parent = NULL;
    for (size_t i = 0; i < rest.size; i++) {
        struct entry model = {.parent = *parent, .mode = S_IFDIR | 0755};

        if (text_at(rest, i) != '/')
            continue;
        model.name = text_part(rest, 0, i);
        *parent = find(*parent, model.name) ?: append(&model);
        if (!*parent)
            return -ENOMEM;
        rest = text_from(rest, i + 1);
        i = (size_t)-1;
    }
    *leaf = rest;
    return 0;
}

static int add(const char *name, struct entry *model, struct entry **added)
{
    int error = directory_of(name, &model->parent, &model->name);

    if (!error && find(model->parent, model->name))
        error = -EEXIST;
    if (error)
        return error;
    *added = append(model);
    return *added ? 0 : -ENOMEM;
}

int device_register(uint64_t number, const char *name, uint32_t mode,
                    const struct file_operations *operations, void *private)
{
    struct entry model = {.mode = mode, .number = number, .operations = operations,
                          .private = private};
    struct entry *entry;
    int error;

    mutex_lock(&lock);
    error = entry_of(number) ? -EEXIST : add(name, &model, &entry);
    if (!error) {
        spin_lock(&numbers_lock);
        entry->hash_next = *place_of(number);
        *place_of(number) = entry;
        spin_unlock(&numbers_lock);
    }
    mutex_unlock(&lock);
    return error;
}

void device_unregister(uint64_t number)
{
    struct entry *entry;

    mutex_lock(&lock);
    spin_lock(&numbers_lock);
    entry = entry_of(number);
    if (entry) {
        struct entry **link = place_of(number);

        while (*link != entry)
            link = &(*link)->hash_next;
        *link = entry->hash_next;
    }
    spin_unlock(&numbers_lock);
    if (entry) {
        drop(entry);
        put(entry);
    }
    mutex_unlock(&lock);
}

void device_set_owner(uint64_t number, uint32_t uid, uint32_t gid)
{
    struct entry *entry;

    mutex_lock(&lock);
    entry = entry_of(number);
    if (entry) {
        entry->uid = uid;
        entry->gid = gid;
    }
    mutex_unlock(&lock);
}

int device_link(const char *name, const char *target)
{
    struct entry model = {.mode = S_IFLNK | 0777, .target = target}, *entry;
    int error;

    mutex_lock(&lock);
    error = add(name, &model, &entry);
    mutex_unlock(&lock);
    return error;
}

/* ---- devfs ----------------------------------------------------------------------------------- */

static const struct inode_operations operations;
static const struct file_operations directory_operations;

/* NULL: the root's. */
static struct entry *shown_by(const struct inode *inode)
{
    return inode->private;
}

/* With the lock. */
static int show(struct filesystem *fs, struct entry *entry, struct inode **made)
{
    struct inode *inode = slab_alloc(&inodes);

    if (!inode)
        return -ENOMEM;
    inode_init(inode, fs, entry ? entry->key : 1, entry ? entry->mode : S_IFDIR | 0755);
    inode->operations = &operations;
    inode->links = 1;
    if (is_directory(inode)) {
        inode->links = 2;
        inode->file_operations = &directory_operations;
    }
    if (entry) {
        __atomic_add_fetch(&entry->uses, 1, __ATOMIC_RELAXED);
        inode->private = entry;
        inode->uid = entry->uid;
        inode->gid = entry->gid;
        inode->special_device = is_device(entry) ? entry->number : 0;
        inode->size = entry->target ? strlen(entry->target) : 0;
        inode->times = (struct inode_times){entry->since, entry->since, entry->since};
    }
    *made = inode;
    return 0;
}

static int lookup(struct inode *directory, struct text name, struct inode **found)
{
    struct entry *entry;
    int error = -ENOENT;

    mutex_lock(&lock);
    entry = find(shown_by(directory), name);
    if (entry)
        error = show(directory->fs, entry, found);
    mutex_unlock(&lock);
    return error;
}

static int read_link(struct inode *inode, char *to, size_t size)
{
    return strlcpy(to, shown_by(inode)->target, size) < size ? 0 : -ENAMETOOLONG;
}

static int set_attributes(struct inode *inode, const struct attributes *wanted)
{
    struct entry *entry = shown_by(inode);

    inode_set_plain(inode, wanted);
    if (entry) {
        mutex_lock(&lock);
        entry->mode = inode->mode;
        entry->uid = inode->uid;
        entry->gid = inode->gid;
        mutex_unlock(&lock);
    }
    return 0;
}

static const struct inode_operations operations = {
    .lookup = lookup,
    .read_link = read_link,
    .set_attributes = set_attributes,
};

static bool emit_dots(const struct inode *inode, uint64_t *position, struct directory_room *room)
{
    const struct entry *entry = shown_by(inode);
    uint64_t up = entry && entry->parent ? entry->parent->key : 1;

    if (*position == 0 && directory_emit(room, text_of(".", 1), inode->number, DT_DIR, 1))
        *position = 1;
    if (*position == 1 && directory_emit(room, text_of("..", 2), up, DT_DIR, FIRST_KEY))
        *position = FIRST_KEY;
    return *position >= FIRST_KEY;
}

static int read_directory(struct file *file, uint64_t *position, struct directory_room *room)
{
    const struct entry *directory = shown_by(file->inode);

    if (!emit_dots(file->inode, position, room))
        return 0;
    mutex_lock(&lock);
    for (const struct entry *e = first; e; e = e->next) {
        if (e->parent != directory || e->key < *position)
            continue;
        if (!directory_emit(room, e->name, e->key, (e->mode & S_IFMT) >> 12, e->key + 1))
            break;
        *position = e->key + 1;
    }
    mutex_unlock(&lock);
    return 0;
}

static const struct file_operations directory_operations = {
    .read_directory = read_directory,
};

static int mount(struct filesystem *fs, struct inode *source, unsigned flags)
{
    (void)source;
    (void)flags;
    return show(fs, NULL, &fs->root);
}

static void statfs(struct filesystem *fs, struct abi_statfs *to)
{
    *to = (struct abi_statfs){.type = TYPE, .block_bytes = 4096, .files = fs->inodes,
                              .name_max = NAME_MAX};
}

static void free_inode(struct inode *inode)
{
    if (shown_by(inode))
        put(shown_by(inode));
    slab_free(&inodes, inode);
}

static const struct filesystem_operations devfs_operations = {
    .name = "devfs",
    .type = TYPE,
    .mount = mount,
    .statfs = statfs,
    .free = free_inode,
    .transient = true,
};

int devices_init(void)
{
    int error = slab_cache_init(&inodes, "devfs file", sizeof(struct inode), 8, NULL);

    if (!error)
        filesystem_register(&devfs_operations);
    return error;
}
