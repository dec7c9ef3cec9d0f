/* System calls about message channels. Thin: handles become files and files handles here, the
   rest is kernel/fs/channel.h's. */
#include "kernel/fs/channel.h"
#include "kernel/syscall/files.h"
#include "lib/abi/process.h"
#include "lib/errno.h"
#include "lib/string.h"
#include "syscalls.h"

/* Files of a message, with references, and the handles that stand for them. */
struct handles {
    struct file *files[CHANNEL_MESSAGE_FILES];
    int fds[CHANNEL_MESSAGE_FILES];
    unsigned count; /* of those that are good */
};

static void put_files(struct handles *handles)
{
    while (handles->count > 0)
        file_put(handles->files[--handles->count]);
}

static void close_handles(struct handles *handles)
{
    while (handles->count > 0)
        (void)!descriptors_close(process_current()->descriptors, handles->fds[--handles->count]);
}

/* The lowest that is free. */
static int install(struct file *file, unsigned flags, int *fd)
{
    struct process *process = process_current();

    return descriptors_install(process->descriptors, file, flags & O_CLOEXEC ? FD_CLOEXEC : 0, 0,
                               process->limits[RLIMIT_NOFILE].now, fd);
}

/* ---- a pair ---------------------------------------------------------------------------------- */

/* Both, or neither. */
static int install_pair(struct file *one, struct file *other, unsigned flags, struct user to)
{
    struct handles handles = {.files = {one, other}};
    int error = 0;

    while (handles.count < 2 && !error) {
        error = install(handles.files[handles.count], flags, &handles.fds[handles.count]);
        handles.count += !error;
    }
    if (!error)
        error = copy_to_user(to, handles.fds, 2 * sizeof(int));
    if (error)
        close_handles(&handles);
    return error;
}

int64_t sys_channel_create(struct user fds, unsigned flags)
{
    struct file *one, *other;
    int error;

    if (flags & ~(unsigned)(O_NONBLOCK | O_CLOEXEC))
        return -EINVAL;
    error = channel_create(flags & O_NONBLOCK, &one, &other);
    if (error)
        return error;
    error = install_pair(one, other, flags, fds);
    file_put(one);
    file_put(other);
    return error;
}

/* ---- sending --------------------------------------------------------------------------------- */

static int get_files(struct handles *handles, struct user from, unsigned count)
{
    int error = 0;

    if (count > CHANNEL_MESSAGE_FILES)
        return -EMSGSIZE;
    if (count > 0)
        error = copy_from_user(handles->fds, from, count * sizeof(int));
    while (!error && handles->count < count) {
        error = descriptors_get(process_current()->descriptors, handles->fds[handles->count],
                                &handles->files[handles->count]);
        handles->count += !error;
    }
    if (error)
        put_files(handles);
    return error;
}

int64_t sys_channel_send(int fd, struct user from, size_t size, struct user handles,
                         unsigned count)
{
    struct handles sent = {.count = 0};
    struct io io = io_of_user(from, size);
    struct file *end;
    int error = descriptors_get(process_current()->descriptors, fd, &end);

    if (error)
        return error;
    error = get_files(&sent, handles, count);
    if (!error) {
        error = channel_send(end, &io, sent.files, sent.count);
        if (error)
            put_files(&sent);
    }
    file_put(end);
    return error;
}

/* ---- receiving ------------------------------------------------------------------------------- */

/* Its bytes and handles are the process's. */
static int deliver(const struct parcel *parcel, struct handles *handles, struct user to,
                   struct user fds)
{
    int error = copy_to_user(to, parcel->bytes, parcel->size);

    memcpy(handles->files, parcel->files, parcel->count * sizeof(struct file *));
    while (!error && handles->count < parcel->count) {
        error = install(handles->files[handles->count], 0, &handles->fds[handles->count]);
        handles->count += !error;
    }
    if (!error && parcel->count > 0)
        error = copy_to_user(fds, handles->fds, parcel->count * sizeof(int));
    if (error)
        close_handles(handles);
    return error;
}

static int64_t receive(struct file *end, struct user to, size_t room, struct user fds,
                       unsigned count)
{
    struct handles handles = {.count = 0};
    struct parcel parcel;
    int error = channel_receive(end, room, count, &parcel);

    if (error)
        return error;
    int64_t result = (int64_t)(parcel.size | (uint64_t)parcel.count << 32);

    error = deliver(&parcel, &handles, to, fds);
    if (error) {
        channel_return(end, &parcel);
        return error;
    }
    channel_accept(end, &parcel);
    put_files(&handles); /* the handles have references of their own */
    return result;
}

int64_t sys_channel_receive(int fd, struct user to, size_t size, struct user handles,
                            unsigned count)
{
    struct file *end;
    int error = descriptors_get(process_current()->descriptors, fd, &end);

    if (error)
        return error;
    int64_t result = receive(end, to, size, handles, count);

    file_put(end);
    return result;
}

/* ---- names ----------------------------------------------------------------------------------- */

int64_t sys_channel_publish(int fd, struct user name)
{
    struct path_argument text;
    struct held held;
    int error = path_take(&text, name);

    if (error)
        return error;
    error = hold(&held, fd);
    if (!error) {
        error = channel_publish(held.file, path_text(&text), context()->uid);
        let_go(&held);
    }
    path_drop(&text);
    return error;
}

int64_t sys_channel_connect(struct user name)
{
    const struct process *process = process_current();
    const struct abi_channel_caller caller = {(uint32_t)process->pid, process->fs.uid};
    struct path_argument text;
    struct file *end;
    int error = path_take(&text, name);

    if (error)
        return error;
    error = channel_connect(path_text(&text), &caller, &end);
    path_drop(&text);
    return error ? error
                 : descriptors_give(process->descriptors, end, 0, limit_of(RLIMIT_NOFILE));
}
