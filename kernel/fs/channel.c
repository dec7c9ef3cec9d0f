/*
 * Message channels. See channel.h.
 *
 * Locks: `holding` guards which end holds which (each end's `cargo`) and the names of ends, taken
 * only for messages with channel ends in them; then a channel's lock, of both queues. Closing an
 * end drops its messages, which may close other ends: `dropped` is the list of those still to go,
 * and one thread at a time goes through it, so that a long chain of ends needs no deep stack.
 */
#include "kernel/fs/channel.h"

#include <stdbool.h>

#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/change.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/vfs.h"
#include "lib/errno.h"
#include "lib/string.h"

struct end;

/* The files of a message. */
struct cargo {
    struct file *files[CHANNEL_MESSAGE_FILES];
    unsigned count;
    bool has_ends; /* of channels, among them */
    /* Those with ends, under `holding`. */
    struct cargo *next, *previous;
};

struct message {
    struct message *next;
    struct cargo *cargo; /* NULL: no files */
    size_t size;
    uint8_t bytes[];
};

struct channel;

/* An end that is reached by a name. It has no reference: the end that closes takes its name away. */
struct name {
    struct name *next;
    struct end *end;
    uint32_t owner; /* a user */
    struct text text;
    char chars[CHANNEL_NAME_BYTES];
};

struct end {
    struct channel *channel;
    struct end *other;
    /* Under the channel's lock: what waits here. */
    struct message *first, *last;
    unsigned messages;
    size_t bytes;
    bool open;
    bool named; /* and under `holding`: read with either */
    /* Under `holding`. */
    struct cargo *cargo;    /* with ends, that wait here */
    uint64_t visit;         /* the last search that came here */
    struct end *next_visit; /* to be looked at in this search */
    /* Its own: a message came, or left from the other end, or that was closed. */
    struct change change;
    struct poll_source poll;
};

struct channel {
    struct mutex lock;
    struct end ends[2];
};

static struct mutex holding = MUTEX("channels in channels");
static struct mutex drop_lock = MUTEX("dropped messages");
static struct message *dropped;
static bool dropping;
static unsigned files_on_their_way; /* atomic */
static struct name *names;
static unsigned name_count;

static const struct file_operations channel_operations;

/* NULL: the file is none. */
static struct end *end_of(const struct file *file)
{
    return file->operations == &channel_operations ? file->private : NULL;
}

static void tell(struct end *end)
{
    change_tell(&end->change);
    poll_wake(&end->poll);
}

/* ---- which end holds which ------------------------------------------------------------------- */

static struct end *visit(struct end *end, uint64_t search, struct end *rest)
{
    if (!end || end->visit == search)
        return rest;
    end->visit = search;
    end->next_visit = rest;
    return end;
}

static struct end *visit_cargo(const struct cargo *cargo, uint64_t search, struct end *rest)
{
    for (unsigned i = 0; i < cargo->count; i++)
        rest = visit(end_of(cargo->files[i]), search, rest);
    return rest;
}

/* One of the ends in `cargo` is `target`, or holds it, or holds one that does. Each end is looked
   at once. With `holding`. */
static bool reaches(const struct cargo *cargo, const struct end *target)
{
    static uint64_t search;
    struct end *left = visit_cargo(cargo, ++search, NULL);

    while (left) {
        struct end *end = left;

        if (end == target)
            return true;
        left = end->next_visit;
        for (const struct cargo *held = end->cargo; held; held = held->next)
            left = visit_cargo(held, search, left);
    }
    return false;
}

/* -ELOOP. With `holding`. */
static int hold(struct end *end, struct cargo *cargo)
{
    if (reaches(cargo, end))
        return -ELOOP;
    cargo->previous = NULL;
    cargo->next = end->cargo;
    if (cargo->next)
        cargo->next->previous = cargo;
    end->cargo = cargo;
    return 0;
}

/* With `holding`. */
static void let_go(struct end *end, struct cargo *cargo)
{
    *(cargo->previous ? &cargo->previous->next : &end->cargo) = cargo->next;
    if (cargo->next)
        cargo->next->previous = cargo->previous;
}

static bool has_ends(const struct message *message)
{
    return message->cargo && message->cargo->has_ends;
}

/* ---- messages -------------------------------------------------------------------------------- */

static void free_message(struct message *message)
{
    if (message->cargo) {
        (void)__atomic_sub_fetch(&files_on_their_way, message->cargo->count, __ATOMIC_RELAXED);
        dealloc(message->cargo, sizeof(struct cargo), _Alignof(struct cargo));
    }
    dealloc(message, sizeof(*message) + message->size, _Alignof(struct message));
}

static int load(struct message *message, struct file *const files[], unsigned count)
{
    struct cargo *cargo;

    if (__atomic_add_fetch(&files_on_their_way, count, __ATOMIC_RELAXED) > CHANNEL_FILES_MAX) {
        (void)__atomic_sub_fetch(&files_on_their_way, count, __ATOMIC_RELAXED);
        return -ENFILE;
    }
    cargo = alloc_zeroed(sizeof(*cargo), _Alignof(struct cargo));
    if (!cargo) {
        (void)__atomic_sub_fetch(&files_on_their_way, count, __ATOMIC_RELAXED);
        return -ENOMEM;
    }
    memcpy(cargo->files, files, count * sizeof(*files));
    cargo->count = count;
    for (unsigned i = 0; i < count; i++)
        cargo->has_ends |= end_of(cargo->files[i]) != NULL;
    message->cargo = cargo;
    return 0;
}

static int make_message(struct io *io, struct file *const files[], unsigned count,
                        struct message **made)
{
    size_t size = io_left(io);
    struct message *message = alloc(sizeof(*message) + size, _Alignof(struct message));
    int error;

    if (!message)
        return -ENOMEM;
    message->size = size;
    message->cargo = NULL;
    message->next = NULL;
    error = io_take(io, message->bytes, size);
    if (!error && count > 0)
        error = load(message, files, count);
    if (error)
        free_message(message);
    *made = message;
    return error;
}

static void append(struct end *end, struct message *message)
{
    *(end->last ? &end->last->next : &end->first) = message;
    end->last = message;
    end->messages++;
    end->bytes += message->size;
}

static void put_back(struct end *end, struct message *message)
{
    message->next = end->first;
    end->first = message;
    if (!end->last)
        end->last = message;
    end->messages++;
    end->bytes += message->size;
}

static struct message *take_first(struct end *end)
{
    struct message *message = end->first;

    end->first = message->next;
    if (!end->first)
        end->last = NULL;
    message->next = NULL;
    end->messages--;
    end->bytes -= message->size;
    return message;
}

static bool has_room(const struct end *end, size_t size)
{
    return end->messages < CHANNEL_QUEUE_MESSAGES && end->bytes + size <= CHANNEL_QUEUE_BYTES;
}

/* ---- sending --------------------------------------------------------------------------------- */

/* -EAGAIN: no room now. *seen: before that could change. */
static int queue_message(struct end *to, struct message *message, uint64_t *seen)
{
    int error = -EAGAIN;

    mutex_lock(&to->channel->lock);
    *seen = change_now(&to->other->change);
    if (!to->open) {
        error = -EPIPE;
    } else if (has_room(to, message->size)) {
        append(to, message);
        error = 0;
    }
    mutex_unlock(&to->channel->lock);
    return error;
}

/* With `holding`. */
static int hold_and_queue(struct end *to, struct message *message, uint64_t *seen)
{
    int error = hold(to, message->cargo);

    if (!error) {
        error = queue_message(to, message, seen);
        if (error)
            let_go(to, message->cargo);
    }
    return error;
}

static int queue_with_ends(struct end *to, struct message *message, uint64_t *seen)
{
    int error;

    mutex_lock(&holding);
    error = hold_and_queue(to, message, seen);
    mutex_unlock(&holding);
    return error;
}

static int queue_and_wait(const struct file *file, struct end *from, struct message *message)
{
    uint64_t seen;
    int error;

    for (;;) {
        error = has_ends(message) ? queue_with_ends(from->other, message, &seen)
                                  : queue_message(from->other, message, &seen);
        if (error != -EAGAIN || (file->flags & O_NONBLOCK))
            return error;
        error = change_wait(&from->change, seen, WAIT_FOREVER);
        if (error)
            return error;
    }
}

int channel_send(struct file *file, struct io *io, struct file *const files[], unsigned count)
{
    struct end *from = end_of(file);
    struct message *message;
    int error;

    if (!from)
        return -EINVAL;
    if (io_left(io) > CHANNEL_MESSAGE_BYTES || count > CHANNEL_MESSAGE_FILES)
        return -EMSGSIZE;
    error = make_message(io, files, count, &message);
    if (error)
        return error;
    error = queue_and_wait(file, from, message);
    if (error)
        free_message(message); /* the files' references are the caller's still */
    else
        tell(from->other);
    return error;
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* A message may still come, from the other end or by the name. With the channel's lock. */
static bool may_come(const struct end *end)
{
    return end->other->open || end->named;
}

static unsigned file_count(const struct message *message)
{
    return message->cargo ? message->cargo->count : 0;
}

/* -EAGAIN: none is there. */
static int take_message(struct end *at, size_t room, unsigned files, struct message **message,
                        uint64_t *seen)
{
    int error = 0;

    mutex_lock(&at->channel->lock);
    *seen = change_now(&at->change);
    if (!at->first)
        error = may_come(at) ? -EAGAIN : -EPIPE;
    else if (at->first->size > room || file_count(at->first) > files)
        error = -EMSGSIZE;
    else
        *message = take_first(at);
    mutex_unlock(&at->channel->lock);
    return error;
}

static int wait_for_message(const struct file *file, struct end *at, size_t room, unsigned files,
                            struct message **message)
{
    uint64_t seen;
    int error = take_message(at, room, files, message, &seen);

    while (error == -EAGAIN && !(file->flags & O_NONBLOCK)) {
        error = change_wait(&at->change, seen, WAIT_FOREVER);
        if (!error)
            error = take_message(at, room, files, message, &seen);
    }
    return error;
}

int channel_receive(struct file *file, size_t room, unsigned files, struct parcel *parcel)
{
    struct end *at = end_of(file);
    struct message *message;
    int error = at ? wait_for_message(file, at, room, files, &message) : -EINVAL;

    if (error)
        return error;
    *parcel = (struct parcel){
        .bytes = message->bytes,
        .size = message->size,
        .files = message->cargo ? message->cargo->files : NULL,
        .count = file_count(message),
        .message = message,
    };
    return 0;
}

void channel_accept(struct file *file, struct parcel *parcel)
{
    struct end *at = end_of(file);

    if (has_ends(parcel->message)) {
        mutex_lock(&holding);
        let_go(at, parcel->message->cargo);
        mutex_unlock(&holding);
    }
    free_message(parcel->message);
    tell(at->other); /* there is room again */
}

void channel_return(struct file *file, struct parcel *parcel)
{
    struct end *at = end_of(file);

    mutex_lock(&at->channel->lock);
    put_back(at, parcel->message);
    mutex_unlock(&at->channel->lock);
    tell(at); /* another may have found nothing meanwhile */
}

/* ---- names ----------------------------------------------------------------------------------- */

static int check_name(struct text name)
{
    if (name.size >= CHANNEL_NAME_BYTES)
        return -ENAMETOOLONG;
    for (size_t i = 0; i < name.size; i++)
        if (text_at(name, i) <= ' ' || text_at(name, i) > '~' || text_at(name, i) == '/')
            return -EINVAL;
    return name.size > 0 ? 0 : -EINVAL;
}

/* NULL: there is none. With `holding`. */
static struct name *find_name(struct text text)
{
    struct name *name = names;

    while (name && (name->text.size != text.size
                    || memcmp(name->chars, text.chars, text.size) != 0))
        name = name->next;
    return name;
}

static void forget_name(const struct end *end)
{
    struct name **link = &names, *gone;

    while ((*link)->end != end)
        link = &(*link)->next;
    gone = *link;
    *link = gone->next;
    name_count--;
    dealloc(gone, sizeof(*gone), _Alignof(struct name));
}

/* With `holding`. */
static int enter_name(struct name *name)
{
    struct end *end = name->end;

    if (end->named || find_name(name->text))
        return -EEXIST;
    if (name_count == CHANNEL_NAMES_MAX)
        return -ENFILE;
    name->next = names;
    names = name;
    name_count++;
    mutex_lock(&end->channel->lock);
    end->named = true;
    mutex_unlock(&end->channel->lock);
    return 0;
}

int channel_publish(struct file *file, struct text text, uint32_t user)
{
    struct end *end = end_of(file);
    struct name *name;
    int error = end ? check_name(text) : -EINVAL;

    if (error)
        return error;
    name = alloc(sizeof(*name), _Alignof(struct name));
    if (!name)
        return -ENOMEM;
    memcpy(name->chars, text.chars, text.size);
    name->text = text_of(name->chars, text.size);
    name->owner = user;
    name->end = end;
    mutex_lock(&holding);
    error = enter_name(name);
    mutex_unlock(&holding);
    if (error)
        dealloc(name, sizeof(*name), _Alignof(struct name));
    return error;
}

/* The message has an end of a new channel, that holds none: no ring comes of it. While `holding` is
   held the end with the name stays. */
static int queue_at_name(struct text text, uint32_t user, struct message *message)
{
    struct name *name;
    uint64_t seen;
    int error;

    mutex_lock(&holding);
    name = find_name(text);
    if (!name)
        error = -ENOENT;
    else if (user != 0 && user != name->owner)
        error = -EACCES;
    else
        error = hold_and_queue(name->end, message, &seen);
    if (!error)
        tell(name->end);
    mutex_unlock(&holding);
    return error;
}

int channel_connect(struct text name, const struct abi_channel_caller *caller, struct file **end)
{
    struct abi_channel_caller told = *caller;
    struct io io = io_of_kernel(&told, sizeof(told));
    struct message *message = NULL;
    struct file *sent;
    int error = channel_create(0, end, &sent);

    if (error)
        return error;
    error = make_message(&io, &sent, 1, &message);
    if (!error) {
        error = queue_at_name(name, caller->uid, message);
        if (error)
            free_message(message);
    }
    if (error) {
        file_put(sent);
        file_put(*end);
    }
    return error;
}

/* ---- closing --------------------------------------------------------------------------------- */

static void drop_message(struct message *message)
{
    for (unsigned i = 0; i < file_count(message); i++)
        file_put(message->cargo->files[i]);
    free_message(message);
}

/* All of the list. Called again from within, by a channel's end in a message, it leaves the work
   to the one who is at it. */
static void drop(struct message *first, struct message *last)
{
    struct message *message;

    if (!first)
        return;
    mutex_lock(&drop_lock);
    last->next = dropped;
    dropped = first;
    if (dropping) {
        mutex_unlock(&drop_lock);
        return;
    }
    dropping = true;
    while ((message = dropped)) {
        dropped = message->next;
        mutex_unlock(&drop_lock);
        drop_message(message);
        mutex_lock(&drop_lock);
    }
    dropping = false;
    mutex_unlock(&drop_lock);
}

static void close(struct file *file)
{
    struct end *end = file->private;
    struct channel *channel = end->channel;
    struct message *first, *last;
    bool other_open;

    mutex_lock(&holding);
    if (end->named)
        forget_name(end);
    end->cargo = NULL; /* what waits here goes: it holds nothing any more */
    mutex_lock(&channel->lock);
    first = end->first;
    last = end->last;
    end->first = end->last = NULL;
    end->open = false;
    other_open = end->other->open;
    if (other_open)
        tell(end->other);
    mutex_unlock(&channel->lock);
    mutex_unlock(&holding);
    if (!other_open)
        dealloc(channel, sizeof(*channel), _Alignof(struct channel));
    drop(first, last);
}

/* ---- files ----------------------------------------------------------------------------------- */

static unsigned poll(struct file *file, struct poller *poller)
{
    struct end *end = file->private;
    unsigned now = 0;

    poll_add(poller, &end->poll);
    mutex_lock(&end->channel->lock);
    if (end->first)
        now |= POLLIN;
    if (!may_come(end))
        now |= POLLIN | POLLHUP;
    else if (end->other->open && has_room(end->other, CHANNEL_MESSAGE_BYTES)) /* for any message */
        now |= POLLOUT;
    mutex_unlock(&end->channel->lock);
    return now;
}

/* Its bytes are messages: read and write would lose where they begin and what goes with them. */
static const struct file_operations channel_operations = {
    .close = close,
    .poll = poll,
};

static void init_end(struct channel *channel, unsigned index)
{
    struct end *end = &channel->ends[index];

    end->channel = channel;
    end->other = &channel->ends[1 - index];
    end->open = true;
    change_init(&end->change, "channel");
    poll_source_init(&end->poll);
}

static int make_file(struct end *end, unsigned flags, struct file **file)
{
    return file_create(&channel_operations, NULL, O_RDWR | (flags & O_NONBLOCK), end, file);
}

int channel_create(unsigned flags, struct file **first, struct file **second)
{
    struct channel *channel = alloc_zeroed(sizeof(*channel), _Alignof(struct channel));
    int error;

    if (!channel)
        return -ENOMEM;
    mutex_init(&channel->lock, "channel");
    init_end(channel, 0);
    init_end(channel, 1);
    error = make_file(&channel->ends[0], flags, first);
    if (error) {
        dealloc(channel, sizeof(*channel), _Alignof(struct channel));
        return error;
    }
    error = make_file(&channel->ends[1], flags, second);
    if (error) {
        channel->ends[1].open = false;
        file_put(*first); /* the last end: the channel goes with it */
    }
    return error;
}
