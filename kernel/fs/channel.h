/*
 * Message channels: two ends, each a file; what one sends the other receives, whole and in order,
 * with open files that go along.
 *
 *     error = channel_create(0, &one, &other);               two references
 *     error = channel_send(one, &io, files, 2);          the message has the references now
 *     error = channel_receive(other, room, 16, &parcel);    look at what is in it, then
 *     channel_accept(other, &parcel);                       now the caller; or channel_return
 *
 * Bounded: a message to CHANNEL_MESSAGE_…, what waits at an end to CHANNEL_QUEUE_…, the files that
 * are on their way in the whole system to CHANNEL_FILES_MAX. A sender waits for room. When an end
 * is closed what waits there is dropped; the other end still receives what waits at it, then
 * -EPIPE.
 *
 *     error = channel_publish(one, text("desktop"), uid);   until it is closed `one` has that name
 *     error = channel_connect(text("desktop"), &caller, &mine);    a new channel: its other end is
 *                                               received at `one`, with struct abi_channel_caller
 *
 * A channel's end may be sent as any file. Ends that lie in each other's queues, so that nobody
 * could ever receive them, would live for ever: a send that would close such a ring is refused
 * (-ELOOP). The proof: say that end X holds end Y when a message with Y waits at X. X lives while
 * a process has it or a living end holds it (a name does not). Two things make an end hold another:
 * a send, which looks first whether Y reaches X (channel.c), and a connect, whose Y is new and holds
 * none. So the ends hold each other without rings; of those that no process can reach one is held
 * by none, it closes, what it holds is let go, and so on until none is left.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernel/fs/io.h"
#include "lib/abi/channel.h"
#include "lib/compiler.h"
#include "lib/span.h"

#define CHANNEL_FILES_MAX 4096u
#define CHANNEL_NAMES_MAX 64u

struct file;
struct message;

/* flags: O_NONBLOCK. -ENOMEM; -ENFILE. */
int channel_create(unsigned flags, struct file **first, struct file **second) must_check;
/* All that io stands for is one message, of 0 bytes, too. The files' references are taken over,
   unless it fails: -EINVAL: no channel; -EMSGSIZE: too large, too many files; -EPIPE: the other
   end is closed; -EAGAIN, -EINTR; -ELOOP; -ENFILE: too many files are on their way; -ENOMEM,
   -EFAULT. */
int channel_send(struct file *end, struct io *io, struct file *const files[],
                 unsigned count) must_check;
/* The oldest message, off the queue, until it is accepted or returned. */
struct parcel {
    const void *bytes;
    size_t size;
    struct file *const *files;
    unsigned count;
    struct message *message; /* channel.c's */
};

/* Of at most `room` bytes and `files` files: -EMSGSIZE: larger, and it stays; -EPIPE: none is
   there, and the other end is closed; -EINVAL, -EAGAIN, -EINTR. */
int channel_receive(struct file *end, size_t room, unsigned files,
                    struct parcel *parcel) must_check;
/* It is gone; copy parcel->files before: their references are the caller's. */
void channel_accept(struct file *end, struct parcel *parcel);
/* It is the oldest again. */
void channel_return(struct file *end, struct parcel *parcel);

/* The end has this name until its last reference goes; a receive waits then even when the other end
   is closed. `user`: whose it is. -EINVAL: no channel, or a name with other than printable ASCII
   without ' ' and '/'; -ENAMETOOLONG; -EEXIST: another end has the name, or this one has a name;
   -ENFILE: too many names; -ENOMEM. */
int channel_publish(struct file *end, struct text name, uint32_t user) must_check;
/* A new channel to whoever has the name. Never waits. -ENOENT: nobody; -EACCES: another user's, and
   the caller is not user 0; -EAGAIN: too much waits there; -ENFILE, -ENOMEM. */
int channel_connect(struct text name, const struct abi_channel_caller *caller,
                    struct file **end) must_check;
