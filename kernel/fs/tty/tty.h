/*
 * Terminals: a line discipline (line.h) with a device below and processes above.
 *
 *     keys, COM1 ► tty_receive ► deferred work ┐                        ┌ read
 *     a pseudo terminal's master ──────────────┴► tty_type ► line ◄────┴ write ► device->write
 *
 * A terminal belongs to a session or to none; of the session one group is in the foreground.
 * Sessions and groups are kernel/process's, which makes itself known by tty_set_jobs and calls
 * tty_leave when a session's leader ends. A hang-up takes a terminal from all who have it open:
 * they read the end of the file and cannot write (-EIO); who opens it afterwards has it as new.
 *
 * Locks: tty->lock, a mutex that is held for as long as bytes move between buffers and never while
 * somebody waits or memory of a process is touched; then that of sessions. Neither while tty_jobs
 * are called.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/core/sync/change.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/fs/poll.h"
#include "kernel/fs/tty/line.h"
#include "lib/compiler.h"
#include "lib/span.h"

struct file;
struct tty;

/* What kernel/process offers. Of the running process, where no other is named; a thread of the
   kernel's own has session 0. Called without locks. */
struct tty_jobs {
    uint64_t (*session)(void);
    uint64_t (*group)(void);
    bool (*leads_session)(void);
    bool (*is_in_session)(uint64_t group, uint64_t session); /* that group is there, and in it */
    bool (*is_orphaned)(uint64_t group); /* nobody is there who could continue it */
    bool (*ignores)(int signal);         /* or has it blocked */
    void (*signal_group)(uint64_t group, int signal);
    void (*signal_leader)(uint64_t session, int signal);
};
void tty_set_jobs(const struct tty_jobs *jobs); /* once, before the first process */
/* The leader of that session ends: its terminal is free, hung up unless it is a pseudo terminal,
   and the foreground group gets SIGHUP and SIGCONT. */
void tty_leave(uint64_t session);
/* For who starts a session's leader: that file's terminal is the session's from now on, and
   `group` in the foreground. -ENOTTY: no terminal; -EPERM: another session has it. */
int tty_give(const struct file *file, uint64_t session, uint64_t group) must_check;
/* The device number of a session's terminal and its foreground group; false: it has none. */
bool tty_of_session(uint64_t session, uint64_t *number, uint64_t *group);

/* All with the terminal's lock. */
struct tty_device {
    /* Bytes go out; returns how many were taken. Who takes fewer calls tty_sent later. */
    size_t (*write)(struct tty *tty, struct span bytes);
    size_t (*pending)(struct tty *tty); /* taken, but not yet out. NULL: 0 */
    /* By a first one; or the last closed it. May be NULL. */
    void (*opened)(struct tty *tty, bool open);
    void (*room)(struct tty *tty); /* somebody read: line_room grew. May be NULL */
    /* These modes are to come; an error keeps the old ones. May be NULL */
    int (*set)(struct tty *tty, const struct abi_termios *termios);
    /* Without the lock; both NULL: it never goes. A file of it is made: false when it is going;
       and was closed. */
    bool (*get)(struct tty *tty);
    void (*put)(struct tty *tty);
};

struct tty {
    /* fixed */
    const char *name; /* in /dev */
    uint64_t number;
    const struct tty_device *device;
    void *private;
    /* under the lock */
    struct mutex lock;
    struct line line;
    struct abi_winsize window;
    unsigned opens;
    uint32_t hangups; /* files that were opened before the last one are dead */
    /* under the sessions' lock */
    uint64_t session, group; /* 0: none */
    struct tty *next;
    /* their own */
    struct change input, output; /* something to read; room to write */
    struct poll_source poll;
};

/* Among those that a session can have; and out again, when no file has it open any more. */
void tty_init(struct tty *tty, const char *name, uint64_t number, const struct tty_device *device);
void tty_remove(struct tty *tty);
/* For a device's `open`: the file is one of this terminal from now on. -ENOMEM; -EIO: it is going.
   */
int tty_open(struct tty *tty, struct file *file) must_check;
extern const struct file_operations tty_file_operations;

/* Bytes are typed. Not from interrupt handlers; without the lock. */
void tty_type(struct tty *tty, struct span bytes);
/* The device may take more, or has sent what was pending. */
void tty_sent(struct tty *tty);
/* All who have it open lose it. */
void tty_hang_up(struct tty *tty);
/* The same, as the other end is gone: SIGHUP and SIGCONT to the session's leader and the
   foreground. */
void tty_lose(struct tty *tty);
/* SIGWINCH when it changed. */
void tty_set_window(struct tty *tty, const struct abi_winsize *window);

/* With the lock, and for those who hold it: what happened is told when it is given back. */
void tty_lock(struct tty *tty);
void tty_unlock(struct tty *tty);
