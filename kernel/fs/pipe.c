/*
 * Pipes and FIFOs: pipe.h. Pages of the ring come when they are needed and go with the pipe; an
 * empty ring begins at its first page again, so that small messages stay in one.
 *
 * Locks: pipe->lock for the bytes (it is held while they are copied, which may sleep). `head`,
 * `tail` and the counts of ends are changed by one store and then told to the queues, whose locks
 * make sure that nobody who looked before sleeps through it. A FIFO's pipe hangs on its inode,
 * under its lock.
 */
#include "kernel/fs/pipe.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/names.h"
#include "lib/abi/terminal.h"
#include "lib/errno.h"
#include "lib/string.h"

#define PAGES (PIPE_BYTES / FRAME_SIZE)

/* Who waits. `waiting` is counted up before they look, so that who finds 0 need not wake anybody. */
struct side {
    struct wait_queue queue;
    uint32_t waiting; /* atomic */
};

struct pipe {
    /* under the lock; read without it */
    struct mutex lock;
    uint64_t head, tail; /* bytes that ever went in, and out */
    uint64_t pages[PAGES]; /* physical; 0: none yet */
    bool is_run;           /* they are neighbours */
    /* under `ends_lock`; read without it */
    uint32_t readers, writers;           /* open ends */
    uint32_t readers_ever, writers_ever; /* who waits to open a FIFO sees that the other came */
    /* their own */
    struct side can_read, can_write;
    struct poll_source poll;
};

static struct slab_cache pipes;
static struct spinlock ends_lock = SPINLOCK("pipe ends", LOCK_RANK_NAMES);

int pipes_init(void)
{
    return slab_cache_init(&pipes, "pipe", sizeof(struct pipe), 8, NULL);
}

static struct pipe *pipe_new(void)
{
    struct pipe *pipe = slab_alloc(&pipes);

    if (!pipe)
        return NULL;
    *pipe = (struct pipe){.lock = MUTEX("pipe"), .can_read = {WAIT_QUEUE("pipe read"), 0},
                          .can_write = {WAIT_QUEUE("pipe write"), 0}, .poll = POLL_SOURCE};
    return pipe;
}

static void free_pages(struct pipe *pipe)
{
    if (pipe->is_run) {
        (void)!free_frames(pipe->pages[0], PAGES);
    } else {
        for (unsigned i = 0; i < PAGES; i++)
            if (pipe->pages[i])
                (void)!free_frame(pipe->pages[i]);
    }
    memset(pipe->pages, 0, sizeof(pipe->pages));
    pipe->is_run = false;
}

static void pipe_free(struct pipe *pipe)
{
    free_pages(pipe);
    slab_free(&pipes, pipe);
}

static size_t used(const struct pipe *pipe)
{
    return (size_t)(__atomic_load_n(&pipe->head, __ATOMIC_ACQUIRE)
                    - __atomic_load_n(&pipe->tail, __ATOMIC_ACQUIRE));
}

static uint32_t count_now(const uint32_t *count)
{
    return __atomic_load_n(count, __ATOMIC_ACQUIRE);
}

/* ---- waiting --------------------------------------------------------------------------------- */

typedef bool condition(const struct pipe *pipe, size_t value);

static bool is_readable(const struct pipe *pipe, size_t unused)
{
    (void)unused;
    return used(pipe) > 0 || count_now(&pipe->writers) == 0;
}

static bool has_room(const struct pipe *pipe, size_t bytes)
{
    return PIPE_BYTES - used(pipe) >= bytes || count_now(&pipe->readers) == 0;
}

/* -EAGAIN when it is not to wait; -EINTR. */
static int wait_for(struct pipe *pipe, const struct file *file, struct side *side,
                    condition *is_so, size_t value)
{
    uint64_t saved;
    int error = 0;

    if (file->flags & O_NONBLOCK)
        return -EAGAIN;
    __atomic_add_fetch(&side->waiting, 1, __ATOMIC_SEQ_CST);
    saved = wait_lock(&side->queue);
    while (!is_so(pipe, value) && !error)
        error = wait_interruptible(&side->queue, &saved, WAIT_FOREVER);
    wait_unlock(&side->queue, saved);
    __atomic_sub_fetch(&side->waiting, 1, __ATOMIC_RELAXED);
    return error;
}

/* Behind what changed. */
static bool anybody_waits(const struct side *side)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&side->waiting, __ATOMIC_RELAXED) > 0;
}

static void tell_one(struct side *side)
{
    if (anybody_waits(side))
        wait_signal(&side->queue);
}

static void tell_side(struct side *side)
{
    if (anybody_waits(side))
        wait_broadcast(&side->queue);
}

static void tell_all(struct pipe *pipe)
{
    tell_side(&pipe->can_read);
    tell_side(&pipe->can_write);
    poll_wake(&pipe->poll);
}

/* ---- bytes: with the lock -------------------------------------------------------------------- */

/* What of the ring at that position lies in one piece. */
static struct room piece(struct pipe *pipe, uint64_t position, size_t most)
{
    size_t size = pipe->is_run ? PIPE_BYTES : FRAME_SIZE, at = position % size, now = size - at;
    uint64_t phys = pipe->pages[pipe->is_run ? 0 : position / FRAME_SIZE % PAGES];
    struct room all = room_from(room_of(phys_to_virt(phys), size), at);

    all.size = now < most ? now : most;
    return all;
}

/* An empty pipe that much is written into: neighbouring pages, where there are some, make it go in
   one piece. */
static void make_run(struct pipe *pipe)
{
    uint64_t phys;

    if (alloc_frames(PAGES, 1, FRAMES_ANYWHERE, &phys))
        return;
    free_pages(pipe);
    for (unsigned i = 0; i < PAGES; i++)
        pipe->pages[i] = phys + i * FRAME_SIZE;
    pipe->is_run = true;
}

static int need_page(struct pipe *pipe, uint64_t position)
{
    uint64_t *phys = &pipe->pages[position / FRAME_SIZE % PAGES];

    return *phys ? 0 : alloc_frame(phys);
}

static int put_bytes(struct pipe *pipe, struct io *io, size_t size)
{
    uint64_t head = pipe->head;
    int error = 0;

    if (size > PIPE_BUF && !pipe->is_run && head == pipe->tail)
        make_run(pipe);
    while (size > 0 && !error) {
        struct room part;

        error = need_page(pipe, head);
        if (error)
            break;
        part = piece(pipe, head, size);
        error = io_take(io, part.chars, part.size);
        if (error)
            break;
        head += part.size;
        size -= part.size;
    }
    __atomic_store_n(&pipe->head, head, __ATOMIC_RELEASE);
    return error;
}

/* When all is out, the next bytes go to the first page again. */
static void take_back(struct pipe *pipe, uint64_t tail)
{
    if (tail == pipe->head) {
        tail = (tail + PIPE_BYTES - 1) / PIPE_BYTES * PIPE_BYTES;
        __atomic_store_n(&pipe->head, tail, __ATOMIC_RELEASE);
    }
    __atomic_store_n(&pipe->tail, tail, __ATOMIC_RELEASE);
}

static int get_bytes(struct pipe *pipe, struct io *io)
{
    uint64_t tail = pipe->tail;
    int error = 0;

    while (io_left(io) > 0 && tail < pipe->head && !error) {
        size_t there = (size_t)(pipe->head - tail);
        struct room part = piece(pipe, tail, there < io_left(io) ? there : io_left(io));

        error = io_put(io, part.chars, part.size);
        tail += error ? 0 : part.size;
    }
    take_back(pipe, tail);
    return error;
}

/* ---- reading and writing --------------------------------------------------------------------- */

/* Somebody read: who waits for room needs PIPE_BUF at most; another may read the rest. */
static void tell_read(struct pipe *pipe)
{
    size_t left = used(pipe);

    if (PIPE_BYTES - left >= PIPE_BUF) {
        tell_side(&pipe->can_write);
        poll_wake(&pipe->poll);
    }
    if (left > 0)
        tell_one(&pipe->can_read);
}

static int64_t pipe_read(struct file *file, struct io *io, uint64_t *position)
{
    struct pipe *pipe = file->private;
    int error = 0;

    (void)position;
    while (io->size > 0) {
        mutex_lock(&pipe->lock);
        error = get_bytes(pipe, io);
        mutex_unlock(&pipe->lock);
        if (io->done)
            tell_read(pipe);
        if (io->done || error || (count_now(&pipe->writers) == 0 && used(pipe) == 0))
            break;
        error = wait_for(pipe, file, &pipe->can_read, is_readable, 0);
        if (error)
            break;
    }
    return io->done ? (int64_t)io->done : error;
}

/* As much as there is room for, but a short message as a whole. */
static int write_some(struct pipe *pipe, struct io *io, size_t least)
{
    size_t before = io->done, room;
    int error = 0;

    mutex_lock(&pipe->lock);
    room = PIPE_BYTES - used(pipe);
    if (room >= least)
        error = put_bytes(pipe, io, room < io_left(io) ? room : io_left(io));
    mutex_unlock(&pipe->lock);
    if (io->done > before) {
        tell_one(&pipe->can_read);
        poll_wake(&pipe->poll);
    }
    return error;
}

static int64_t pipe_write(struct file *file, struct io *io, uint64_t *position)
{
    struct pipe *pipe = file->private;
    int error = 0;

    (void)position;
    while (io_left(io) > 0 && !error) {
        size_t least = io_left(io) < PIPE_BUF ? io_left(io) : PIPE_BUF, before = io->done;

        if (count_now(&pipe->readers) == 0)
            error = -EPIPE;
        else
            error = write_some(pipe, io, io->size <= PIPE_BUF ? least : 1);
        if (!error && io->done == before)
            error = wait_for(pipe, file, &pipe->can_write, has_room, least);
    }
    return io->done ? (int64_t)io->done : error;
}

static unsigned pipe_poll(struct file *file, struct poller *poller)
{
    struct pipe *pipe = file->private;
    unsigned ready = 0;

    poll_add(poller, &pipe->poll);
    if (file->can & FILE_READ) {
        ready |= used(pipe) > 0 ? POLLIN : 0;
        ready |= count_now(&pipe->writers) == 0 ? POLLHUP : 0;
    }
    if (file->can & FILE_WRITE) {
        ready |= PIPE_BYTES - used(pipe) >= PIPE_BUF ? POLLOUT : 0;
        ready |= count_now(&pipe->readers) == 0 ? POLLERR : 0;
    }
    return ready;
}

static int64_t pipe_ioctl(struct file *file, unsigned request, struct user argument)
{
    const struct pipe *pipe = file->private;
    int bytes = (int)used(pipe);

    return request == FIONREAD ? copy_to_user(argument, &bytes, sizeof(bytes)) : -ENOTTY;
}

static int pipe_sync(struct file *file)
{
    (void)file;
    return -EINVAL;
}

/* ---- ends ------------------------------------------------------------------------------------ */

static void add_ends(struct pipe *pipe, unsigned can)
{
    spin_lock(&ends_lock);
    if (can & FILE_READ) {
        pipe->readers++;
        pipe->readers_ever++;
    }
    if (can & FILE_WRITE) {
        pipe->writers++;
        pipe->writers_ever++;
    }
    spin_unlock(&ends_lock);
    tell_all(pipe);
}

/* True: those were the last. */
static bool drop_ends(struct pipe *pipe, unsigned can)
{
    spin_lock(&ends_lock);
    pipe->readers -= (can & FILE_READ) != 0;
    pipe->writers -= (can & FILE_WRITE) != 0;
    bool last = pipe->readers == 0 && pipe->writers == 0;
    spin_unlock(&ends_lock);
    if (!last)
        tell_all(pipe);
    return last;
}

static void pipe_close(struct file *file)
{
    struct inode *inode = file->inode;
    bool last;

    if (inode)
        mutex_lock(&inode->lock);
    last = drop_ends(file->private, file->can);
    if (last && inode)
        inode->pipe = NULL;
    if (inode)
        mutex_unlock(&inode->lock);
    if (last)
        pipe_free(file->private);
}

static const struct file_operations pipe_operations = {
    .close = pipe_close,
    .read = pipe_read,
    .write = pipe_write,
    .ioctl = pipe_ioctl,
    .poll = pipe_poll,
    .sync = pipe_sync,
};

int pipe_create(unsigned flags, struct file **reader, struct file **writer)
{
    struct pipe *pipe = pipe_new();
    int error;

    if (!pipe)
        return -ENOMEM;
    error = file_create(&pipe_operations, NULL, O_RDONLY | flags, pipe, reader);
    if (error) {
        pipe_free(pipe);
        return error;
    }
    error = file_create(&pipe_operations, NULL, O_WRONLY | flags, pipe, writer);
    if (error) {
        file_free(*reader);
        pipe_free(pipe);
        return error;
    }
    pipe->readers = pipe->writers = 1;
    return 0;
}

/* ---- FIFOs ----------------------------------------------------------------------------------- */

static bool has_writer_come(const struct pipe *pipe, size_t ever)
{
    return count_now(&pipe->writers_ever) != ever;
}

static bool has_reader_come(const struct pipe *pipe, size_t ever)
{
    return count_now(&pipe->readers_ever) != ever;
}

/* What was so when this end was added: the other may come and go before anybody looks again. */
struct meeting {
    bool has_reader, has_writer;
    uint32_t readers_ever, writers_ever;
};

/* Until there is another end; a reader that does not wait needs none, a writer does. */
static int meet(struct pipe *pipe, const struct file *file, const struct meeting *met)
{
    bool waits = !(file->flags & O_NONBLOCK);

    if (file->can & FILE_READ && file->can & FILE_WRITE)
        return 0;
    if (file->can & FILE_READ)
        return met->has_writer || !waits ? 0
                   : wait_for(pipe, file, &pipe->can_read, has_writer_come, met->writers_ever);
    if (met->has_reader)
        return 0;
    return waits ? wait_for(pipe, file, &pipe->can_write, has_reader_come, met->readers_ever)
                 : -ENXIO;
}

static int fifo_open(struct file *file)
{
    struct inode *inode = file->inode;
    struct meeting met;
    struct pipe *pipe;
    int error;

    mutex_lock(&inode->lock);
    if (!inode->pipe)
        inode->pipe = pipe_new();
    pipe = inode->pipe;
    if (pipe) {
        met = (struct meeting){pipe->readers > 0, pipe->writers > 0, pipe->readers_ever,
                               pipe->writers_ever};
        add_ends(pipe, file->can);
    }
    file->private = pipe;
    mutex_unlock(&inode->lock);
    if (!pipe)
        return -ENOMEM;
    error = meet(pipe, file, &met);
    if (error)
        pipe_close(file);
    return error;
}

const struct file_operations fifo_operations = {
    .open = fifo_open,
    .close = pipe_close,
    .read = pipe_read,
    .write = pipe_write,
    .ioctl = pipe_ioctl,
    .poll = pipe_poll,
    .sync = pipe_sync,
};
