/*
 * A terminal as a file: reading, printing, waiting, hanging up. See tty.h; jobs.c has the sessions,
 * modes.c the ioctls.
 *
 * Whatever may change something for others is done between tty_lock and tty_unlock; the line notes
 * what happened (line.events), and tty_unlock tells readers, writers and processes, after the lock
 * is free.
 */
#include "kernel/fs/tty/tty.h"

#include "kernel/core/boot/boot.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/tty/private.h"
#include "kernel/fs/vfs.h"
#include "lib/abi/signals.h"
#include "lib/errno.h"

#define CHUNK_BYTES 512u /* on the stack, between a terminal and a process's memory */
#define VTIME_NS    (100 * NS_PER_MS)

/* ---- the lock, and what is told behind it ---------------------------------------------------- */

void tty_lock(struct tty *tty)
{
    mutex_lock(&tty->lock);
}

static void send_signals(struct tty *tty, unsigned events)
{
    if (events & LINE_INTERRUPT)
        tty_signal_foreground(tty, SIGINT);
    if (events & LINE_QUIT)
        tty_signal_foreground(tty, SIGQUIT);
    if (events & LINE_SUSPEND)
        tty_signal_foreground(tty, SIGTSTP);
}

void tty_unlock(struct tty *tty)
{
    unsigned events = tty->line.events;

    tty->line.events = 0;
    mutex_unlock(&tty->lock);
    if (events & LINE_READABLE)
        change_tell(&tty->input);
    if (events & (LINE_FLUSHED | LINE_SENT))
        change_tell(&tty->output);
    if (events & (LINE_READABLE | LINE_FLUSHED | LINE_SENT))
        poll_wake(&tty->poll);
    send_signals(tty, events);
}

struct tty *tty_lock_file(const struct file *file)
{
    const struct tty_file *handle = file->private;
    struct tty *tty = handle->tty;

    tty_lock(tty);
    if (tty->hangups == handle->hangups)
        return tty;
    tty_unlock(tty);
    return NULL;
}

int tty_wait(struct tty *tty, const struct file *file, struct change *change, uint64_t deadline_ns)
{
    const struct tty_file *handle = file->private;
    uint64_t seen = change_now(change);
    int error;

    tty_unlock(tty);
    error = change_wait(change, seen, deadline_ns);
    tty_lock(tty);
    return tty->hangups == handle->hangups ? error : -EIO;
}

void tty_pump(struct tty *tty)
{
    struct line *line = &tty->line;

    while (!line->stopped) {
        struct span piece = line_outgoing(line);
        size_t taken = piece.size > 0 ? tty->device->write(tty, piece) : 0;

        if (taken > 0)
            line_sent(line, taken);
        if (taken == 0 || taken < piece.size)
            break;
    }
}

static size_t pending(struct tty *tty)
{
    return tty->line.output_count + (tty->device->pending ? tty->device->pending(tty) : 0);
}

int tty_drain(struct tty *tty, const struct file *file)
{
    int error = 0;

    tty_pump(tty);
    while (pending(tty) > 0 && !error)
        error = tty_wait(tty, file, &tty->output, WAIT_FOREVER);
    return error;
}

/* ---- from below ------------------------------------------------------------------------------ */

void tty_type(struct tty *tty, struct span bytes)
{
    tty_lock(tty);
    line_input(&tty->line, bytes);
    tty_pump(tty);
    tty_unlock(tty);
}

void tty_sent(struct tty *tty)
{
    tty_lock(tty);
    tty_pump(tty);
    tty->line.events |= LINE_SENT;
    tty_unlock(tty);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* One read under way. */
struct reading {
    struct file *file;
    struct io *io;
    size_t done;
    bool finished;
    uint64_t deadline_ns; /* of VTIME; WAIT_FOREVER */
};

static uint8_t character(const struct tty *tty, unsigned index)
{
    return tty->line.termios.characters[index];
}

static uint64_t deadline_of(const struct tty *tty)
{
    return time_now_ns() + character(tty, VTIME) * VTIME_NS;
}

/* Without canonical mode VMIN and VTIME say when a read ends. */
static bool is_enough(const struct tty *tty, const struct reading *reading)
{
    size_t least = character(tty, VMIN);

    if (io_left(reading->io) == 0)
        return true;
    if (least == 0)
        return reading->done > 0 || character(tty, VTIME) == 0;
    return reading->done >= least;
}

static void begin_reading(struct tty *tty, struct reading *reading)
{
    if (!line_is_canonical(&tty->line) && character(tty, VMIN) == 0 && character(tty, VTIME) > 0)
        reading->deadline_ns = deadline_of(tty);
}

/* Take what is there, a piece at a time; the lock is given back around the copy. */
static int take(struct tty *tty, struct reading *reading)
{
    char piece[CHUNK_BYTES];
    size_t room = io_left(reading->io) < CHUNK_BYTES ? io_left(reading->io) : CHUNK_BYTES;
    bool canonical = line_is_canonical(&tty->line), ended;
    size_t size = line_read(&tty->line, room_of(piece, room), &ended);
    int error;

    if (tty->device->room)
        tty->device->room(tty);
    if (!canonical && character(tty, VMIN) > 0 && character(tty, VTIME) > 0)
        reading->deadline_ns = deadline_of(tty);
    tty_unlock(tty);
    error = io_put(reading->io, piece, size);
    tty_lock(tty);
    if (!error)
        reading->done += size;
    reading->finished = io_left(reading->io) == 0
                        || (canonical ? ended
                                      : line_ready(&tty->line) == 0 && is_enough(tty, reading));
    return error;
}

/* A program waits to be typed to, the first since power-on: the boot is over. */
static void note_prompt(void)
{
    static bool noted;

    if (!__atomic_exchange_n(&noted, true, __ATOMIC_RELAXED))
        boot_stamp("prompt");
}

/* Nothing is there. */
static int wait_for_input(struct tty *tty, struct reading *reading)
{
    int error;

    if (line_is_canonical(&tty->line) ? reading->done > 0 : is_enough(tty, reading)) {
        reading->finished = true; /* another took the rest of the line; what there is is enough */
        return 0;
    }
    if (reading->file->flags & O_NONBLOCK)
        return -EAGAIN;
    note_prompt();
    error = tty_wait(tty, reading->file, &tty->input, reading->deadline_ns);
    if (error == -ETIMEDOUT)
        reading->finished = true;
    return error == -ETIMEDOUT ? 0 : error;
}

static int64_t read_locked(struct tty *tty, struct reading *reading)
{
    int error = 0;

    begin_reading(tty, reading);
    while (!reading->finished && !error) {
        if (line_ready(&tty->line) > 0)
            error = take(tty, reading);
        else
            error = wait_for_input(tty, reading);
    }
    if (error == -EIO)
        error = 0; /* hung up: the end of the file */
    return reading->done > 0 || !error ? (int64_t)reading->done : error;
}

static int64_t read(struct file *file, struct io *io, uint64_t *position)
{
    const struct tty_file *handle = file->private;
    struct reading reading = {.file = file, .io = io, .deadline_ns = WAIT_FOREVER};
    int64_t result = tty_check_foreground(handle->tty, SIGTTIN);
    struct tty *tty;

    (void)position;
    if (result || io_left(io) == 0)
        return result;
    tty = tty_lock_file(file);
    if (!tty)
        return 0;
    result = read_locked(tty, &reading);
    tty_unlock(tty);
    return result;
}

/* ---- printing -------------------------------------------------------------------------------- */

/* All of the piece into the line's buffer. *done is how much went in. */
static int print(struct tty *tty, struct file *file, struct span piece, size_t *done)
{
    int error = 0;

    while (!error) {
        *done += line_output(&tty->line, span_from(piece, *done));
        if (*done == piece.size)
            return 0;
        tty_pump(tty);
        if (line_output_room(&tty->line) > 0)
            continue;
        error = file->flags & O_NONBLOCK
                    ? -EAGAIN
                    : tty_wait(tty, file, &tty->output, WAIT_FOREVER);
    }
    return error;
}

/* One piece of what a process prints. What found no room was not taken. */
static int print_piece(struct file *file, struct io *io)
{
    char piece[CHUNK_BYTES];
    size_t size = io_left(io) < CHUNK_BYTES ? io_left(io) : CHUNK_BYTES, done = 0;
    int error = io_take(io, piece, size);
    struct tty *tty;

    tty = tty_lock_file(file);
    if (!tty || error) {
        io->done -= error ? 0 : size;
        if (tty) {
            tty_pump(tty);
            tty_unlock(tty);
        }
        return error ? error : -EIO;
    }
    error = print(tty, file, span_of(piece, size), &done);
    if (error || io_left(io) == 0)
        tty_pump(tty);
    io->done -= size - done;
    tty_unlock(tty);
    return error;
}

static int64_t write(struct file *file, struct io *io, uint64_t *position)
{
    const struct tty_file *handle = file->private;
    size_t before = io->done;
    int error = 0;

    (void)position;
    if (handle->tty->line.termios.local & TOSTOP)
        error = tty_check_foreground(handle->tty, SIGTTOU);
    while (!error && io_left(io) > 0)
        error = print_piece(file, io);
    return io->done > before || !error ? (int64_t)(io->done - before) : error;
}

/* ---- readiness ------------------------------------------------------------------------------- */

/* As Linux: VMIN bytes, unless VTIME lets a read return with fewer. */
static bool is_readable(const struct tty *tty)
{
    unsigned least = 1;

    if (!line_is_canonical(&tty->line) && character(tty, VTIME) == 0 && character(tty, VMIN) > 0)
        least = character(tty, VMIN);
    return line_ready(&tty->line) >= least;
}

static unsigned poll(struct file *file, struct poller *poller)
{
    const struct tty_file *handle = file->private;
    unsigned now = 0;
    struct tty *tty;

    poll_add(poller, &handle->tty->poll);
    tty = tty_lock_file(file);
    if (!tty)
        return POLLIN | POLLOUT | POLLHUP;
    if (is_readable(tty))
        now |= POLLIN;
    if (line_output_room(&tty->line) > 0)
        now |= POLLOUT;
    tty_unlock(tty);
    return now;
}

/* ---- hanging up ------------------------------------------------------------------------------ */

void tty_hang_up(struct tty *tty)
{
    tty_lock(tty);
    tty->hangups++;
    line_renew(&tty->line);
    if (tty->device->set)
        (void)tty->device->set(tty, &tty->line.termios);
    tty_pump(tty); /* the last words */
    tty->line.events = LINE_READABLE | LINE_SENT;
    tty_unlock(tty);
}

/* ---- opening and closing --------------------------------------------------------------------- */

static void put_tty(struct tty *tty)
{
    if (tty->device->put)
        tty->device->put(tty);
}

int tty_open_gotten(struct tty *tty, struct file *file)
{
    struct tty_file *handle = alloc(sizeof(*handle), _Alignof(struct tty_file));

    if (!handle) {
        put_tty(tty);
        return -ENOMEM;
    }
    tty_lock(tty);
    *handle = (struct tty_file){tty, tty->hangups};
    if (tty->opens++ == 0 && tty->device->opened)
        tty->device->opened(tty, true);
    tty_unlock(tty);
    file->private = handle;
    file->operations = &tty_file_operations;
    tty_adopt(tty, file);
    return 0;
}

int tty_open(struct tty *tty, struct file *file)
{
    if (tty->device->get && !tty->device->get(tty))
        return -EIO;
    return tty_open_gotten(tty, file);
}

static void close(struct file *file)
{
    struct tty_file *handle = file->private;
    struct tty *tty = handle->tty;

    dealloc(handle, sizeof(*handle), _Alignof(struct tty_file));
    tty_lock(tty);
    tty->opens--;
    if (tty->opens == 0 && tty->device->opened)
        tty->device->opened(tty, false);
    tty_unlock(tty);
    put_tty(tty);
}

const struct file_operations tty_file_operations = {
    .close = close,
    .read = read,
    .write = write,
    .ioctl = tty_ioctl,
    .poll = poll,
};
