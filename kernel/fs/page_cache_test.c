/* The page cache over fake disks, beside a model: random use with memory that runs out, disks that
   fail, and changes that come while pages are read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/core/log/log.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/page_private.h"
#include "lib/errno.h"

/* links: kernel/core/memory/inject.c kernel/fs/page_write.c */

/* ---- the fake machine ------------------------------------------------------------------------ */

#define FRAMES 260u
static _Alignas(4096) uint8_t memory[FRAMES][4096];
static unsigned references[FRAMES]; /* frame 0 is never given */
static unsigned frames_used, frames_most = FRAMES - 1, structures;
static uint64_t (*reclaim)(uint64_t frames);

unsigned preempt_depth;

void *phys_to_virt(uint64_t phys)
{
    return memory[phys / 4096];
}

static int take_free(unsigned count, uint64_t *phys)
{
    unsigned run = 0;

    if (frames_used + count > frames_most)
        return -ENOMEM;
    for (unsigned at = 1; at < FRAMES; at++) {
        run = references[at] ? 0 : run + 1;
        if (run < count)
            continue;
        for (unsigned i = at + 1 - count; i <= at; i++) {
            references[i] = 1;
            memset(memory[i], 0xee, 4096);
        }
        frames_used += count;
        *phys = (at + 1 - count) * 4096ull;
        return 0;
    }
    return -ENOMEM;
}

int alloc_frames(uint64_t count, uint64_t align, uint64_t below, uint64_t *phys)
{
    (void)align;
    (void)below;
    if (memory_must_fail())
        return -ENOMEM;
    int error = take_free((unsigned)count, phys);
    if (error && reclaim && reclaim(count))
        error = take_free((unsigned)count, phys);
    return error;
}

int alloc_frame(uint64_t *phys)
{
    return alloc_frames(1, 1, FRAMES_ANYWHERE, phys);
}

int frame_get(uint64_t phys)
{
    references[phys / 4096]++;
    return 0;
}

int frame_put(uint64_t phys)
{
    assert_true(references[phys / 4096] > 0);
    if (--references[phys / 4096] == 0) {
        frames_used--;
        memset(memory[phys / 4096], 0xdd, 4096);
    }
    return 0;
}

unsigned frame_references(uint64_t phys)
{
    return references[phys / 4096];
}

uint64_t frames_total(void)
{
    return FRAMES - 1;
}

uint64_t frames_free(void)
{
    return frames_most - frames_used;
}

void frames_set_reclaim(uint64_t (*function)(uint64_t frames))
{
    reclaim = function;
}

int slab_cache_init(struct slab_cache *cache, const char *name, size_t size, size_t align,
                    void (*construct)(void *object))
{
    *cache = (struct slab_cache){.name = name, .size = (uint32_t)size, .construct = construct,
                                 .magazine_size = 0};
    (void)align;
    return 0;
}

void *slab_take_slowly(struct slab_cache *cache, struct magazine *magazine)
{
    (void)magazine;
    preempt_depth--;
    structures++;
    return malloc(cache->size);
}

void slab_free_slowly(struct slab_cache *cache, struct magazine *magazine, void *object)
{
    (void)cache;
    (void)magazine;
    preempt_depth--;
    structures--;
    free(object);
}

void spin_lock(struct spinlock *lock)
{
    assert_int_equal(lock->held, 0);
    lock->held = 1;
}

void spin_unlock(struct spinlock *lock)
{
    assert_int_equal(lock->held, 1);
    lock->held = 0;
}

uint64_t wait_lock(struct wait_queue *queue)
{
    spin_lock(&queue->lock);
    return 0;
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    (void)saved;
    spin_unlock(&queue->lock);
}

/* One thread of control: who waits here waits for ever. */
int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    (void)queue;
    (void)saved;
    (void)deadline_ns;
    fail_msg("waits for itself");
    return 0;
}

void wait_broadcast(struct wait_queue *queue)
{
    assert_int_equal(queue->lock.held, 0);
    assert_int_equal(page_lock.held, 0);
}

static unsigned lines_logged;

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    (void)level;
    (void)area;
    (void)format;
    lines_logged++;
}

const char *error_text(int error)
{
    (void)error;
    return "?";
}

void page_writer_note(void)
{
}

void page_writer_hurry(void)
{
}

void page_writer_progress(void)
{
}

/* What the thread would do: write, if there is something. */
static unsigned hopes;

bool page_writer_wait(void)
{
    if (page_totals.info.dirty == 0 || hopes == 0)
        return false;
    hopes--;
    (void)page_write_until(page_totals.clock);
    return true;
}

/* ---- the fake disks: a word stands for a page's contents ------------------------------------- */

#define FILES 4u
#define PAGES 96u

static struct file {
    struct page_cache cache;
    uint32_t disk[PAGES];  /* what is on it */
    uint32_t model[PAGES]; /* what whoever looks must see */
    uint64_t pages;
} files[FILES];
static uint64_t io_fail_in, io_count;
static int io_error;
static unsigned reads, writes, largest_read, largest_write;
static void (*meanwhile)(struct page_cache *cache); /* what others do during a request */

static void fill(struct page *page, uint32_t word)
{
    uint32_t *words = page_bytes(page);

    for (unsigned i = 0; i < 1024; i++)
        words[i] = word;
}

static uint32_t word_of(const struct page *page)
{
    const uint32_t *words = page_bytes(page);

    for (unsigned i = 1; i < 1024; i++)
        assert_int_equal(words[i], words[0]);
    return words[0];
}

static bool must_fail(void)
{
    io_count++;
    return io_fail_in != 0 && --io_fail_in == 0;
}

static int read_pages(struct page_cache *cache, const struct page_run *run)
{
    struct page *const *pages = run->pages;
    size_t count = run->count;
    struct file *file = cache->owner;

    assert_true(count > 0 && count <= PAGE_REQUEST_MAX);
    reads++;
    largest_read = count > largest_read ? (unsigned)count : largest_read;
    if (must_fail())
        return io_error;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pages[i]->index, pages[0]->index + i);
        assert_ptr_equal(pages[i]->cache, cache);
        fill(pages[i], pages[i]->index < PAGES ? file->disk[pages[i]->index] : 0);
    }
    return 0;
}

static int write_pages(struct page_cache *cache, const struct page_run *run)
{
    struct page *const *pages = run->pages;
    size_t count = run->count;
    struct file *file = cache->owner;

    assert_true(count > 0 && count <= PAGE_REQUEST_MAX);
    writes++;
    largest_write = count > largest_write ? (unsigned)count : largest_write;
    if (must_fail())
        return io_error;
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(pages[i]->index, pages[0]->index + i);
        file->disk[pages[i]->index] = word_of(pages[i]);
    }
    if (meanwhile)
        meanwhile(cache);
    return 0;
}

static uint64_t pages_of(struct page_cache *cache)
{
    return ((struct file *)cache->owner)->pages;
}

static const struct page_operations on_disk = {read_pages, write_pages, pages_of, NULL};
static const struct page_operations in_memory = {NULL, NULL, NULL, NULL};

static uint32_t next_word;

static int setup(void **state)
{
    (void)state;
    srand(7);
    memory_fail_in = io_fail_in = io_count = 0;
    io_error = -EIO;
    frames_most = FRAMES - 1;
    hopes = 0;
    meanwhile = NULL;
    reads = writes = largest_read = largest_write = lines_logged = 0;
    if (!reclaim)
        page_cache_start();
    for (unsigned f = 0; f < FILES; f++) {
        page_cache_init(&files[f].cache, &on_disk, &files[f]);
        files[f].pages = PAGES;
        for (unsigned i = 0; i < PAGES; i++)
            files[f].disk[i] = files[f].model[i] = ++next_word;
    }
    return 0;
}

/* Everything goes, and everything came back. */
static int teardown(void **state)
{
    (void)state;
    for (unsigned f = 0; f < FILES; f++) {
        page_cache_truncate(&files[f].cache, 0);
        assert_int_equal(files[f].cache.count, 0);
        assert_null(files[f].cache.dirty.first);
    }
    assert_int_equal(frames_used, 0);
    assert_int_equal(page_totals.info.pages, 0);
    assert_int_equal(page_totals.info.dirty, 0);
    assert_int_equal(page_totals.writing, 0);
    assert_null(page_totals.first_dirty);
    assert_true(structures <= 64);
    assert_int_equal(preempt_depth, 0);
    return 0;
}

/* ---- single things --------------------------------------------------------------------------- */

static struct page *get(struct file *file, uint64_t index)
{
    struct page *page;

    assert_int_equal(page_get(&file->cache, index, &page), 0);
    return page;
}

static void change(struct file *file, uint64_t index)
{
    struct page *page = get(file, index);

    file->model[index] = ++next_word;
    fill(page, next_word);
    page_dirty(page);
    page_put(page);
}

static void reads_ahead_in_growing_requests(void **state)
{
    struct file *file = &files[0];

    (void)state;
    for (unsigned i = 0; i < PAGES; i++) {
        struct page *page = get(file, i);
        assert_int_equal(word_of(page), file->model[i]);
        page_put(page);
    }
    assert_int_equal(largest_read, PAGE_REQUEST_MAX);
    assert_true(reads <= 6);
    page_put(get(&files[1], 50)); /* out of order: that one alone */
    assert_int_equal(files[1].cache.count, 1);
}

static void a_fault_brings_what_is_around(void **state)
{
    struct file *file = &files[0];
    struct page *page;

    (void)state;
    file->pages = 40;
    page_put(get(file, 18)); /* known already: the run begins behind it */
    reads = 0;
    assert_int_equal(page_get_around(&file->cache, 20, &page), 0);
    assert_int_equal(page->index, 20);
    assert_int_equal(word_of(page), file->model[20]);
    page_put(page);
    assert_int_equal(reads, 1);
    assert_int_equal(file->cache.count, 1 + 13); /* 18, and 19 to 31 */
    assert_int_equal(page_get_around(&file->cache, 31, &page), 0);
    page_put(page);
    assert_int_equal(reads, 1);
    assert_int_equal(page_get_around(&file->cache, 39, &page), 0); /* not beyond the end */
    page_put(page);
    assert_int_equal(file->cache.count, 14 + 8);
}

static void does_not_read_beyond_the_end(void **state)
{
    struct page_cache_info info;

    (void)state;
    files[0].pages = 2;
    page_put(get(&files[0], 0));
    assert_int_equal(files[0].cache.count, 2);
    page_put(get(&files[0], 7)); /* asked for, so it is there: zeros or what the disk has */
    assert_int_equal(files[0].cache.count, 3);
    page_cache_info(&info);
    assert_int_equal(info.pages, 3);
}

static void neighbours_are_written_together(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 40; i++)
        change(&files[0], (i * 7) % 40);
    assert_int_equal(page_totals.info.dirty, 40);
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
    assert_true(writes <= 3);
    assert_int_equal(largest_write, PAGE_REQUEST_MAX);
    assert_memory_equal(files[0].disk, files[0].model, sizeof(files[0].disk));
    writes = 0;
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
    assert_int_equal(writes, 0);
}

static void change_page_5(struct page_cache *cache)
{
    change(cache->owner, 5);
}

static void a_change_during_the_write_is_written_later(void **state)
{
    (void)state;
    change(&files[0], 5);
    meanwhile = change_page_5;
    assert_int_equal(page_cache_flush(&files[0].cache), 0); /* it ends */
    assert_int_equal(page_totals.info.dirty, 1);
    meanwhile = NULL;
    assert_int_equal(page_cache_flush_all(), 0);
    assert_int_equal(files[0].disk[5], files[0].model[5]);
    assert_int_equal(page_totals.info.dirty, 0);
}

static void an_error_is_told_once_and_spares_the_neighbours(void **state)
{
    (void)state;
    for (unsigned i = 10; i < 14; i++)
        change(&files[0], i);
    io_fail_in = 1; /* the run of four; each alone is well */
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
    assert_int_equal(files[0].disk[11], files[0].model[11]);
    change(&files[0], 20);
    io_fail_in = 1;
    assert_int_equal(page_write_until(page_totals.clock), -EIO); /* the thread's */
    assert_int_equal(lines_logged, 1);
    assert_int_equal(page_totals.info.dirty, 0);
    assert_int_equal(page_cache_flush(&files[0].cache), -EIO);
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
}

static void short_memory_loses_nothing(void **state)
{
    (void)state;
    change(&files[0], 3);
    io_fail_in = 1;
    io_error = -ENOMEM;
    assert_int_equal(page_cache_flush(&files[0].cache), -ENOMEM);
    assert_int_equal(page_totals.info.dirty, 1);
    assert_int_equal(page_cache_flush(&files[0].cache), 0); /* the second time it went */
    assert_int_equal(files[0].disk[3], files[0].model[3]);
    assert_int_equal(page_totals.info.dirty, 0);
}

static void a_bad_neighbour_does_not_fail_the_read(void **state)
{
    struct page *page;

    (void)state;
    io_fail_in = 1;
    page = get(&files[0], 0);
    assert_int_equal(word_of(page), files[0].model[0]);
    assert_int_equal(files[0].cache.count, 1);
    page_put(page);
    io_fail_in = 1;
    assert_int_equal(page_get(&files[0].cache, 60, &page), -EIO);
    assert_int_equal(files[0].cache.count, 1);
    page = get(&files[0], 60); /* a next try is a next try */
    page_put(page);
}

static void fresh_pages(void **state)
{
    struct page *page;

    (void)state;
    assert_int_equal(page_get_fresh(&files[0].cache, 9, &page), 0);
    assert_int_equal(reads, 0);
    assert_int_equal(word_of(page), 0);
    page_put_unfilled(page); /* it could not be filled: as if nothing had been */
    page = get(&files[0], 9);
    assert_int_equal(word_of(page), files[0].model[9]);
    page_put(page);
    assert_int_equal(page_get_fresh(&files[0].cache, 9, &page), 0);
    assert_int_equal(word_of(page), files[0].model[9]); /* here already */
    page_put_unfilled(page);
    assert_non_null(page = page_find(&files[0].cache, 9));
    page_put(page);
    assert_int_equal(page_get_fresh(&files[0].cache, 10, &page), 0);
    fill(page, files[0].model[10] = 77);
    page_dirty(page);
    page_put_unfilled(page); /* changed: it stays */
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
    assert_int_equal(files[0].disk[10], 77);
}

static void truncated_pages_live_on_for_those_who_have_them(void **state)
{
    struct page *page = get(&files[0], 8);

    (void)state;
    change(&files[0], 8);
    change(&files[0], 7);
    page_cache_truncate(&files[0].cache, 8);
    assert_int_equal(page_totals.info.dirty, 1);
    assert_int_equal(word_of(page), files[0].model[8]);
    fill(page, 4711);
    page_dirty(page); /* changes nothing */
    assert_int_equal(page_totals.info.dirty, 1);
    assert_null(page_find(&files[0].cache, 8));
    struct page *again = get(&files[0], 8);
    assert_ptr_not_equal(again, page);
    page_put(again);
    page_put(page);
    assert_int_equal(page_cache_flush(&files[0].cache), 0);
    assert_int_equal(files[0].disk[7], files[0].model[7]);
}

static void pinned_mapped_and_dirty_pages_are_not_evicted(void **state)
{
    struct page *page = get(&files[1], 20), *mapped = get(&files[1], 30);

    (void)state;
    (void)frame_get(mapped->phys);
    uint64_t phys = mapped->phys;
    page_put(mapped);
    change(&files[1], 40);
    page_put(get(&files[1], 50));
    assert_int_equal(page_cache_reclaim(1000), 1);
    assert_null(page_find(&files[1].cache, 50));
    assert_int_equal(files[1].cache.count, 3);
    (void)frame_put(phys);
    page_put(page);
    assert_int_equal(page_cache_reclaim(1000), 2);
    assert_int_equal(page_cache_flush_all(), 0);
    assert_int_equal(page_cache_reclaim(1000), 1);
}

static void used_pages_have_a_second_chance(void **state)
{
    (void)state;
    for (unsigned i = 1; i < 20; i += 2)
        page_put(get(&files[0], i));
    page_put(get(&files[0], 1)); /* once more */
    assert_int_equal(page_cache_reclaim(9), 9);
    struct page *page = page_find(&files[0].cache, 1);
    assert_non_null(page);
    page_put(page);
}

static void pages_of_memory_stay(void **state)
{
    struct page_cache cache;
    struct page *page;

    (void)state;
    page_cache_init(&cache, &in_memory, NULL);
    assert_int_equal(page_get(&cache, 3, &page), 0);
    assert_int_equal(word_of(page), 0);
    page_dirty(page);
    page_put(page);
    assert_int_equal(page_totals.info.dirty, 0);
    assert_int_equal(page_get_fresh(&cache, 4, &page), 0);
    page_put_unfilled(page);
    assert_null(page_find(&cache, 4));
    assert_int_equal(page_cache_reclaim(100), 0);
    assert_int_equal(page_cache_flush(&cache), 0);
    page_cache_truncate(&cache, 0);
}

static void orders(void **state)
{
    struct page *page;

    (void)state;
    for (unsigned i = 0; i < 6; i++) {
        page = get(&files[0], i);
        fill(page, files[0].model[i] = ++next_word);
        page_dirty_ordered(page, i % 3);
        page_put(page);
    }
    page = get(&files[0], 5);
    page_dirty_ordered(page, 1); /* the lower one counts */
    page_put(page);
    for (unsigned order = 0; order < 3; order++) {
        assert_int_equal(page_cache_flush_ordered(&files[0].cache, order), 0);
        for (unsigned i = 0; i < 6; i++)
            assert_int_equal(files[0].disk[i] == files[0].model[i],
                             (i == 5 ? 1 : i % 3) <= order);
    }
}

static unsigned syncs;

static void sync_owner(struct page_cache *cache)
{
    syncs++;
    assert_int_equal(cache->syncing, 1);
    (void)!page_cache_flush(cache);
}

static void owners_write_in_their_order(void **state)
{
    static const struct page_operations owned = {read_pages, write_pages, NULL, sync_owner};

    (void)state;
    files[2].cache.operations = &owned;
    change(&files[2], 1);
    change(&files[0], 1);
    assert_int_equal(page_write_until(page_totals.clock), 0);
    assert_int_equal(page_totals.info.dirty, 1); /* that one is its owner's */
    page_sync_owners(0);
    assert_int_equal(syncs, 0); /* too young */
    page_sync_owners(page_totals.clock);
    assert_int_equal(syncs, 1);
    assert_int_equal(page_totals.info.dirty, 0);
    assert_int_equal(files[2].cache.syncing, 0);
}

static void forgets_single_pages(void **state)
{
    (void)state;
    files[0].pages = 10;
    for (unsigned i = 0; i < 10; i++)
        change(&files[0], i);
    page_cache_forget(&files[0].cache, 2, 3);
    assert_int_equal(files[0].cache.count, 7);
    page_cache_forget(&files[0].cache, 8, 1ull << 40);
    assert_int_equal(files[0].cache.count, 5);
    assert_int_equal(page_totals.info.dirty, 5);
}

/* ---- random use ------------------------------------------------------------------------------ */

static struct held {
    struct page *page;
    struct file *file; /* NULL: truncated meanwhile */
    uint32_t word;
} held[8];
static unsigned held_count;

static void step_read(struct file *file, uint64_t index)
{
    struct page *page;
    int error = page_get(&file->cache, index, &page);

    if (error) {
        assert_true(error == -EIO || error == -ENOMEM);
        return;
    }
    assert_int_equal(word_of(page), file->model[index]);
    if (held_count < 8 && rand() % 4 == 0)
        held[held_count++] = (struct held){page, file, 0};
    else
        page_put(page);
}

static void step_change(struct file *file, uint64_t index)
{
    struct page *page;
    bool fresh = rand() % 3 == 0;
    int error = fresh ? page_get_fresh(&file->cache, index, &page)
                      : page_get(&file->cache, index, &page);

    if (error)
        return;
    if (fresh && rand() % 3 == 0) {
        page_put_unfilled(page);
        return;
    }
    fill(page, file->model[index] = ++next_word);
    page_dirty(page);
    page_put(page);
}

static void step_give(void)
{
    if (held_count == 0)
        return;
    struct held *one = &held[(unsigned)rand() % held_count];
    assert_int_equal(word_of(one->page),
                     one->file ? one->file->model[one->page->index] : one->word);
    page_put(one->page);
    *one = held[--held_count];
}

/* What is cut off is zeros on the disk when the file grows again. */
static void step_truncate(struct file *file, uint64_t from)
{
    for (unsigned i = 0; i < held_count; i++) {
        if (held[i].file == file && held[i].page->index >= from) {
            held[i].word = file->model[held[i].page->index];
            held[i].file = NULL;
        }
    }
    page_cache_truncate(&file->cache, from);
    for (uint64_t i = from; i < PAGES; i++)
        file->disk[i] = file->model[i] = 0;
}

static void step_flush(struct file *file)
{
    int error = page_cache_flush(&file->cache);

    assert_true(error == 0 || error == -ENOMEM);
    if (!error && !meanwhile)
        assert_memory_equal(file->disk, file->model, sizeof(file->disk));
}

static void change_something(struct page_cache *cache)
{
    struct page *page = page_find(cache, (unsigned)rand() % PAGES);
    struct file *file = cache->owner;

    if (!page)
        return;
    fill(page, file->model[page->index] = ++next_word);
    page_dirty(page);
    page_put(page);
}

static void step(void)
{
    struct file *file = &files[(unsigned)rand() % FILES];
    uint64_t index = rand() % 2 ? (unsigned)rand() % PAGES : (unsigned)rand() % 8;

    switch (rand() % 16) {
    case 0:
        step_flush(file);
        break;
    case 1:
        (void)page_cache_reclaim((unsigned)rand() % 40);
        break;
    case 2:
        if (rand() % 20 == 0)
            step_truncate(file, index);
        break;
    case 3:
    case 4:
        step_give();
        break;
    case 5:
        for (uint64_t i = index; i < PAGES && i < index + 20; i++)
            step_read(file, i);
        break;
    case 6:
    case 7:
    case 8:
        step_change(file, index);
        break;
    default:
        step_read(file, index);
        break;
    }
}

static void check_counts(void)
{
    uint64_t pages = 0, dirty = 0;

    for (unsigned f = 0; f < FILES; f++) {
        pages += files[f].cache.count;
        for (struct page *page = files[f].cache.dirty.first; page; page = page->list_next)
            dirty++;
        assert_int_equal(files[f].cache.writing, 0);
    }
    assert_int_equal(page_totals.info.pages, pages);
    assert_int_equal(page_totals.info.dirty, dirty);
    assert_true(frames_used >= pages && frames_used <= pages + held_count);
}

static void use_randomly(unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        step();
        if (i % 64 == 0)
            check_counts();
    }
    while (held_count > 0)
        step_give();
    meanwhile = NULL;
    memory_fail_in = io_fail_in = 0;
    for (unsigned f = 0; f < FILES; f++)
        step_flush(&files[f]);
}

static void agrees_with_a_model(void **state)
{
    (void)state;
    use_randomly(60000);
}

static void agrees_while_others_change(void **state)
{
    (void)state;
    meanwhile = change_something;
    use_randomly(60000);
}

static void agrees_when_memory_is_short(void **state)
{
    (void)state;
    frames_most = 24;
    hopes = UINT32_MAX;
    use_randomly(60000);
}

/* The k-th allocation fails; the k-th request does, too, as if memory were short. */
static void agrees_when_things_fail(void **state)
{
    (void)state;
    io_error = -ENOMEM;
    for (unsigned k = 1; k <= 200; k++) {
        memory_fail_in = k;
        use_randomly(150);
        io_fail_in = k;
        use_randomly(150);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(reads_ahead_in_growing_requests),
        TEST(a_fault_brings_what_is_around),
        TEST(does_not_read_beyond_the_end),
        TEST(neighbours_are_written_together),
        TEST(a_change_during_the_write_is_written_later),
        TEST(an_error_is_told_once_and_spares_the_neighbours),
        TEST(short_memory_loses_nothing),
        TEST(a_bad_neighbour_does_not_fail_the_read),
        TEST(fresh_pages),
        TEST(truncated_pages_live_on_for_those_who_have_them),
        TEST(pinned_mapped_and_dirty_pages_are_not_evicted),
        TEST(used_pages_have_a_second_chance),
        TEST(pages_of_memory_stay),
        TEST(orders),
        TEST(owners_write_in_their_order),
        TEST(forgets_single_pages),
        TEST(agrees_with_a_model),
        TEST(agrees_while_others_change),
        TEST(agrees_when_memory_is_short),
        TEST(agrees_when_things_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
