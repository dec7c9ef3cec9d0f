/*
 * The file system of /proc: proc.h. Nothing is kept: an inode says which file of which process it
 * is, and each open file has its text, made when it is read from its beginning. Locks: one for the
 * list of files, one of each open file's text.
 */
#include "kernel/fs/proc.h"

#include "kernel/core/memory/heap.h"
#include "kernel/core/memory/slab.h"
#include "kernel/fs/names.h"
#include "kernel/fs/proc_files.h"
#include "lib/errno.h"
#include "lib/printf.h"
#include "lib/string.h"

#define TYPE       0x9fa0u
#define FIRST_ROOM 1024u
#define NAME_ROOM  24u
#define FD_BIT     (1ull << 62) /* of inode numbers */

enum kind { ROOT, TEXT, SELF, PROCESS, OF_PROCESS, FDS, FD };

struct entry {
    struct entry *next;
    const char *name;
    proc_generator *make;
    void *context;
    uint64_t number;
};

struct proc_inode {
    struct inode inode; /* first */
    enum kind kind;
    const struct entry *entry;            /* TEXT */
    const struct proc_process_file *file; /* OF_PROCESS */
    uint64_t pid;
    int fd;
};

/* An open TEXT or OF_PROCESS. */
struct reading {
    struct mutex lock;
    struct proc_text text;
    bool made;
};

static struct spinlock entries_lock = SPINLOCK("proc files", LOCK_RANK_NAMES);
static struct entry *entries; /* never taken away */
static uint64_t next_number = 16;
static const struct proc_processes *processes;
static struct slab_cache inodes;
static const struct inode_operations operations, link_operations;
static const struct file_operations directory_operations, text_operations;

static const struct proc_inode *proc_of(const struct inode *inode)
{
    return (const struct proc_inode *)inode;
}

/* ---- text ------------------------------------------------------------------------------------ */

static bool grow(struct proc_text *text, size_t needed)
{
    size_t room = text->room ? text->room : FIRST_ROOM;
    char *bytes;

    while (room < needed && room <= PROC_TEXT_MAX)
        room *= 2;
    bytes = room <= PROC_TEXT_MAX ? alloc(room, 1) : NULL;
    if (!bytes) {
        text->error = -ENOMEM;
        return false;
    }
    if (text->size)
        memcpy(bytes, text->bytes, text->size);
    dealloc(text->bytes, text->room, 1);
    text->bytes = bytes;
    text->room = room;
    return true;
}

static struct room rest_of(const struct proc_text *text)
{
    return room_from(room_of(text->bytes, text->room), text->size);
}

void proc_put(struct proc_text *text, struct text bytes)
{
    if (text->error)
        return;
    if (text->room - text->size < bytes.size && !grow(text, text->size + bytes.size))
        return;
    room_put(rest_of(text), 0, bytes);
    text->size += bytes.size;
}

void proc_print(struct proc_text *text, const char *format, ...)
{
    char line[256];
    va_list args;
    int size;

    va_start(args, format);
    size = vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (size >= (int)sizeof(line))
        size = sizeof(line) - 1;
    if (size > 0)
        proc_put(text, text_of(line, (size_t)size));
}

/* ---- inodes ---------------------------------------------------------------------------------- */

static uint32_t mode_of(const struct proc_inode *model)
{
    switch (model->kind) {
    case TEXT:
        return S_IFREG | 0444;
    case SELF:
    case FD:
        return S_IFLNK | 0777;
    case OF_PROCESS:
        return model->file->follow ? S_IFLNK | 0777 : S_IFREG | model->file->mode;
    case FDS:
        return S_IFDIR | 0500;
    default:
        return S_IFDIR | 0555;
    }
}

static int show(struct filesystem *fs, uint64_t number, const struct proc_inode *model,
                struct inode **made)
{
    struct proc_inode *proc = slab_alloc(&inodes);
    struct inode *inode;
    uint32_t mode = mode_of(model);

    if (!proc)
        return -ENOMEM;
    *proc = *model;
    inode = &proc->inode;
    inode_init(inode, fs, number, mode);
    inode->operations = is_link(inode) ? &link_operations : &operations;
    inode->file_operations = is_directory(inode) ? &directory_operations : &text_operations;
    inode->links = is_directory(inode) ? 2 : 1;
    if (model->pid && model->kind != SELF)
        (void)!processes->owner(model->pid, &inode->uid, &inode->gid);
    struct abi_timespec now = inode_now();
    inode->times = (struct inode_times){now, now, now};
    *made = inode;
    return 0;
}

static uint64_t process_number(uint64_t pid, unsigned index)
{
    return pid << 8 | index;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Digits alone; 0 when it is anything else. */
static uint64_t number_in(struct text name)
{
    uint64_t number = 0;

    if (name.size == 0 || name.size > 10 || (name.size > 1 && text_at(name, 0) == '0'))
        return UINT64_MAX;
    for (size_t i = 0; i < name.size; i++) {
        char c = text_at(name, i);

        if (c < '0' || c > '9')
            return UINT64_MAX;
        number = number * 10 + (uint64_t)(c - '0');
    }
    return number;
}

static bool is_called(struct text name, const char *what)
{
    return strlen(what) == name.size && memcmp(what, name.chars, name.size) == 0;
}

static const struct entry *first_entry(void)
{
    return __atomic_load_n(&entries, __ATOMIC_ACQUIRE);
}

static const struct entry *find_entry(struct text name)
{
    const struct entry *entry = first_entry();

    while (entry && !is_called(name, entry->name))
        entry = entry->next;
    return entry;
}

static int look_in_root(struct filesystem *fs, struct text name, struct inode **found)
{
    const struct entry *entry = find_entry(name);
    uint64_t pid = number_in(name);

    if (entry)
        return show(fs, entry->number, &(struct proc_inode){.kind = TEXT, .entry = entry}, found);
    if (!processes)
        return -ENOENT;
    if (is_called(name, "self") && processes->self())
        return show(fs, 2, &(struct proc_inode){.kind = SELF}, found);
    if (pid == UINT64_MAX || pid == 0 || processes->next(pid) != pid)
        return -ENOENT;
    return show(fs, process_number(pid, 1), &(struct proc_inode){.kind = PROCESS, .pid = pid},
                found);
}

#define INDEX_FDS   2u
#define INDEX_FILES 16u

static const struct proc_process_file *process_file(unsigned index)
{
    struct span all = span_of(processes->files, processes->file_count * sizeof(*processes->files));

    return (const void *)span_part(all, index * sizeof(*processes->files),
                                   sizeof(*processes->files)).bytes;
}

static int look_in_process(struct filesystem *fs, uint64_t pid, struct text name,
                           struct inode **found)
{
    if (is_called(name, "fd"))
        return show(fs, process_number(pid, INDEX_FDS),
                    &(struct proc_inode){.kind = FDS, .pid = pid}, found);
    for (unsigned i = 0; i < processes->file_count; i++) {
        const struct proc_process_file *file = process_file(i);

        if (is_called(name, file->name))
            return show(fs, process_number(pid, INDEX_FILES + i),
                        &(struct proc_inode){.kind = OF_PROCESS, .pid = pid, .file = file}, found);
    }
    return -ENOENT;
}

static uint64_t fd_number(uint64_t pid, int fd)
{
    return FD_BIT | pid << 16 | (uint64_t)fd;
}

static int look_in_fds(struct filesystem *fs, uint64_t pid, struct text name, struct inode **found)
{
    uint64_t fd = number_in(name);

    if (fd > INT32_MAX || processes->next_fd(pid, (int)fd) != (int)fd)
        return -ENOENT;
    return show(fs, fd_number(pid, (int)fd),
                &(struct proc_inode){.kind = FD, .pid = pid, .fd = (int)fd}, found);
}

static int lookup(struct inode *directory, struct text name, struct inode **found)
{
    const struct proc_inode *proc = proc_of(directory);

    switch (proc->kind) {
    case ROOT:
        return look_in_root(directory->fs, name, found);
    case PROCESS:
        return look_in_process(directory->fs, proc->pid, name, found);
    case FDS:
        return look_in_fds(directory->fs, proc->pid, name, found);
    default:
        return -ENOENT;
    }
}

static const struct inode_operations operations = {.lookup = lookup};

/* ---- listing --------------------------------------------------------------------------------- */

/* Positions: 0 ".", 1 "..", then what the directory has; processes at their pid + PIDS. */
#define OTHERS 2u
#define PIDS   (1ull << 16)

static bool emit(struct directory_room *room, uint64_t *position, struct text name, uint64_t number,
                 unsigned type, uint64_t next)
{
    if (!directory_emit(room, name, number, type, next))
        return false;
    *position = next;
    return true;
}

static bool emit_dots(const struct inode *inode, uint64_t *position, struct directory_room *room)
{
    if (*position == 0 && !emit(room, position, text_of(".", 1), inode->number, DT_DIR, 1))
        return false;
    return *position != 1
        || emit(room, position, text_of("..", 2), 1, DT_DIR, OTHERS);
}

static bool emit_number(struct directory_room *room, uint64_t *position, uint64_t shown,
                        uint64_t number, unsigned type, uint64_t next)
{
    char name[NAME_ROOM];
    int size = snprintf(name, sizeof(name), "%llu", (unsigned long long)shown);

    return emit(room, position, text_of(name, (size_t)size), number, type, next);
}

static void list_processes(struct directory_room *room, uint64_t *position)
{
    if (!processes)
        return;
    if (*position < PIDS) {
        if (processes->self() && !emit(room, position, text_of("self", 4), 2, DT_LNK, PIDS))
            return;
        *position = PIDS;
    }
    for (uint64_t pid = processes->next(*position - PIDS); pid; pid = processes->next(pid + 1))
        if (!emit_number(room, position, pid, process_number(pid, 1), DT_DIR, PIDS + pid + 1))
            return;
}

static void list_root(struct directory_room *room, uint64_t *position)
{
    uint64_t index = OTHERS;

    for (const struct entry *entry = first_entry(); entry; entry = entry->next, index++)
        if (index >= *position
            && !emit(room, position, text_of(entry->name, strlen(entry->name)), entry->number,
                     DT_REG, index + 1))
            return;
    list_processes(room, position);
}

static void list_process(struct directory_room *room, uint64_t *position, uint64_t pid)
{
    if (*position == OTHERS
        && !emit(room, position, text_of("fd", 2), process_number(pid, INDEX_FDS), DT_DIR,
                 OTHERS + 1))
        return;
    while (*position - OTHERS - 1 < processes->file_count) {
        unsigned index = (unsigned)(*position - OTHERS - 1);
        const struct proc_process_file *file = process_file(index);

        if (!emit(room, position, text_of(file->name, strlen(file->name)),
                  process_number(pid, INDEX_FILES + index), file->follow ? DT_LNK : DT_REG,
                  *position + 1))
            return;
    }
}

static void list_fds(struct directory_room *room, uint64_t *position, uint64_t pid)
{
    int fd = *position - OTHERS > INT32_MAX ? -1
                                            : processes->next_fd(pid, (int)(*position - OTHERS));

    while (fd >= 0 && emit_number(room, position, (uint64_t)fd, fd_number(pid, fd), DT_LNK,
                                  OTHERS + (uint64_t)fd + 1))
        fd = processes->next_fd(pid, fd + 1);
}

static int read_directory(struct file *file, uint64_t *position, struct directory_room *room)
{
    const struct proc_inode *proc = proc_of(file->inode);

    if (!emit_dots(file->inode, position, room))
        return 0;
    if (proc->kind == ROOT)
        list_root(room, position);
    else if (proc->kind == PROCESS)
        list_process(room, position, proc->pid);
    else
        list_fds(room, position, proc->pid);
    return 0;
}

static const struct file_operations directory_operations = {.read_directory = read_directory};

/* ---- links ----------------------------------------------------------------------------------- */

static int follow_fd(uint64_t pid, int fd, struct path *path)
{
    struct file *file;
    int error = processes->file(pid, fd, &file);

    if (error)
        return error;
    if (file->path.dentry)
        *path = path_get(file->path);
    else
        error = -ENXIO; /* a pipe, memory: it has no place to go to */
    file_put(file);
    return error;
}

static int follow(struct inode *inode, struct path *path)
{
    const struct proc_inode *proc = proc_of(inode);

    return proc->kind == FD ? follow_fd(proc->pid, proc->fd, path)
                            : proc->file->follow(proc->pid, path);
}

static int read_path(struct inode *inode, char *to, size_t size)
{
    struct fs_context all;
    struct path path;
    int error = follow(inode, &path);

    if (error == -ENXIO)
        return strlcpy(to, "(without a name)", size) < size ? 0 : -ENAMETOOLONG;
    if (error)
        return error;
    error = fs_context_init(&all);
    if (!error)
        error = vfs_path_text(&all, &path, to, size);
    if (error == -ENOENT)
        error = strlcpy(to, "(deleted)", size) < size ? 0 : -ENAMETOOLONG;
    fs_context_release(&all);
    path_put(path);
    return error == -ERANGE ? -ENAMETOOLONG : error;
}

static int read_self(struct inode *inode, char *to, size_t size)
{
    uint64_t pid = processes->self();

    (void)inode;
    if (!pid)
        return -ENOENT;
    return (size_t)snprintf(to, size, "%llu", (unsigned long long)pid) < size ? 0 : -ENAMETOOLONG;
}

static int read_link(struct inode *inode, char *to, size_t size)
{
    return proc_of(inode)->kind == SELF ? read_self(inode, to, size) : read_path(inode, to, size);
}

static int follow_link(struct inode *inode, struct path *path)
{
    return proc_of(inode)->kind == SELF ? -ENOTSUP : follow(inode, path);
}

static const struct inode_operations link_operations = {
    .read_link = read_link,
    .follow = follow_link,
};

/* ---- reading --------------------------------------------------------------------------------- */

static int open_text(struct file *file)
{
    struct reading *reading = alloc(sizeof(*reading), _Alignof(struct reading));

    if (!reading)
        return -ENOMEM;
    *reading = (struct reading){.lock = MUTEX("proc text")};
    file->private = reading;
    return 0;
}

static void close_text(struct file *file)
{
    struct reading *reading = file->private;

    dealloc(reading->text.bytes, reading->text.room, 1);
    dealloc(reading, sizeof(*reading), _Alignof(struct reading));
}

static int make_text(const struct proc_inode *proc, struct reading *reading)
{
    int error;

    reading->text.size = 0;
    reading->text.error = 0;
    error = proc->kind == TEXT ? proc->entry->make(&reading->text, proc->entry->context)
                               : proc->file->make(&reading->text, proc->pid);
    error = error ? error : reading->text.error;
    reading->made = !error;
    return error;
}

static int64_t read_text(struct file *file, struct io *io, uint64_t *position)
{
    struct reading *reading = file->private;
    int64_t result = 0;

    mutex_lock(&reading->lock);
    if (*position == 0 || !reading->made)
        result = make_text(proc_of(file->inode), reading);
    if (!result && *position < reading->text.size) {
        struct span rest = span_from(span_of(reading->text.bytes, reading->text.size),
                                     (size_t)*position);
        size_t now = rest.size < io_left(io) ? rest.size : io_left(io);

        result = io_put(io, rest.bytes, now);
        if (!result)
            result = (int64_t)now;
    }
    mutex_unlock(&reading->lock);
    if (result > 0)
        *position += (uint64_t)result;
    return result;
}

static const struct file_operations text_operations = {
    .open = open_text,
    .close = close_text,
    .read = read_text,
};

/* ---- the file system ------------------------------------------------------------------------- */

int proc_register(const char *name, proc_generator *make, void *context)
{
    struct entry *entry = alloc(sizeof(*entry), _Alignof(struct entry)), **link = &entries;

    if (!entry)
        return -ENOMEM;
    *entry = (struct entry){.name = name, .make = make, .context = context};
    spin_lock(&entries_lock);
    entry->number = next_number++;
    while (*link)
        link = &(*link)->next;
    __atomic_store_n(link, entry, __ATOMIC_RELEASE);
    spin_unlock(&entries_lock);
    return 0;
}

void proc_set_processes(const struct proc_processes *known)
{
    __atomic_store_n(&processes, known, __ATOMIC_RELEASE);
}

static int mount(struct filesystem *fs, struct inode *source, unsigned flags)
{
    (void)source;
    (void)flags;
    return show(fs, 1, &(struct proc_inode){.kind = ROOT}, &fs->root);
}

static void free_inode(struct inode *inode)
{
    slab_free(&inodes, inode);
}

static const struct filesystem_operations proc_operations = {
    .name = "proc",
    .type = TYPE,
    .mount = mount,
    .free = free_inode,
    .transient = true,
};

int proc_init(void)
{
    int error = slab_cache_init(&inodes, "proc file", sizeof(struct proc_inode), 8, NULL);

    if (error)
        return error;
    filesystem_register(&proc_operations);
    return proc_files_register();
}
