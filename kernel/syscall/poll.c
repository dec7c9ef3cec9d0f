/* poll: until one of several files is ready. */
#include "kernel/core/memory/heap.h"
#include "kernel/process/signals.h"
#include "kernel/syscall/files.h"
#include "lib/errno.h"
#include "syscalls.h"

#define FEW 16u /* for which no memory is needed */

struct polled {
    struct abi_pollfd asked;
    struct file *file; /* with a reference; NULL: none, or bad */
};

/* In pieces, for how many there are is the caller's word. */
struct some {
    struct some *next;
    unsigned count;
    struct polled files[FEW];
};

static int take_some(struct some *some, struct user from)
{
    for (unsigned i = 0; i < some->count && i < FEW; i++) {
        struct polled *polled = &some->files[i];

        polled->file = NULL;
        if (copy_from_user(&polled->asked, user_plus(from, i * sizeof(polled->asked)),
                           sizeof(polled->asked))) {
            some->count = i;
            return -EFAULT;
        }
        if (polled->asked.fd >= 0
            && descriptors_get(process_current()->descriptors, polled->asked.fd, &polled->file))
            polled->file = NULL;
    }
    return 0;
}

static void put_some(struct some *some)
{
    for (unsigned i = 0; i < some->count && i < FEW; i++)
        if (some->files[i].file)
            file_put(some->files[i].file);
}

/* What is so of one now. */
static int16_t look(struct polled *polled, struct poller *poller)
{
    unsigned wanted = (uint16_t)polled->asked.events | POLLERR | POLLHUP;

    if (polled->asked.fd < 0)
        return 0;
    if (!polled->file)
        return POLLNVAL;
    return (int16_t)(file_poll(polled->file, poller) & wanted);
}

/* How many are ready. */
static unsigned look_at_all(struct some *some, struct poller *poller)
{
    unsigned ready = 0;

    for (; some; some = some->next) {
        for (unsigned i = 0; i < some->count && i < FEW; i++) {
            struct polled *polled = &some->files[i];

            polled->asked.revents = look(polled, poller);
            ready += polled->asked.revents != 0;
        }
    }
    return ready;
}

static int64_t wait_for_any(struct some *some, uint64_t deadline_ns)
{
    struct poller poller;
    int64_t result;
    int error = 0;

    poller_init(&poller);
    result = look_at_all(some, &poller);
    while (result == 0 && !error && !poller.error) {
        error = poller_wait(&poller, deadline_ns);
        result = look_at_all(some, NULL);
    }
    if (result == 0)
        result = poller.error ? poller.error : error == -ETIMEDOUT ? 0 : error;
    poller_release(&poller);
    return result;
}

static int give_back(const struct some *some, struct user to)
{
    for (; some; some = some->next) {
        for (unsigned i = 0; i < some->count && i < FEW; i++) {
            if (copy_to_user(to, &some->files[i].asked, sizeof(struct abi_pollfd)))
                return -EFAULT;
            to = user_plus(to, sizeof(struct abi_pollfd));
        }
    }
    return 0;
}

static void free_more(struct some *some)
{
    while (some) {
        struct some *next = some->next;

        put_some(some);
        dealloc(some, sizeof(*some), _Alignof(struct some));
        some = next;
    }
}

/* All behind the first few. What was taken is in the list, whatever comes of it. */
static int take_more(struct some *last, struct user from, unsigned count)
{
    int error = 0;

    while (count > 0 && !error) {
        struct some *some = alloc(sizeof(*some), _Alignof(struct some));

        if (!some)
            return -ENOMEM;
        some->next = NULL;
        some->count = count < FEW ? count : FEW;
        count -= some->count;
        last->next = some;
        last = some;
        error = take_some(some, from);
        from = user_plus(from, FEW * sizeof(struct abi_pollfd));
    }
    return error;
}

static int set_mask(struct user mask)
{
    struct user_thread *me = user_thread_current();
    uint64_t set;

    if (!mask.at)
        return 0;
    if (copy_from_user(&set, mask, sizeof(set)))
        return -EFAULT;
    me->mask_to_restore = me->mask;
    me->restore_mask = true;
    signals_set_mask(set);
    return 0;
}

int64_t sys_poll(struct user files, unsigned count, struct user timeout, struct user mask)
{
    struct some first = {.count = count < FEW ? count : FEW};
    uint64_t deadline_ns;
    int64_t result = count > DESCRIPTORS_MAX ? -EINVAL : deadline_from_user(timeout, &deadline_ns);

    if (!result)
        result = set_mask(mask);
    if (result)
        return result;
    result = take_some(&first, files);
    if (!result && count > FEW)
        result = take_more(&first, user_plus(files, FEW * sizeof(struct abi_pollfd)), count - FEW);
    if (!result)
        result = wait_for_any(&first, deadline_ns);
    if (result >= 0 && give_back(&first, files))
        result = -EFAULT;
    put_some(&first);
    free_more(first.next);
    return result;
}
