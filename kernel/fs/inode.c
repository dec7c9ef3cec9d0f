/*
 * The table of inodes: by file system and number, so that a file has one struct inode in memory.
 * One without references stays as a cache, the longest unused going first; one without links as
 * well goes at once. Locks: LOCK_RANK_INODES; the file system's release is called without.
 *
 * While an unused one is written before it goes (evict), it may be found and used again; STATE_USED
 * tells, and it stays.
 */
#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/names.h"
#include "lib/errno.h"

#define BUCKETS    2048u
#define UNUSED_MAX 2048u
#define UNUSED_MIN 64u

#define STATE_LISTED 1u
#define STATE_USED   2u
#define STATE_GONE   4u /* not hashed */

static struct spinlock lock = SPINLOCK("inodes", LOCK_RANK_INODES);
static struct inode *buckets[BUCKETS];
static struct {
    struct inode *first, *last;
    unsigned count;
} unused;
static unsigned unused_most = UNUSED_MAX;

/* On a small machine fewer are kept. */
int inodes_init(void)
{
    uint64_t fitting = frames_total() / 16;

    unused_most = fitting < UNUSED_MIN   ? UNUSED_MIN
                  : fitting < UNUSED_MAX ? (unsigned)fitting
                                         : UNUSED_MAX;
    return 0;
}

struct abi_timespec inode_now(void)
{
    uint64_t ns;

    if (time_wall_ns(&ns))
        ns = time_now_ns();
    return (struct abi_timespec){(int64_t)(ns / NS_PER_SECOND), (int64_t)(ns % NS_PER_SECOND)};
}

/* ---- lists ----------------------------------------------------------------------------------- */

static struct inode **bucket_of(const struct filesystem *fs, uint64_t number)
{
    uint64_t hash = (number ^ (uintptr_t)fs >> 6) * 0x9e3779b97f4a7c15ull;

    return &buckets[hash >> 53];
}

static void unhash(struct inode *inode)
{
    struct inode **link = bucket_of(inode->fs, inode->number);

    while (*link != inode)
        link = &(*link)->hash_next;
    *link = inode->hash_next;
    inode->state |= STATE_GONE;
}

static void list(struct inode *inode)
{
    inode->state |= STATE_LISTED;
    inode->lru_next = NULL;
    inode->lru_previous = unused.last;
    *(unused.last ? &unused.last->lru_next : &unused.first) = inode;
    unused.last = inode;
    unused.count++;
}

static void unlist(struct inode *inode)
{
    if (!(inode->state & STATE_LISTED))
        return;
    *(inode->lru_previous ? &inode->lru_previous->lru_next : &unused.first) = inode->lru_next;
    *(inode->lru_next ? &inode->lru_next->lru_previous : &unused.last) = inode->lru_previous;
    inode->state &= ~STATE_LISTED;
    unused.count--;
}

static void enter_fs(struct filesystem *fs, struct inode *inode)
{
    inode->previous = NULL;
    inode->next = fs->first;
    if (fs->first)
        fs->first->previous = inode;
    fs->first = inode;
    fs->inodes++;
}

static void leave_fs(struct inode *inode)
{
    struct filesystem *fs = inode->fs;

    *(inode->previous ? &inode->previous->next : &fs->first) = inode->next;
    if (inode->next)
        inode->next->previous = inode->previous;
    fs->inodes--;
}

/* ---- coming ---------------------------------------------------------------------------------- */

void inode_init(struct inode *inode, struct filesystem *fs, uint64_t number, uint32_t mode)
{
    struct inode **bucket = bucket_of(fs, number);

    *inode = (struct inode){.fs = fs, .number = number, .mode = mode, .references = 1};
    mutex_init(&inode->lock, "inode");
    spin_lock(&lock);
    inode->hash_next = *bucket;
    *bucket = inode;
    enter_fs(fs, inode);
    spin_unlock(&lock);
}

struct inode *inode_find(struct filesystem *fs, uint64_t number)
{
    spin_lock(&lock);
    struct inode *inode = *bucket_of(fs, number);
    while (inode && (inode->fs != fs || inode->number != number))
        inode = inode->hash_next;
    if (inode) {
        inode->references++;
        inode->state |= STATE_USED;
        unlist(inode);
    }
    spin_unlock(&lock);
    return inode;
}

struct inode *inode_get(struct inode *inode)
{
    __atomic_add_fetch(&inode->references, 1, __ATOMIC_RELAXED);
    return inode;
}

/* ---- going ----------------------------------------------------------------------------------- */

/* Nobody has it or finds it: what its file system does about it, and its memory. */
static void destroy(struct inode *inode)
{
    struct filesystem *fs = inode->fs;

    if (inode->pages.operations)
        page_cache_truncate(&inode->pages, 0);
    if (inode->operations->release && inode->links == 0)
        inode->operations->release(inode);
    spin_lock(&lock);
    leave_fs(inode);
    spin_unlock(&lock);
    fs->operations->free(inode);
}

static void write_back(struct inode *inode)
{
    if (inode->pages.operations && page_cache_flush(&inode->pages))
        log_error("fs", "inode %llu of %s is lost: it could not be written",
                  (unsigned long long)inode->number, inode->fs->operations->name);
    if (inode->operations->release)
        inode->operations->release(inode);
}

/* The longest unused of the file system (NULL: of all), with the only reference. */
static struct inode *take_unused(const struct filesystem *fs)
{
    spin_lock(&lock);
    struct inode *inode = unused.first;
    while (inode && fs && inode->fs != fs)
        inode = inode->lru_next;
    if (inode) {
        unlist(inode);
        inode->references = 1;
        inode->state &= ~STATE_USED;
    }
    spin_unlock(&lock);
    return inode;
}

/* Of take_unused. False: somebody wanted it meanwhile. */
static bool evict(struct inode *inode)
{
    bool gone;

    write_back(inode);
    spin_lock(&lock);
    gone = inode->references == 1 && !(inode->state & STATE_USED);
    if (gone)
        unhash(inode);
    spin_unlock(&lock);
    if (gone)
        destroy(inode);
    else
        inode_put(inode);
    return gone;
}

unsigned inodes_reclaim(unsigned wanted)
{
    unsigned done = 0;
    struct inode *inode;

    while (done < wanted && (inode = take_unused(NULL)))
        done += evict(inode);
    return done;
}

unsigned vfs_reclaim(unsigned wanted)
{
    unsigned done = names_reclaim(wanted); /* they keep inodes */

    return done < wanted ? done + inodes_reclaim(wanted - done) : done;
}

/* True: it has to go now. */
static bool put_last(struct inode *inode)
{
    bool gone = false;

    spin_lock(&lock);
    if (--inode->references == 0) {
        gone = inode->links == 0 || inode->fs->operations->transient;
        if (gone)
            unhash(inode);
        else
            list(inode);
    }
    spin_unlock(&lock);
    return gone;
}

void inode_put(struct inode *inode)
{
    if (reference_drop(&inode->references))
        return;
    if (put_last(inode))
        destroy(inode);
    else if (__atomic_load_n(&unused.count, __ATOMIC_RELAXED) > unused_most)
        (void)inodes_reclaim(8);
}

/* ---- a whole file system --------------------------------------------------------------------- */

void inodes_forget_fs(struct filesystem *fs)
{
    struct inode *inode;

    while ((inode = take_unused(fs)))
        (void)evict(inode);
}

/* The next one behind `inode` (NULL: the first) with a reference. */
static struct inode *next_of(struct filesystem *fs, struct inode *inode)
{
    spin_lock(&lock);
    struct inode *next = inode ? inode->next : fs->first;
    while (next && next->state & STATE_GONE)
        next = next->next;
    if (next) {
        next->references++;
        unlist(next);
    }
    spin_unlock(&lock);
    return next;
}

static int sync_inode(struct inode *inode)
{
    /* NULL: it is being made, and nothing of it is to be written yet. */
    const struct inode_operations *operations = __atomic_load_n(&inode->operations,
                                                                __ATOMIC_ACQUIRE);
    int error = inode->pages.operations ? page_cache_flush(&inode->pages) : 0;
    int second = operations && operations->sync ? operations->sync(inode) : 0;

    return error ? error : second;
}

int inodes_sync_fs(struct filesystem *fs)
{
    struct inode *inode = next_of(fs, NULL);
    int error = 0;

    while (inode) {
        struct inode *next;
        int now = sync_inode(inode);

        error = error ? error : now;
        next = next_of(fs, inode);
        inode_put(inode);
        inode = next;
    }
    return error;
}
