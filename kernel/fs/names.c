/*
 * The cache of names: names.h says how it is used. Buckets of single chains; all lie in a list,
 * from whose beginning those go that nobody uses. One that was used since gets a second chance.
 * Locks: names_lock.
 */
#include "kernel/fs/names.h"

#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "lib/errno.h"
#include "lib/string.h"

#define BUCKETS 4096u

struct spinlock names_lock = SPINLOCK("names", LOCK_RANK_NAMES);

static struct slab_cache dentries;
static struct dentry *buckets[BUCKETS];
static struct {
    struct dentry *first, *last; /* the longest unused first, about */
} all;
static unsigned count; /* of dentries */
static unsigned most = NAMES_MAX;

/* On a small machine fewer: a page of names for 80 pages of memory. */
int names_init(void)
{
    uint64_t fitting = frames_total() / 4;

    most = fitting < NAMES_MIN ? NAMES_MIN : fitting < NAMES_MAX ? (unsigned)fitting : NAMES_MAX;
    return slab_cache_init(&dentries, "dentry", sizeof(struct dentry), 8, NULL);
}

/* ---- the hash -------------------------------------------------------------------------------- */

uint32_t name_hash(struct text name)
{
    uint32_t hash = 0;

    for (size_t i = 0; i < name.size; i++)
        hash = name_hash_on(hash, text_at(name, i));
    return hash;
}

static uint32_t with_parent(const struct dentry *parent, uint32_t hash)
{
    return (hash ^ (uint32_t)((uintptr_t)parent >> 6)) * 0x9e3779b1u;
}

static struct dentry **bucket_of(uint32_t hash)
{
    return &buckets[hash >> 20];
}

/* Most names are short: without a call. */
static bool is_named(const struct dentry *dentry, struct text name)
{
    if (dentry->name.size != name.size)
        return false;
    if (name.size > 8)
        return memcmp(dentry->name.chars, name.chars, name.size) == 0;
    for (size_t i = 0; i < name.size; i++)
        if (text_at(dentry->name, i) != text_at(name, i))
            return false;
    return true;
}

struct dentry *name_find(const struct dentry *parent, struct text name, uint32_t hash)
{
    uint32_t full = with_parent(parent, hash);

    for (struct dentry *d = *bucket_of(full); d; d = d->hash_next)
        if (d->hash == full && d->parent == parent && is_named(d, name))
            return d;
    return NULL;
}

static void list(struct dentry *dentry)
{
    dentry->list_next = NULL;
    dentry->list_previous = all.last;
    *(all.last ? &all.last->list_next : &all.first) = dentry;
    all.last = dentry;
}

static void unlist(struct dentry *dentry)
{
    *(dentry->list_previous ? &dentry->list_previous->list_next : &all.first) = dentry->list_next;
    *(dentry->list_next ? &dentry->list_next->list_previous : &all.last) = dentry->list_previous;
}

static void insert(struct dentry *dentry, uint32_t full_hash)
{
    struct dentry **bucket = bucket_of(full_hash);

    dentry->hash = full_hash;
    dentry->hash_next = *bucket;
    *bucket = dentry;
    dentry->flags |= DENTRY_HASHED;
    (void)dentry_get(dentry);
    list(dentry);
}

/* Somebody has it, or takes it apart. */
static void unhash(struct dentry *dentry)
{
    struct dentry **link = bucket_of(dentry->hash);

    if (!(dentry->flags & DENTRY_HASHED))
        return;
    while (*link != dentry)
        link = &(*link)->hash_next;
    *link = dentry->hash_next;
    dentry->flags &= ~DENTRY_HASHED;
    unlist(dentry);
    __atomic_sub_fetch(&dentry->references, 1, __ATOMIC_RELAXED);
}

/* ---- the tree -------------------------------------------------------------------------------- */

static void adopt(struct dentry *parent, struct dentry *dentry)
{
    dentry->parent = parent;
    dentry->sibling_previous = NULL;
    dentry->sibling_next = parent->children;
    if (parent->children)
        parent->children->sibling_previous = dentry;
    parent->children = dentry;
}

static void orphan(struct dentry *dentry)
{
    *(dentry->sibling_previous ? &dentry->sibling_previous->sibling_next
                               : &dentry->parent->children) = dentry->sibling_next;
    if (dentry->sibling_next)
        dentry->sibling_next->sibling_previous = dentry->sibling_previous;
}

void name_attach(struct dentry *parent, struct dentry *dentry, uint32_t hash, struct inode *inode)
{
    adopt(dentry_get(parent), dentry);
    dentry->inode = inode;
    if (parent->inode->fs->operations->transient)
        dentry->flags |= DENTRY_TRANSIENT;
    insert(dentry, with_parent(parent, hash));
}

void name_fill(struct dentry *dentry, struct inode *inode)
{
    dentry->inode = inode;
}

/* Where nobody else has it, it stays as what says that there is no such name. */
struct inode *name_gone(struct dentry *dentry)
{
    struct inode *inode = dentry->inode;

    if (dentry->references > 2 || !(dentry->flags & DENTRY_HASHED)) { /* not the caller's alone */
        unhash(dentry);
        dentry->flags |= DENTRY_REMOVED;
        return NULL;
    }
    dentry->inode = NULL;
    return inode;
}

static void swap_names(struct dentry *a, struct dentry *b)
{
    char short_name[NAME_SHORT];
    struct text name = a->name;
    bool a_is_short = a->name.chars == a->short_name, b_is_short = b->name.chars == b->short_name;

    memcpy(short_name, a->short_name, NAME_SHORT);
    memcpy(a->short_name, b->short_name, NAME_SHORT);
    memcpy(b->short_name, short_name, NAME_SHORT);
    a->name = text_of(b_is_short ? a->short_name : b->name.chars, b->name.size);
    b->name = text_of(a_is_short ? b->short_name : name.chars, name.size);
}

struct dentry *name_move(struct dentry *dentry, struct dentry *target)
{
    struct dentry *parent = dentry->parent, *to = target->parent;
    uint32_t hash = target->hash;

    unhash(dentry);
    unhash(target);
    target->flags |= DENTRY_REMOVED;
    swap_names(dentry, target);
    orphan(dentry);
    adopt(dentry_get(to), dentry);
    insert(dentry, hash);
    return parent;
}

/* ---- the unused ------------------------------------------------------------------------------ */

/* Names locked, nobody has it: nobody finds it any more, either. */
static void detach(struct dentry *dentry)
{
    unhash(dentry);
    orphan(dentry);
}

static bool is_unused(const struct dentry *dentry)
{
    return dentry->references == 1 && dentry->flags & DENTRY_HASHED;
}

/* Behind detach, names not locked. Returns the parent, whose reference is now the caller's. */
static struct dentry *destroy(struct dentry *dentry)
{
    struct dentry *parent = dentry->parent;

    if (dentry->inode)
        inode_put(dentry->inode);
    name_free(dentry);
    return parent;
}

/* One reference goes. True: the dentry has to go as well, and is detached. */
static bool put_last(struct dentry *dentry)
{
    bool gone;

    spin_lock(&names_lock);
    if (dentry->references == 2 && dentry->flags & DENTRY_TRANSIENT)
        unhash(dentry);
    gone = __atomic_sub_fetch(&dentry->references, 1, __ATOMIC_ACQ_REL) == 0;
    if (gone)
        orphan(dentry);
    spin_unlock(&names_lock);
    return gone;
}

void dentry_put_slowly(struct dentry *dentry)
{
    while (put_last(dentry)) {
        dentry = destroy(dentry);
        if (!(dentry->flags & DENTRY_TRANSIENT) && reference_drop(&dentry->references))
            return;
    }
}

/* The next one to go, detached; NULL: none. Looks at so many at most. */
static struct dentry *take_unused(unsigned looks)
{
    while (all.first && looks-- > 0) {
        struct dentry *dentry = all.first;

        if (is_unused(dentry) && !(dentry->flags & DENTRY_USED)) {
            detach(dentry);
            return dentry;
        }
        dentry->flags &= ~DENTRY_USED;
        unlist(dentry);
        list(dentry);
    }
    return NULL;
}

unsigned names_reclaim(unsigned wanted)
{
    unsigned done = 0;

    for (; done < wanted; done++) {
        spin_lock(&names_lock);
        struct dentry *dentry = take_unused(1024);
        spin_unlock(&names_lock);
        if (!dentry)
            break;
        dentry_put(destroy(dentry));
    }
    return done;
}

static struct dentry *unused_child(struct dentry *parent)
{
    for (struct dentry *d = parent->children; d; d = d->sibling_next)
        if (is_unused(d))
            return d;
    return NULL;
}

void names_forget_children(struct dentry *parent)
{
    for (;;) {
        spin_lock(&names_lock);
        struct dentry *dentry = unused_child(parent);
        if (dentry)
            detach(dentry);
        spin_unlock(&names_lock);
        if (!dentry)
            return;
        dentry_put(destroy(dentry));
    }
}

static struct dentry *unused_of(const struct filesystem *fs)
{
    for (struct dentry *d = all.first; d; d = d->list_next)
        if (is_unused(d) && d->parent->inode->fs == fs)
            return d;
    return NULL;
}

void names_forget_fs(const struct filesystem *fs)
{
    for (;;) {
        spin_lock(&names_lock);
        struct dentry *dentry = unused_of(fs);
        if (dentry)
            detach(dentry);
        spin_unlock(&names_lock);
        if (!dentry)
            return;
        dentry_put(destroy(dentry));
    }
}

/* ---- memory ---------------------------------------------------------------------------------- */

int name_new(struct text name, struct dentry **made)
{
    struct dentry *dentry;
    char *chars;

    if (__atomic_load_n(&count, __ATOMIC_RELAXED) >= most)
        (void)names_reclaim(16);
    dentry = slab_alloc(&dentries);
    if (!dentry)
        return -ENOMEM;
    chars = name.size <= NAME_SHORT ? dentry->short_name : alloc(name.size, 1);
    if (!chars) {
        slab_free(&dentries, dentry);
        return -ENOMEM;
    }
    memcpy(chars, name.chars, name.size);
    dentry->references = 1;
    dentry->inode = NULL;
    dentry->name = text_of(chars, name.size);
    dentry->flags = dentry->mounts = 0;
    dentry->children = NULL;
    __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    *made = dentry;
    return 0;
}

void name_free(struct dentry *dentry)
{
    if (dentry->name.chars != dentry->short_name)
        dealloc((void *)dentry->name.chars, dentry->name.size, 1);
    slab_free(&dentries, dentry);
    __atomic_sub_fetch(&count, 1, __ATOMIC_RELAXED);
}

int name_new_root(struct inode *inode, struct dentry **made)
{
    int error = name_new(text_of("", 0), made);

    if (error)
        return error;
    (*made)->parent = *made;
    (*made)->inode = inode;
    return 0;
}

void name_drop_root(struct dentry *root)
{
    inode_put(root->inode);
    name_free(root);
}
