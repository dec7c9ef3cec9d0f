/* /dev/input: input_file.h. Each open file is a queue of kernel/core/input/events.h; what several
   processes share by fork they share out among them. Locks: the events' own. */
#include "kernel/fs/input_file.h"

#include "kernel/core/input/events.h"
#include "kernel/core/input/layout.h"
#include "kernel/core/memory/heap.h"
#include "kernel/fs/vfs.h"
#include "lib/errno.h"

#define NUMBER  DEVICE(13, 64)
#define BYTES   sizeof(struct abi_input_event)

struct input_file {
    struct event_queue queue;
    struct poll_source poll;
};

static void wake(struct event_queue *queue)
{
    poll_wake(&((struct input_file *)queue)->poll); /* its first member */
}

static int open(struct file *file)
{
    struct input_file *input = alloc(sizeof(*input), _Alignof(struct input_file));

    if (!input)
        return -ENOMEM;
    poll_source_init(&input->poll);
    events_attach(&input->queue, wake);
    file->private = input;
    return 0;
}

static void close(struct file *file)
{
    struct input_file *input = file->private;

    events_detach(&input->queue);
    dealloc(input, sizeof(*input), _Alignof(struct input_file));
}

/* Some events, at least one. */
static int take(struct file *file, size_t most, struct event_batch *batch)
{
    struct input_file *input = file->private;
    int error = 0;

    events_take(&input->queue, most, batch);
    while (batch->count == 0 && !error) {
        error = file->flags & O_NONBLOCK ? -EAGAIN : events_wait(&input->queue);
        if (!error)
            events_take(&input->queue, most, batch);
    }
    return error;
}

static int64_t read(struct file *file, struct io *io, uint64_t *position)
{
    const struct input_file *input = file->private;
    struct event_batch batch;
    int error = io->size < BYTES ? -EINVAL : 0;

    (void)position;
    while (!error && io_left(io) >= BYTES && (!io->done || events_count(&input->queue))) {
        error = take(file, io_left(io) / BYTES, &batch);
        if (!error)
            error = io_put(io, batch.events, batch.count * BYTES);
    }
    return io->done ? (int64_t)io->done : error;
}

static unsigned poll(struct file *file, struct poller *poller)
{
    struct input_file *input = file->private;

    poll_add(poller, &input->poll);
    return events_count(&input->queue) ? POLLIN : 0;
}

static int set_grab(struct input_file *input, bool on)
{
    if (on)
        return events_grab(&input->queue);
    events_release(&input->queue);
    return 0;
}

/* A layout is too large for the stack. */
static int64_t layout_ioctl(unsigned request, struct user argument)
{
    struct abi_layout *layout = alloc(sizeof(*layout), _Alignof(struct abi_layout));
    int error;

    if (!layout)
        return -ENOMEM;
    if (request == INPUT_SET_LAYOUT) {
        error = copy_from_user(layout, argument, sizeof(*layout));
        if (!error)
            error = layout_set(layout);
    } else {
        layout_get(layout);
        error = copy_to_user(argument, layout, sizeof(*layout));
    }
    dealloc(layout, sizeof(*layout), _Alignof(struct abi_layout));
    return error;
}

static int64_t ioctl(struct file *file, unsigned request, struct user argument)
{
    struct input_file *input = file->private;
    struct abi_input_keys keys;
    int bytes;

    switch (request) {
    case INPUT_GRAB:
        return set_grab(input, argument.at != 0);
    case INPUT_KEYS:
        events_held(&keys);
        return copy_to_user(argument, &keys, sizeof(keys));
    case INPUT_BYTES:
        bytes = (int)(events_count(&input->queue) * BYTES);
        return copy_to_user(argument, &bytes, sizeof(bytes));
    case INPUT_SET_LAYOUT:
    case INPUT_GET_LAYOUT:
        return layout_ioctl(request, argument);
    default:
        return -ENOTTY;
    }
}

int input_file_register(void)
{
    static const struct file_operations operations = {
        .open = open, .close = close, .read = read, .ioctl = ioctl, .poll = poll,
    };

    return device_register(NUMBER, "input", S_IFCHR | 0600, &operations, NULL);
}
