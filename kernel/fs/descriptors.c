/*
 * Tables of open files: descriptors.h. Blocks of 64, each with a word of what is used and one of
 * what closes at exec; one more word says which blocks are full, so that the lowest free number is
 * found in three steps. The first block is the table's own.
 */
#include "kernel/fs/descriptors.h"

#include "kernel/core/memory/slab.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/bitmap.h"
#include "lib/errno.h"

#define OF_BLOCK 64u
#define BLOCKS   (DESCRIPTORS_MAX / OF_BLOCK)
#define ALL      UINT64_MAX

struct block {
    uint64_t used, close_on_exec;
    struct file *files[OF_BLOCK];
};

struct descriptors {
    struct spinlock lock;
    uint64_t full; /* blocks without a free place */
    unsigned high; /* from there on there are no blocks; never falls */
    struct block *blocks[BLOCKS]; /* NULL: none of it is used */
    struct block first;
};

static struct slab_cache tables, blocks;

int descriptors_init(void)
{
    int error = slab_cache_init(&tables, "descriptors", sizeof(struct descriptors), 8, NULL);

    if (!error)
        error = slab_cache_init(&blocks, "descriptor block", sizeof(struct block), 8, NULL);
    return error;
}

/* ---- places: with the lock ------------------------------------------------------------------- */

static struct file *file_at(const struct descriptors *table, int fd)
{
    const struct block *block;

    if (unlikely((unsigned)fd >= DESCRIPTORS_MAX))
        return NULL;
    block = table->blocks[(unsigned)fd / OF_BLOCK];
    return likely(block) ? block->files[(unsigned)fd % OF_BLOCK] : NULL;
}

static void put_at(struct descriptors *table, unsigned fd, struct file *file, unsigned flags)
{
    struct block *block = table->blocks[fd / OF_BLOCK];
    uint64_t bit = bitmap_bit(fd % OF_BLOCK);

    block->files[fd % OF_BLOCK] = file;
    block->used |= bit;
    block->close_on_exec = flags & FD_CLOEXEC ? block->close_on_exec | bit
                                             : block->close_on_exec & ~bit;
    if (block->used == ALL)
        table->full |= bitmap_bit(fd / OF_BLOCK);
}

static struct file *take_at(struct descriptors *table, unsigned fd)
{
    struct block *block = table->blocks[fd / OF_BLOCK];
    struct file *file = block->files[fd % OF_BLOCK];

    block->files[fd % OF_BLOCK] = NULL;
    block->used &= ~bitmap_bit(fd % OF_BLOCK);
    table->full &= ~bitmap_bit(fd / OF_BLOCK);
    return file;
}

static uint64_t from_bit(uint64_t word, unsigned bit)
{
    return word & ALL << bit;
}

/* The lowest free number from `lowest` on; DESCRIPTORS_MAX: none. */
static unsigned free_from(const struct descriptors *table, unsigned lowest)
{
    unsigned index = lowest / OF_BLOCK, bit = lowest % OF_BLOCK;

    while (index < BLOCKS) {
        const struct block *block = table->blocks[index];
        uint64_t open = from_bit(block ? ~block->used : ALL, bit), others;

        if (open)
            return index * OF_BLOCK + (unsigned)__builtin_ctzll(open);
        if (index + 1 == BLOCKS)
            break;
        others = from_bit(~table->full, index + 1);
        index = others ? (unsigned)__builtin_ctzll(others) : BLOCKS;
        bit = 0;
    }
    return DESCRIPTORS_MAX;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static struct block *new_block(void)
{
    struct block *block = slab_alloc(&blocks);

    if (block)
        *block = (struct block){.used = 0};
    return block;
}

static void set_block(struct descriptors *table, unsigned index, struct block *block)
{
    table->blocks[index] = block;
    if (index >= table->high)
        table->high = index + 1;
}

/* There is a block for that number. The lock is held, and given back for a moment. */
static int need_block(struct descriptors *table, unsigned fd)
{
    struct block *block;

    if (table->blocks[fd / OF_BLOCK])
        return 0;
    spin_unlock(&table->lock);
    block = new_block();
    spin_lock(&table->lock);
    if (!block)
        return -ENOMEM;
    if (table->blocks[fd / OF_BLOCK])
        slab_free(&blocks, block); /* another thread was faster */
    else
        set_block(table, fd / OF_BLOCK, block);
    return 0;
}

/* ---- tables ---------------------------------------------------------------------------------- */

int descriptors_create(struct descriptors **made)
{
    struct descriptors *table = slab_alloc(&tables);

    if (!table)
        return -ENOMEM;
    *table = (struct descriptors){.lock = SPINLOCK("descriptors", LOCK_RANK_DESCRIPTORS)};
    set_block(table, 0, &table->first);
    *made = table;
    return 0;
}

static int need_blocks_of(struct descriptors *table, const struct descriptors *model)
{
    for (unsigned i = 1; i < model->high && i < BLOCKS; i++) {
        if (!model->blocks[i] || table->blocks[i])
            continue;
        struct block *block = new_block();

        if (!block)
            return -ENOMEM;
        set_block(table, i, block);
    }
    return 0;
}

static void copy_block(struct block *to, const struct block *from)
{
    *to = *from;
    for (uint64_t left = to->used; left; left &= left - 1)
        (void)file_get(to->files[__builtin_ctzll(left) % OF_BLOCK]);
}

/* False: the other grew meanwhile. */
static bool copy_blocks(struct descriptors *to, struct descriptors *from)
{
    bool fits = true;

    spin_lock(&from->lock);
    for (unsigned i = 0; i < from->high && i < BLOCKS; i++)
        fits = fits && (!from->blocks[i] || to->blocks[i]);
    for (unsigned i = 0; i < from->high && i < BLOCKS && fits; i++)
        if (from->blocks[i])
            copy_block(to->blocks[i], from->blocks[i]);
    to->full = from->full;
    spin_unlock(&from->lock);
    return fits;
}

int descriptors_copy(struct descriptors *from, struct descriptors **made)
{
    struct descriptors *table;
    int error = descriptors_create(&table);

    if (error)
        return error;
    do {
        error = need_blocks_of(table, from);
    } while (!error && !copy_blocks(table, from));
    if (error)
        descriptors_release(table);
    else
        *made = table;
    return error;
}

void descriptors_release(struct descriptors *table)
{
    if (!table)
        return;
    for (unsigned i = 0; i < table->high && i < BLOCKS; i++) {
        struct block *block = table->blocks[i];

        if (!block)
            continue;
        for (uint64_t left = block->used; left; left &= left - 1)
            file_put(block->files[__builtin_ctzll(left) % OF_BLOCK]);
        if (block != &table->first)
            slab_free(&blocks, block);
    }
    slab_free(&tables, table);
}

/* ---- by number ------------------------------------------------------------------------------- */

int descriptors_get(struct descriptors *table, int fd, struct file **file)
{
    spin_lock(&table->lock);
    *file = file_at(table, fd);
    if (*file)
        (void)file_get(*file);
    spin_unlock(&table->lock);
    return *file ? 0 : -EBADF;
}

int descriptors_borrow(struct descriptors *table, int fd, struct file **file)
{
    *file = file_at(table, fd);
    return likely(*file) ? 0 : -EBADF;
}

/* With the reference of the caller's. */
static int install(struct descriptors *table, struct file *file, unsigned lowest, unsigned flags,
                   uint64_t limit, int *fd)
{
    unsigned found;
    int error = 0;

    limit = limit < DESCRIPTORS_MAX ? limit : DESCRIPTORS_MAX;
    spin_lock(&table->lock);
    found = free_from(table, lowest);
    if (found >= limit)
        error = lowest >= limit && lowest > 0 ? -EINVAL : -EMFILE;
    else
        error = need_block(table, found);
    if (!error) {
        found = free_from(table, lowest); /* the lock was given back */
        if (found < limit && table->blocks[found / OF_BLOCK])
            put_at(table, found, file, flags);
        else
            error = -EMFILE;
    }
    spin_unlock(&table->lock);
    *fd = (int)found;
    return error;
}

int descriptors_install(struct descriptors *table, struct file *file, unsigned flags,
                        unsigned lowest, uint64_t limit, int *fd)
{
    int error = install(table, file_get(file), lowest, flags, limit, fd);

    if (error)
        file_put(file);
    return error;
}

int64_t descriptors_give(struct descriptors *table, struct file *file, unsigned flags,
                         uint64_t limit)
{
    int fd, error = install(table, file, 0, flags, limit, &fd);

    if (error)
        file_put(file);
    return error ? error : fd;
}

int descriptors_replace(struct descriptors *table, int other, struct file *file, unsigned flags,
                        uint64_t limit)
{
    struct file *before = NULL;
    int error;

    if (other < 0 || (unsigned)other >= DESCRIPTORS_MAX || (uint64_t)other >= limit)
        return -EBADF;
    spin_lock(&table->lock);
    error = need_block(table, (unsigned)other);
    if (!error) {
        before = file_at(table, other);
        put_at(table, (unsigned)other, file_get(file), flags);
    }
    spin_unlock(&table->lock);
    if (before)
        file_put(before);
    return error;
}

int descriptors_close(struct descriptors *table, int fd)
{
    struct file *file;

    spin_lock(&table->lock);
    file = file_at(table, fd);
    if (file)
        (void)take_at(table, (unsigned)fd);
    spin_unlock(&table->lock);
    if (!file)
        return -EBADF;
    file_put(file);
    return 0;
}

int descriptors_flags(struct descriptors *table, int fd)
{
    int flags = -EBADF;

    spin_lock(&table->lock);
    if (file_at(table, fd)) {
        const struct block *block = table->blocks[(unsigned)fd / OF_BLOCK % BLOCKS];

        flags = block->close_on_exec & bitmap_bit((unsigned)fd % OF_BLOCK) ? FD_CLOEXEC : 0;
    }
    spin_unlock(&table->lock);
    return flags;
}

int descriptors_set_flags(struct descriptors *table, int fd, unsigned flags)
{
    struct file *file;

    spin_lock(&table->lock);
    file = file_at(table, fd);
    if (file)
        put_at(table, (unsigned)fd, file, flags);
    spin_unlock(&table->lock);
    return file ? 0 : -EBADF;
}

/* The lowest one that closes at exec, out of the table; NULL: none. */
static struct file *take_closing(struct descriptors *table)
{
    for (unsigned i = 0; i < table->high && i < BLOCKS; i++) {
        const struct block *block = table->blocks[i];
        uint64_t closing = block ? block->used & block->close_on_exec : 0;

        if (closing)
            return take_at(table, i * OF_BLOCK + (unsigned)__builtin_ctzll(closing));
    }
    return NULL;
}

void descriptors_close_on_exec(struct descriptors *table)
{
    struct file *file;

    do {
        spin_lock(&table->lock);
        file = take_closing(table);
        spin_unlock(&table->lock);
        if (file)
            file_put(file);
    } while (file);
}

int descriptors_next(struct descriptors *table, int from)
{
    int found = -1;

    spin_lock(&table->lock);
    for (unsigned fd = from < 0 ? 0 : (unsigned)from; fd < DESCRIPTORS_MAX && found < 0; fd++)
        if (file_at(table, (int)fd))
            found = (int)fd;
    spin_unlock(&table->lock);
    return found;
}
