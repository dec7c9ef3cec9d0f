/* What the files of a terminal share. */
#pragma once

#include "kernel/core/memory/user_memory.h"
#include "kernel/fs/tty/tty.h"
#include "kernel/fs/vfs.h"

/* An open file of a terminal. */
struct tty_file {
    struct tty *tty;
    uint32_t hangups; /* tty->hangups when it was opened */
};

extern const struct tty_jobs *tty_jobs;

/* Of a file: its terminal, locked; or NULL: it was hung up. */
struct tty *tty_lock_file(const struct file *file);
/* Until a change after `seen` of what the lock protects; it is given back and taken again. -EINTR,
   -ETIMEDOUT; -EIO: hung up. */
int tty_wait(struct tty *tty, const struct file *file, struct change *change, uint64_t deadline_ns);
/* Give the device what it takes. With the lock. */
void tty_pump(struct tty *tty);
/* Until all that was printed is out. With the lock. */
int tty_drain(struct tty *tty, const struct file *file);

/* jobs.c */
/* May this process take from, or change, its terminal: SIGTTIN, SIGTTOU stop one of the background
   (-EINTR: again, when it goes on); -EIO. */
int tty_check_foreground(struct tty *tty, int signal) must_check;
void tty_adopt(struct tty *tty, const struct file *file); /* as the terminal of a session without */
void tty_signal_foreground(struct tty *tty, int signal);
bool tty_is_controlling(const struct tty *tty); /* of this process */
int tty_open_controlling(struct file *file) must_check; /* -ENXIO: there is none */
int tty_open_gotten(struct tty *tty, struct file *file) must_check; /* after device->get */
int64_t tty_ioctl_jobs(struct tty *tty, unsigned request, struct user argument); /* -ENOTTY */

/* modes.c */
int64_t tty_ioctl(struct file *file, unsigned request, struct user argument);
/* What a pseudo terminal's master may, too; file NULL: it is that, and waits for nothing.
   -ENOTTY. */
int64_t tty_ioctl_modes(struct tty *tty, const struct file *file, unsigned request,
                        struct user argument);
