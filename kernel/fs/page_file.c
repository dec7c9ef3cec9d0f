/*
 * Regular files by their pages: page_file.h. Reading takes no lock: a reader sees of a write that
 * happens at the same time some pages and others not, and never more than the size.
 */
#include "kernel/fs/page_file.h"

#include "lib/errno.h"
#include "lib/span.h"
#include "lib/string.h"

#define PAGE 4096u

/* The bytes of one page that a transfer at `at` may touch. */
static size_t piece(uint64_t at, uint64_t left)
{
    size_t of_page = PAGE - at % PAGE;

    return left < of_page ? (size_t)left : of_page;
}

static uint64_t size_now(const struct inode *inode)
{
    return __atomic_load_n(&inode->size, __ATOMIC_RELAXED);
}

static struct span bytes_of(const struct page *page)
{
    return span_of(page_bytes(page), PAGE);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_piece(struct inode *inode, struct io *io, uint64_t at, size_t size)
{
    struct page *page;
    int error = 0;

    if (inode->pages.operations->write)
        error = page_get(&inode->pages, at / PAGE, &page);
    else
        page = page_find(&inode->pages, at / PAGE);
    if (error)
        return error;
    if (!page)
        return io_zero(io, size);
    error = io_put(io, span_part(bytes_of(page), at % PAGE, size).bytes, size);
    page_put(page);
    return error;
}

/* The time of access is kept where it tells something: not read since it was changed, or for a day.
   One store each, without the lock: it may be lost, and then is wrong by less than that. */
static void note_access(struct file *file)
{
    struct inode *inode = file->inode;
    struct inode_times *times = &inode->times;
    struct abi_timespec now;

    if (times->accessed.seconds > times->modified.seconds)
        return;
    now = inode_now();
    if (now.seconds > times->accessed.seconds)
        times->accessed = now;
}

int64_t page_file_read(struct file *file, struct io *io, uint64_t *position)
{
    struct inode *inode = file->inode;
    uint64_t at = *position;
    int error = 0;

    while (io_left(io) > 0 && !error) {
        uint64_t end = size_now(inode);
        size_t now;

        if (at >= end)
            break;
        now = piece(at, end - at < io_left(io) ? end - at : io_left(io));
        error = read_piece(inode, io, at, now);
        at += error ? 0 : now;
    }
    *position = at;
    note_access(file);
    return io->done ? (int64_t)io->done : error;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Nothing that is in the file now is in that page, but what will be written. */
static bool is_fresh(const struct inode *inode, uint64_t at, size_t size)
{
    return size == PAGE || at - at % PAGE >= inode->size;
}

/* What was copied behind the file's end before the rest could not be is no part of it. */
static void forget_copied(const struct inode *inode, struct page *page, uint64_t at, size_t size)
{
    uint64_t begin = at > inode->size ? at : inode->size, end = at + size;

    if (end > begin)
        memset((void *)span_part(bytes_of(page), begin % PAGE, end - begin).bytes, 0, end - begin);
}

static int write_piece(struct inode *inode, struct io *io, uint64_t at, size_t size)
{
    bool fresh = is_fresh(inode, at, size);
    struct page *page;
    int error = fresh ? page_get_fresh(&inode->pages, at / PAGE, &page)
                      : page_get(&inode->pages, at / PAGE, &page);

    if (error)
        return error;
    error = io_take(io, (void *)span_part(bytes_of(page), at % PAGE, size).bytes, size);
    if (error && fresh) {
        page_put_unfilled(page);
        return error;
    }
    if (error)
        forget_copied(inode, page, at, size);
    page_dirty(page);
    page_put(page);
    return error;
}

/* Locked. */
static int write_pages(struct inode *inode, struct io *io, uint64_t *at,
                       const struct page_file_writer *writer)
{
    int error = 0;

    while (io_left(io) > 0 && !error) {
        size_t now = piece(*at, io_left(io));

        if (*at > INT64_MAX - now)
            return -EFBIG;
        error = writer->prepare ? writer->prepare(inode, *at, now) : 0;
        if (!error)
            error = write_piece(inode, io, *at, now);
        if (error)
            break;
        *at += now;
        if (*at > inode->size)
            __atomic_store_n(&inode->size, *at, __ATOMIC_RELAXED);
    }
    if (error && writer->give_back)
        writer->give_back(inode);
    return error;
}

static int sync_written(struct file *file)
{
    return (file->flags & (O_SYNC | O_DSYNC)) ? file_sync(file) : 0;
}

int64_t page_file_write(struct file *file, struct io *io, uint64_t *position,
                        const struct page_file_writer *writer)
{
    struct inode *inode = file->inode;
    int error;

    mutex_lock(&inode->lock);
    uint64_t at = file->flags & O_APPEND ? inode->size : *position;
    error = write_pages(inode, io, &at, writer);
    if (io->done) {
        inode->times.modified = inode->times.changed = inode_now();
        inode->mode &= ~(uint32_t)(S_ISUID | S_ISGID);
        if (writer->changed)
            writer->changed(inode);
    }
    mutex_unlock(&inode->lock);
    *position = at;
    if (!io->done)
        return error;
    error = sync_written(file);
    page_cache_throttle();
    return error ? error : (int64_t)io->done;
}

/* ---- attributes ------------------------------------------------------------------------------ */

int page_file_cut(struct inode *inode, uint64_t size)
{
    size_t in_page = size % PAGE;
    struct page *page = NULL;
    int error = 0;

    if (in_page && inode->pages.operations->write)
        error = page_get(&inode->pages, size / PAGE, &page);
    else if (in_page)
        page = page_find(&inode->pages, size / PAGE);
    if (error)
        return error;
    if (page) {
        struct span tail = span_from(bytes_of(page), in_page);

        memset((void *)tail.bytes, 0, tail.size);
        page_dirty(page);
        page_put(page);
    }
    page_cache_truncate(&inode->pages, (size + PAGE - 1) / PAGE);
    return 0;
}

void inode_set_plain(struct inode *inode, const struct attributes *wanted)
{
    if (wanted->set & ATTRIBUTE_MODE)
        inode->mode = wanted->mode;
    if (wanted->set & ATTRIBUTE_UID)
        inode->uid = wanted->uid;
    if (wanted->set & ATTRIBUTE_GID)
        inode->gid = wanted->gid;
    if (wanted->set & ATTRIBUTE_ACCESSED)
        inode->times.accessed = wanted->accessed;
    if (wanted->set & ATTRIBUTE_MODIFIED)
        inode->times.modified = wanted->modified;
    inode->times.changed = inode_now();
}
