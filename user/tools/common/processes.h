/* The processes that there are, from /proc/NUMBER/stat and its like. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    pid_t pid, parent, group, session, foreground;
    uid_t user;
    unsigned terminal;  /* device number; 0: none */
    char state;
    int nice, threads;
    uint64_t ticks;     /* of the CPU, 100 a second */
    uint64_t started;   /* ticks after the boot */
    uint64_t bytes, resident;
    char name[64];
    char *command;      /* its words, or [name] when there are none */
};

struct processes {
    struct process *at;
    size_t count;
};

int processes_read(struct processes *processes); /* 1 after a message */
void processes_free(struct processes *processes);

#define TICKS 100u
double uptime_seconds(void);
/* A line "NAME: 123 kB" of /proc/meminfo in bytes; 0: it is not there. */
uint64_t memory_figure(const char *text, const char *name);
/* "ttyS0", or "?" */
const char *terminal_name(unsigned device);
