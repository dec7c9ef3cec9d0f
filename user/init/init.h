/*
 * /etc/init.conf, a line each; '#' begins a comment:
 *
 *     mount TYPE DIRECTORY   a file system without a disk: proc, tmpfs, dev
 *     wait PROGRAM WORD…     run, and go on when it has ended
 *     once PROGRAM WORD…     run beside everything else
 *     respawn PROGRAM WORD…  and again when it has ended
 *     NAME PROGRAM WORD…     the same with the terminal /dev/NAME (console, tty1, ttyS0), in a session
 *                            of its own; not where the machine has no such terminal
 *
 * Words are separated by blanks; "…" holds one together.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define INIT_FILE "/etc/init.conf"
#define JOBS_MAX  32u
#define WORDS_MAX 16u

enum job_kind { JOB_NONE, JOB_MOUNT, JOB_WAIT, JOB_ONCE, JOB_RESPAWN, JOB_TERMINAL };

struct job {
    enum job_kind kind;
    char text[512]; /* of which the words are parts */
    char terminal[32];
    char *words[WORDS_MAX + 1];
    pid_t pid;      /* 0: does not run */
    bool done;      /* is not started again */
    int fast_ends;
    time_t started_s, not_before_s; /* since the boot */
};

/* A line of the file. NULL, or what is wrong with it; JOB_NONE when there is nothing in it. */
const char *job_read(const char *line, struct job *job);
/* The jobs of a changed file take the place of the old ones: equal ones go on as they are, others that run
   are left to themselves. Returns how many there are. */
size_t jobs_replace(struct job *jobs, size_t count, const struct job *fresh, size_t fresh_count);
