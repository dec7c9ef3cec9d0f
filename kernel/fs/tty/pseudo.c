/*
 * Pseudo terminals. See pseudo.h.
 *
 * `lock` guards the slots and the pairs' references: one of the master, one of each file of the
 * terminal. It comes after the sessions' lock; what the terminal's lock guards is the line's.
 */
#include "kernel/fs/tty/pseudo.h"

#include "kernel/core/memory/heap.h"
#include "kernel/fs/tty/private.h"
#include "kernel/fs/vfs.h"
#include "lib/errno.h"
#include "lib/printf.h"

#define CHUNK_BYTES 512u

struct pair {
    struct tty tty;
    unsigned number;
    bool was_open;             /* the terminal, ever; under its lock */
    struct change master;      /* something to read, room to write, or nobody there */
    struct poll_source poll;
    /* under `lock` */
    unsigned references;
    bool locked, going;
};

static struct mutex lock = MUTEX("pseudo terminals");
static struct slot {
    struct pair *pair; /* NULL: free. Under the lock */
    char name[8];
} slots[PSEUDO_MAX];

static struct pair *pair_of(struct tty *tty)
{
    return tty->private;
}

/* ---- life ------------------------------------------------------------------------------------ */

static bool get(struct tty *tty)
{
    struct pair *pair = pair_of(tty);
    bool there;

    mutex_lock(&lock);
    there = !pair->going;
    pair->references += there;
    mutex_unlock(&lock);
    return there;
}

static void put(struct tty *tty)
{
    struct pair *pair = pair_of(tty);
    bool last;

    mutex_lock(&lock);
    last = --pair->references == 0;
    mutex_unlock(&lock);
    if (last)
        dealloc(pair, sizeof(*pair), _Alignof(struct pair));
}

/* ---- what the terminal sees of its device ---------------------------------------------------- */

static void tell_master(struct tty *tty)
{
    struct pair *pair = pair_of(tty);

    change_tell(&pair->master);
    poll_wake(&pair->poll);
}

/* It is fetched, not sent. */
static size_t announce(struct tty *tty, struct span bytes)
{
    (void)bytes;
    tell_master(tty);
    return 0;
}

static void opened(struct tty *tty, bool open)
{
    pair_of(tty)->was_open |= open;
    tell_master(tty);
}

static const struct tty_device pseudo_device = {
    .write = announce,
    .opened = opened,
    .room = tell_master,
    .get = get,
    .put = put,
};

static int open_terminal(struct file *file)
{
    struct slot *slot = file->private;
    struct pair *pair;
    int error = -EIO;

    mutex_lock(&lock);
    pair = slot->pair;
    if (pair && !pair->going && !pair->locked) {
        pair->references++;
        error = 0;
    }
    mutex_unlock(&lock);
    return error ? error : tty_open_gotten(&pair->tty, file);
}

static const struct file_operations terminal_files = {.open = open_terminal};

/* ---- the master ------------------------------------------------------------------------------ */

/* With the terminal's lock. */
static bool is_deserted(const struct pair *pair)
{
    return pair->was_open && pair->tty.opens == 0;
}

/* `error` or, when the file may wait, after a change, 0. With the terminal's lock, which is given
   back meanwhile. */
static int master_wait(struct pair *pair, const struct file *file)
{
    uint64_t seen = change_now(&pair->master);
    int error = -EAGAIN;

    if (file->flags & O_NONBLOCK)
        return error;
    tty_unlock(&pair->tty);
    error = change_wait(&pair->master, seen, WAIT_FOREVER);
    tty_lock(&pair->tty);
    return error;
}

static size_t fetch(struct pair *pair, struct room to)
{
    struct line *line = &pair->tty.line;
    struct span piece = line_outgoing(line);
    size_t size = piece.size < to.size ? piece.size : to.size;

    if (line->stopped)
        return 0;
    span_copy(to.chars, span_part(piece, 0, size));
    line_sent(line, size);
    return size;
}

/* What is there, a piece at most; waits for a first byte. */
static int64_t fetch_some(struct pair *pair, const struct file *file, struct room to)
{
    int64_t size = 0;

    tty_lock(&pair->tty);
    while (size == 0) {
        size = (int64_t)fetch(pair, to);
        if (size == 0)
            size = is_deserted(pair) ? -EIO : master_wait(pair, file);
    }
    tty_unlock(&pair->tty);
    return size;
}

static size_t fetch_more(struct pair *pair, struct room to)
{
    size_t size;

    tty_lock(&pair->tty);
    size = fetch(pair, to);
    tty_unlock(&pair->tty);
    return size;
}

static int64_t master_read(struct file *file, struct io *io, uint64_t *position)
{
    struct pair *pair = file->private;
    char piece[CHUNK_BYTES];
    int64_t done = 0, size;

    (void)position;
    while (io_left(io) > 0) {
        size_t room = io_left(io) < CHUNK_BYTES ? io_left(io) : CHUNK_BYTES;

        if (done == 0)
            size = fetch_some(pair, file, room_of(piece, room));
        else
            size = (int64_t)fetch_more(pair, room_of(piece, room));
        if (size > 0 && io_put(io, piece, (size_t)size))
            size = -EFAULT;
        if (size <= 0)
            return done > 0 ? done : size;
        done += size;
    }
    return done;
}

/* As many as the line takes without losing one. When that is none nobody is told of anything: two
   writers would wake each other for ever. */
static size_t type(struct tty *tty, struct span bytes)
{
    size_t room = line_room(&tty->line);
    size_t size = bytes.size < room ? bytes.size : room;

    if (size == 0)
        return 0;
    line_input(&tty->line, span_part(bytes, 0, size));
    tty_pump(tty);
    return size;
}

static int type_piece(struct pair *pair, const struct file *file, struct io *io)
{
    uint8_t piece[CHUNK_BYTES];
    size_t size = io_left(io) < CHUNK_BYTES ? io_left(io) : CHUNK_BYTES, done = 0;
    int error = io_take(io, piece, size);

    if (error)
        return error;
    tty_lock(&pair->tty);
    while (!error && done < size) {
        size_t now = type(&pair->tty, span_from(span_of(piece, size), done));

        done += now;
        if (now == 0)
            error = master_wait(pair, file);
    }
    tty_unlock(&pair->tty);
    io->done -= size - done;
    return error;
}

static int64_t master_write(struct file *file, struct io *io, uint64_t *position)
{
    size_t before = io->done;
    int error = 0;

    (void)position;
    while (!error && io_left(io) > 0)
        error = type_piece(file->private, file, io);
    return io->done > before || !error ? (int64_t)(io->done - before) : error;
}

static unsigned master_poll(struct file *file, struct poller *poller)
{
    struct pair *pair = file->private;
    unsigned now = 0;

    poll_add(poller, &pair->poll);
    tty_lock(&pair->tty);
    if (pair->tty.line.output_count > 0 && !pair->tty.line.stopped)
        now |= POLLIN;
    if (line_room(&pair->tty.line) > 0)
        now |= POLLOUT;
    if (is_deserted(pair))
        now |= POLLHUP;
    tty_unlock(&pair->tty);
    return now;
}

static int64_t set_locked(struct pair *pair, struct user from)
{
    int value, error = copy_from_user(&value, from, sizeof(value));

    if (error)
        return error;
    mutex_lock(&lock);
    pair->locked = value != 0;
    mutex_unlock(&lock);
    return 0;
}

static int64_t readable(struct pair *pair, struct user to)
{
    int value;

    tty_lock(&pair->tty);
    value = (int)pair->tty.line.output_count;
    tty_unlock(&pair->tty);
    return copy_to_user(to, &value, sizeof(value));
}

static int64_t master_ioctl(struct file *file, unsigned request, struct user argument)
{
    struct pair *pair = file->private;
    unsigned number = pair->number;

    switch (request) {
    case TIOCGPTN:
        return copy_to_user(argument, &number, sizeof(number));
    case TIOCSPTLCK:
        return set_locked(pair, argument);
    case FIONREAD:
        return readable(pair, argument);
    default:
        return tty_ioctl_modes(&pair->tty, NULL, request, argument);
    }
}

/* ---- a pair comes and goes ------------------------------------------------------------------- */

static struct slot *slot_of(const struct pair *pair)
{
    return &slots[pair->number];
}

static void give_slot_back(struct pair *pair)
{
    mutex_lock(&lock);
    slot_of(pair)->pair = NULL;
    mutex_unlock(&lock);
}

static void master_close(struct file *file)
{
    struct pair *pair = file->private;

    mutex_lock(&lock);
    pair->going = true; /* nobody opens it any more */
    mutex_unlock(&lock);
    device_unregister(pair->tty.number);
    give_slot_back(pair);
    tty_lose(&pair->tty);
    tty_remove(&pair->tty);
    put(&pair->tty);
}

static const struct file_operations master_files = {
    .close = master_close,
    .read = master_read,
    .write = master_write,
    .ioctl = master_ioctl,
    .poll = master_poll,
};

/* -ENOSPC: all are taken. */
static int take_slot(struct pair *pair)
{
    int error = -ENOSPC;

    mutex_lock(&lock);
    for (unsigned i = 0; i < PSEUDO_MAX && error; i++) {
        if (slots[i].pair)
            continue;
        slots[i].pair = pair;
        pair->number = i;
        error = 0;
    }
    mutex_unlock(&lock);
    return error;
}

static int name_terminal(struct pair *pair)
{
    struct slot *slot = slot_of(pair);

    snprintf(slot->name, sizeof(slot->name), "pts/%u", pair->number);
    tty_init(&pair->tty, slot->name, DEVICE(136, pair->number), &pseudo_device);
    return device_register(pair->tty.number, slot->name, S_IFCHR | 0620, &terminal_files, slot);
}

static int make_pair(struct pair *pair)
{
    int error = take_slot(pair);

    if (error)
        return error;
    pair->tty.private = pair;
    pair->references = 1;
    pair->locked = true;
    change_init(&pair->master, "pseudo terminal");
    poll_source_init(&pair->poll);
    error = name_terminal(pair);
    if (error) {
        tty_remove(&pair->tty);
        give_slot_back(pair);
    }
    return error;
}

static int open_master(struct file *file)
{
    struct pair *pair = alloc_zeroed(sizeof(*pair), _Alignof(struct pair));
    int error = pair ? make_pair(pair) : -ENOMEM;

    if (error) {
        dealloc(pair, sizeof(*pair), _Alignof(struct pair));
        return error;
    }
    file->private = pair;
    file->operations = &master_files;
    return 0;
}

static const struct file_operations ptmx_files = {.open = open_master};

int pseudo_register(void)
{
    return device_register(DEVICE(5, 2), "ptmx", S_IFCHR | 0666, &ptmx_files, NULL);
}
