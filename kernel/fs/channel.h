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
 * A channel's end may be sent as any file. Ends that lie in each other's queues, so that nobody
 * could ever receive them, would live for ever: a send that would close such a ring is refused
 * (-ELOOP). The proof: say that end X holds end Y when a message with Y waits at X. X lives while
 * a process has it or a living end holds it, and nothing else makes an end hold another than a
 * send, which looks first whether Y reaches X (channel.c). So the ends hold each other without
 * rings; of those that no process can reach one is held by none, it closes, what it holds is let
 * go, and so on until none is left.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernel/fs/io.h"
#include "lib/compiler.h"

#define CHANNEL_MESSAGE_BYTES  65536u
#define CHANNEL_MESSAGE_FILES  16u
#define CHANNEL_QUEUE_BYTES    262144u /* at each end */
#define CHANNEL_QUEUE_MESSAGES 64u
#define CHANNEL_FILES_MAX      4096u

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
