/*
 * /proc: files whose text is made when they are read. kernel/process makes itself known by
 * proc_set_processes; each process is a directory then.
 *
 *     static int make_uptime(struct proc_text *text, void *context)
 *     {
 *         proc_print(text, "%llu\n", …);
 *         return 0;
 *     }
 *     error = proc_register("uptime", make_uptime, NULL);
 */
#pragma once

#include <stdarg.h>
#include <stdint.h>

#include "kernel/fs/vfs.h"

#define PROC_TEXT_MAX (1u << 20)

/* What a generator writes; too much, or no memory, is noted and makes reading fail. */
struct proc_text {
    char *bytes;
    size_t size, room;
    int error;
};

void proc_print(struct proc_text *text, const char *format, ...) format_like(2, 3);
void proc_put(struct proc_text *text, struct text bytes);

/* 0, or what reading the file ends in. Called without locks. */
typedef int proc_generator(struct proc_text *text, void *context);

/* mount takes "proc" from now on, with the kernel's own files. -ENOMEM */
int proc_init(void) must_check;
/* The name is kept. -ENOMEM. */
int proc_register(const char *name, proc_generator *make, void *context) must_check;

/* A file in each process's directory: a text, or a link to a path. */
struct proc_process_file {
    const char *name;
    uint32_t mode; /* permissions */
    int (*make)(struct proc_text *text, uint64_t pid);   /* -ENOENT: it is gone */
    int (*follow)(uint64_t pid, struct path *path);      /* with a reference */
};

struct proc_processes {
    uint64_t (*next)(uint64_t from); /* the lowest pid that is not below; 0: none */
    uint64_t (*self)(void);          /* 0: a thread of the kernel's */
    int (*owner)(uint64_t pid, uint32_t *uid, uint32_t *gid); /* -ENOENT */
    const struct proc_process_file *files;
    unsigned file_count;
    int (*next_fd)(uint64_t pid, int from); /* the lowest one in use; -1: none */
    int (*file)(uint64_t pid, int fd, struct file **file); /* with a reference. -ENOENT */
};
void proc_set_processes(const struct proc_processes *processes);
