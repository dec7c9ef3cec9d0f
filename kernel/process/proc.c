/*
 * Processes as directories of /proc (kernel/fs/proc.h). Files have Linux's form (proc(5)); what is
 * not known is 0. Others' files and memory are their own: cwd, exe, maps and fd are for the owner
 * alone (the modes say so).
 */
#include "kernel/process/proc.h"

#include "kernel/core/time/time.h"
#include "kernel/fs/descriptors.h"
#include "kernel/fs/proc.h"
#include "kernel/fs/tty/tty.h"
#include "kernel/process/memory_map.h"
#include "kernel/process/process.h"
#include "lib/errno.h"
#include "lib/string.h"

#define TICK_NS (NS_PER_SECOND / 100)

typedef unsigned long long ull;

/* What of a process is under process_lock, at one moment. */
struct looked_at {
    struct process *process; /* with a reference */
    char name[PROCESS_NAME_MAX];
    struct process_words words;
    char state; /* proc(5): R, S, T, Z */
    uint64_t parent, group, session, threads, cpu_ns, pages;
};

static char state_of(const struct process *process)
{
    enum process_state state = process_state_now(process);

    if (state == PROCESS_TERMINATED)
        return 'Z';
    if (process->stopped)
        return 'T';
    return state == PROCESS_BLOCKED ? 'S' : 'R';
}

static int look(uint64_t pid, struct looked_at *at)
{
    struct process *process = process_find(pid);
    uint64_t saved;

    if (!process)
        return -ENOENT;
    saved = spin_lock_irq(&process_lock);
    *at = (struct looked_at){
        .process = process,
        .state = state_of(process),
        .parent = process->parent ? process->parent->pid : 0,
        .group = process->group,
        .session = process->session,
        .threads = process->thread_count,
        .cpu_ns = process_cpu_ns(process),
        .pages = process->map ? process->map->pages : 0,
    };
    (void)strlcpy(at->name, process->name, sizeof(at->name));
    at->words = process->words;
    spin_unlock_irq(&process_lock, saved);
    return 0;
}

/* Its memory, with a reference; NULL: it has ended. */
static struct memory_map *map_of(struct process *process)
{
    struct memory_map *map;
    uint64_t saved = spin_lock_irq(&process_lock);

    map = process->map ? memory_map_get(process->map) : NULL;
    spin_unlock_irq(&process_lock, saved);
    return map;
}

static uint64_t bytes_of(struct process *process)
{
    struct memory_map *map = map_of(process);
    uint64_t bytes = map ? map->bytes : 0;

    if (map)
        memory_map_put(map);
    return bytes;
}

/* ---- files ----------------------------------------------------------------------------------- */

/* proc(5): pid (comm) state ppid pgrp session tty_nr tpgid flags minflt cminflt majflt cmajflt
   utime stime cutime cstime priority nice num_threads itrealvalue starttime vsize rss. */
static int make_stat(struct proc_text *text, uint64_t pid)
{
    struct looked_at at;
    uint64_t terminal = 0, foreground = 0;
    int error = look(pid, &at);

    if (error)
        return error;
    bool has_terminal = tty_of_session(at.session, &terminal, &foreground);
    proc_print(text, "%llu (%s) %c %llu %llu %llu %llu %lld 0 0 0 0 0 ", (ull)pid, at.name, at.state,
               (ull)at.parent, (ull)at.group, (ull)at.session, (ull)terminal,
               has_terminal ? (long long)foreground : -1);
    proc_print(text, "%llu 0 %llu 0 %d %d %llu 0 %llu %llu %llu\n", (ull)(at.cpu_ns / TICK_NS),
               (ull)(at.process->children_cpu_ns / TICK_NS), 20 + at.process->priority,
               at.process->priority, (ull)at.threads, (ull)(at.process->started_ns / TICK_NS),
               (ull)bytes_of(at.process), (ull)at.pages);
    process_put(at.process);
    return 0;
}

static const char *state_name(char state)
{
    switch (state) {
    case 'R':
        return "running";
    case 'T':
        return "stopped";
    case 'Z':
        return "zombie";
    default:
        return "sleeping";
    }
}

static int make_status(struct proc_text *text, uint64_t pid)
{
    struct looked_at at;
    int error = look(pid, &at);

    if (error)
        return error;
    const struct process *process = at.process;
    proc_print(text, "Name:\t%s\nState:\t%c (%s)\nPid:\t%llu\nPPid:\t%llu\n", at.name, at.state,
               state_name(at.state), (ull)pid, (ull)at.parent);
    proc_print(text, "Uid:\t%u\t%u\nGid:\t%u\t%u\n", process->real_uid, process->fs.uid,
               process->real_gid, process->fs.gid);
    proc_print(text, "VmSize:\t%8llu kB\nVmRSS:\t%8llu kB\nThreads:\t%llu\n",
               (ull)(bytes_of(at.process) / 1024), (ull)(at.pages * PAGE_SIZE / 1024),
               (ull)at.threads);
    process_put(at.process);
    return 0;
}

static int make_cmdline(struct proc_text *text, uint64_t pid)
{
    struct looked_at at;
    int error = look(pid, &at);

    if (error)
        return error;
    proc_put(text, text_of(at.words.bytes, at.words.size));
    process_put(at.process);
    return 0;
}

static int make_comm(struct proc_text *text, uint64_t pid)
{
    struct looked_at at;
    int error = look(pid, &at);

    if (error)
        return error;
    proc_print(text, "%s\n", at.name);
    process_put(at.process);
    return 0;
}

static int make_maps(struct proc_text *text, uint64_t pid)
{
    struct process *process = process_find(pid);
    struct memory_map *map = process ? map_of(process) : NULL;
    struct region_info region;

    if (process)
        process_put(process);
    if (!map)
        return process ? 0 : -ENOENT;
    for (unsigned i = 0; memory_map_region(map, i, &region) == 0; i++)
        proc_print(text, "%012llx-%012llx %c%c%c%c %08llx 00:00 %llu\n", (ull)region.start,
                   (ull)region.end, region.protection & PROT_READ ? 'r' : '-',
                   region.protection & PROT_WRITE ? 'w' : '-',
                   region.protection & PROT_EXEC ? 'x' : '-', region.shared ? 's' : 'p',
                   (ull)region.offset, (ull)region.inode);
    memory_map_put(map);
    return 0;
}

/* ---- links ----------------------------------------------------------------------------------- */

static int follow_cwd(uint64_t pid, struct path *path)
{
    struct process *process = process_find(pid);
    int error = process ? fs_context_current(&process->fs, path) : -ENOENT;

    if (process)
        process_put(process);
    return error;
}

/* ---- handles --------------------------------------------------------------------------------- */

/* Only of the running process: another's table may go while it is looked at. */
static struct descriptors *table_of(uint64_t pid)
{
    struct process *process = process_current();

    return process && process->pid == pid ? process->descriptors : NULL;
}

static int next_fd(uint64_t pid, int from)
{
    struct descriptors *table = table_of(pid);

    return table ? descriptors_next(table, from) : -1;
}

static int file_of(uint64_t pid, int fd, struct file **file)
{
    struct descriptors *table = table_of(pid);

    return table && descriptors_get(table, fd, file) == 0 ? 0 : -ENOENT;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static uint64_t next(uint64_t from)
{
    struct process *process = process_next(from);
    uint64_t pid = process ? process->pid : 0;

    if (process)
        process_put(process);
    return pid;
}

static uint64_t self(void)
{
    const struct process *process = process_current();

    return process ? process->pid : 0;
}

static int owner(uint64_t pid, uint32_t *uid, uint32_t *gid)
{
    struct process *process = process_find(pid);

    if (!process)
        return -ENOENT;
    *uid = process->fs.uid;
    *gid = process->fs.gid;
    process_put(process);
    return 0;
}

void process_proc_init(void)
{
    static const struct proc_process_file files[] = {
        {.name = "stat", .mode = 0444, .make = make_stat},
        {.name = "status", .mode = 0444, .make = make_status},
        {.name = "cmdline", .mode = 0444, .make = make_cmdline},
        {.name = "comm", .mode = 0444, .make = make_comm},
        {.name = "maps", .mode = 0400, .make = make_maps},
        {.name = "cwd", .follow = follow_cwd},
    };
    static const struct proc_processes processes = {
        .next = next,
        .self = self,
        .owner = owner,
        .files = files,
        .file_count = array_length(files),
        .next_fd = next_fd,
        .file = file_of,
    };

    proc_set_processes(&processes);
}
