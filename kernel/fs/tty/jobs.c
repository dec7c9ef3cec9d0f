/*
 * Terminals and sessions: whose terminal it is, who may use it, who gets its signals.
 *
 * All terminals are in one list; a session's is the one that names it. `lock` guards that list and
 * their `session` and `group`; what processes are, tty_jobs know, which are called without it.
 */
#include "kernel/fs/tty/private.h"
#include "lib/abi/signals.h"
#include "lib/errno.h"

static struct mutex lock = MUTEX("sessions");
static struct tty *first;

/* ---- until kernel/process makes itself known ------------------------------------------------- */

static uint64_t none(void)
{
    return 0;
}

static bool no(void)
{
    return false;
}

static bool not_there(uint64_t group, uint64_t session)
{
    (void)group, (void)session;
    return false;
}

static bool nobody(uint64_t group)
{
    (void)group;
    return false;
}

static bool not_that(int signal)
{
    (void)signal;
    return false;
}

static void to_nobody(uint64_t target, int signal)
{
    (void)target, (void)signal;
}

static const struct tty_jobs no_jobs = {
    .session = none,
    .group = none,
    .leads_session = no,
    .is_in_session = not_there,
    .is_orphaned = nobody,
    .ignores = not_that,
    .signal_group = to_nobody,
    .signal_leader = to_nobody,
};

const struct tty_jobs *tty_jobs = &no_jobs;

void tty_set_jobs(const struct tty_jobs *jobs)
{
    tty_jobs = jobs;
}

/* ---- the list -------------------------------------------------------------------------------- */

void tty_init(struct tty *tty, const char *name, uint64_t number, const struct tty_device *device)
{
    tty->name = name;
    tty->number = number;
    tty->device = device;
    mutex_init(&tty->lock, name);
    line_init(&tty->line);
    change_init(&tty->input, name);
    change_init(&tty->output, name);
    poll_source_init(&tty->poll);
    mutex_lock(&lock);
    tty->next = first;
    first = tty;
    mutex_unlock(&lock);
}

void tty_remove(struct tty *tty)
{
    mutex_lock(&lock);
    for (struct tty **at = &first; *at; at = &(*at)->next) {
        if (*at == tty) {
            *at = tty->next;
            break;
        }
    }
    mutex_unlock(&lock);
}

/* With the lock. Session 0 has none. */
static struct tty *find(uint64_t session)
{
    struct tty *tty = session ? first : NULL;

    while (tty && tty->session != session)
        tty = tty->next;
    return tty;
}

bool tty_is_controlling(const struct tty *tty)
{
    uint64_t session = tty_jobs->session();
    bool is;

    mutex_lock(&lock);
    is = session && tty->session == session;
    mutex_unlock(&lock);
    return is;
}

int tty_open_controlling(struct file *file)
{
    uint64_t session = tty_jobs->session();
    struct tty *tty;

    mutex_lock(&lock);
    tty = find(session);
    if (tty && tty->device->get && !tty->device->get(tty))
        tty = NULL;
    mutex_unlock(&lock);
    return tty ? tty_open_gotten(tty, file) : -ENXIO;
}

bool tty_of_session(uint64_t session, uint64_t *number, uint64_t *group)
{
    const struct tty *tty;

    mutex_lock(&lock);
    tty = find(session);
    if (tty) {
        *number = tty->number;
        *group = tty->group;
    }
    mutex_unlock(&lock);
    return tty != NULL;
}

/* ---- taking and leaving ---------------------------------------------------------------------- */

static int give(struct tty *tty, uint64_t session, uint64_t group)
{
    int error = 0;

    mutex_lock(&lock);
    if (tty->session != session) {
        error = tty->session || find(session) ? -EPERM : 0;
        if (!error) {
            tty->session = session;
            tty->group = group;
        }
    }
    mutex_unlock(&lock);
    return error;
}

int tty_give(const struct file *file, uint64_t session, uint64_t group)
{
    if (file->operations != &tty_file_operations)
        return -ENOTTY;
    return give(((const struct tty_file *)file->private)->tty, session, group);
}

/* By the running process, who leads a session without a terminal. */
static int take(struct tty *tty)
{
    uint64_t session = tty_jobs->session();

    if (!session || !tty_jobs->leads_session())
        return -EPERM;
    return give(tty, session, tty_jobs->group());
}

void tty_adopt(struct tty *tty, const struct file *file)
{
    if (!(file->flags & O_NOCTTY))
        (void)!take(tty);
}

/* Nobody's any more. Returns the group that was in the foreground. */
static uint64_t give_up(struct tty *tty)
{
    uint64_t group;

    mutex_lock(&lock);
    group = tty->group;
    tty->session = tty->group = 0;
    mutex_unlock(&lock);
    return group;
}

static void hang_up_group(uint64_t group)
{
    if (group == 0)
        return;
    tty_jobs->signal_group(group, SIGHUP);
    tty_jobs->signal_group(group, SIGCONT);
}

/* A pseudo terminal may go as soon as the lock is free. */
void tty_leave(uint64_t session)
{
    struct tty *tty;
    uint64_t group = 0;
    bool hang_up = false;

    mutex_lock(&lock);
    tty = find(session);
    if (tty) {
        group = tty->group;
        hang_up = !tty->device->get;
        tty->session = tty->group = 0;
    }
    mutex_unlock(&lock);
    hang_up_group(group);
    if (hang_up)
        tty_hang_up(tty);
}

void tty_signal_foreground(struct tty *tty, int signal)
{
    uint64_t group;

    mutex_lock(&lock);
    group = tty->group;
    mutex_unlock(&lock);
    if (group)
        tty_jobs->signal_group(group, signal);
}

/* The device went. The leader knows what to do with its session; it may be stopped. */
void tty_lose(struct tty *tty)
{
    uint64_t session, group;

    mutex_lock(&lock);
    session = tty->session;
    mutex_unlock(&lock);
    group = give_up(tty);
    if (session) {
        tty_jobs->signal_leader(session, SIGHUP);
        tty_jobs->signal_leader(session, SIGCONT);
    }
    hang_up_group(group);
    tty_hang_up(tty);
}

/* ---- foreground and background --------------------------------------------------------------- */

static bool in_background(struct tty *tty)
{
    uint64_t session = tty_jobs->session(), group = tty_jobs->group();
    bool background;

    mutex_lock(&lock);
    background = session && tty->session == session && tty->group != group;
    mutex_unlock(&lock);
    return background;
}

int tty_check_foreground(struct tty *tty, int signal)
{
    uint64_t group = tty_jobs->group();

    if (!in_background(tty))
        return 0;
    if (tty_jobs->ignores(signal))
        return signal == SIGTTIN ? -EIO : 0;
    if (tty_jobs->is_orphaned(group))
        return -EIO;
    tty_jobs->signal_group(group, signal);
    return -EINTR;
}

/* ---- ioctls ---------------------------------------------------------------------------------- */

static int64_t get(struct tty *tty, const uint64_t *from, struct user to)
{
    bool mine = tty_is_controlling(tty);
    int value;

    mutex_lock(&lock);
    value = (int)*from;
    mutex_unlock(&lock);
    return mine ? copy_to_user(to, &value, sizeof(value)) : -ENOTTY;
}

static int64_t set_group(struct tty *tty, struct user from)
{
    int group, error;

    if (!tty_is_controlling(tty))
        return -ENOTTY;
    error = tty_check_foreground(tty, SIGTTOU);
    if (!error)
        error = copy_from_user(&group, from, sizeof(group));
    if (error)
        return error;
    if (group <= 0)
        return -EINVAL;
    if (!tty_jobs->is_in_session((uint64_t)group, tty_jobs->session()))
        return -EPERM;
    mutex_lock(&lock);
    tty->group = (uint64_t)group;
    mutex_unlock(&lock);
    return 0;
}

/* The whole session's, so its leader alone may. */
static int64_t leave(struct tty *tty)
{
    if (!tty_is_controlling(tty))
        return -ENOTTY;
    if (!tty_jobs->leads_session())
        return -EPERM;
    hang_up_group(give_up(tty));
    return 0;
}

int64_t tty_ioctl_jobs(struct tty *tty, unsigned request, struct user argument)
{
    switch (request) {
    case TIOCSCTTY:
        return take(tty);
    case TIOCNOTTY:
        return leave(tty);
    case TIOCGPGRP:
        return get(tty, &tty->group, argument);
    case TIOCGSID:
        return get(tty, &tty->session, argument);
    case TIOCSPGRP:
        return set_group(tty, argument);
    default:
        return -ENOTTY;
    }
}
