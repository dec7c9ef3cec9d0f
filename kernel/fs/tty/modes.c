/* Terminals: what ioctl asks and sets. */
#include "kernel/fs/tty/private.h"
#include "lib/abi/signals.h"
#include "lib/errno.h"

/* TCXONC */
#define TCOOFF 0 /* output stops */
#define TCOON  1
#define TCIOFF 2 /* the other side is asked to stop */
#define TCION  3

static int64_t get_modes(struct tty *tty, struct user to)
{
    struct abi_termios termios;

    tty_lock(tty);
    termios = tty->line.termios;
    tty_unlock(tty);
    return copy_to_user(to, &termios, sizeof(termios));
}

/* file NULL: of the master, who would wait for itself. */
static int64_t set_modes(struct tty *tty, const struct file *file, unsigned request,
                         struct user from)
{
    struct abi_termios termios;
    int error = copy_from_user(&termios, from, sizeof(termios));

    if (error)
        return error;
    tty_lock(tty);
    if (request != TCSETS && file)
        error = tty_drain(tty, file);
    if (!error && tty->device->set)
        error = tty->device->set(tty, &termios);
    if (!error) {
        if (request == TCSETSF)
            line_flush_input(&tty->line);
        line_set(&tty->line, &termios);
        tty_pump(tty); /* it may have been stopped */
    }
    tty_unlock(tty);
    return error;
}

static int drain(struct tty *tty, struct file *file)
{
    int error;

    tty_lock(tty);
    error = tty_drain(tty, file);
    tty_unlock(tty);
    return error;
}

static int64_t flow(struct tty *tty, uint64_t what)
{
    if (what > TCION)
        return -EINVAL;
    tty_lock(tty);
    if (what == TCOOFF || what == TCOON) {
        tty->line.stopped = what == TCOOFF;
    } else {
        uint8_t byte = tty->line.termios.characters[what == TCIOFF ? VSTOP : VSTART];

        (void)line_output(&tty->line, span_of(&byte, byte != 0));
    }
    tty_pump(tty);
    tty_unlock(tty);
    return 0;
}

static int64_t flush(struct tty *tty, uint64_t what)
{
    if (what > TCIOFLUSH)
        return -EINVAL;
    tty_lock(tty);
    if (what != TCOFLUSH)
        line_flush_input(&tty->line);
    if (what != TCIFLUSH)
        line_flush_output(&tty->line);
    if (what != TCOFLUSH && tty->device->room)
        tty->device->room(tty);
    tty_unlock(tty);
    return 0;
}

static int64_t count(struct tty *tty, unsigned request, struct user to)
{
    int value;

    tty_lock(tty);
    if (request == FIONREAD)
        value = (int)line_readable(&tty->line);
    else
        value = (int)(tty->line.output_count
                      + (tty->device->pending ? tty->device->pending(tty) : 0));
    tty_unlock(tty);
    return copy_to_user(to, &value, sizeof(value));
}

/* ---- the window ------------------------------------------------------------------------------ */

static int64_t get_window(struct tty *tty, struct user to)
{
    struct abi_winsize window;

    tty_lock(tty);
    window = tty->window;
    tty_unlock(tty);
    return copy_to_user(to, &window, sizeof(window));
}

static bool same(const struct abi_winsize *a, const struct abi_winsize *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->x_pixels == b->x_pixels
           && a->y_pixels == b->y_pixels;
}

void tty_set_window(struct tty *tty, const struct abi_winsize *window)
{
    bool changed;

    tty_lock(tty);
    changed = !same(&tty->window, window);
    tty->window = *window;
    tty_unlock(tty);
    if (changed)
        tty_signal_foreground(tty, SIGWINCH);
}

static int64_t set_window(struct tty *tty, struct user from)
{
    struct abi_winsize window;
    int error = copy_from_user(&window, from, sizeof(window));

    if (!error)
        tty_set_window(tty, &window);
    return error;
}

/* ---- all of them ----------------------------------------------------------------------------- */

/* Those that change something stop a background process. */
static int check_background(struct tty *tty, unsigned request)
{
    switch (request) {
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TCSBRK:
    case TCXONC:
    case TCFLSH:
        return tty_check_foreground(tty, SIGTTOU);
    default:
        return 0;
    }
}

static bool is_hung_up(const struct file *file)
{
    struct tty *tty = tty_lock_file(file);

    if (tty)
        tty_unlock(tty);
    return !tty;
}

int64_t tty_ioctl_modes(struct tty *tty, const struct file *file, unsigned request,
                        struct user argument)
{
    switch (request) {
    case TCGETS:
        return get_modes(tty, argument);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_modes(tty, file, request, argument);
    case TCXONC:
        return flow(tty, argument.at);
    case TCFLSH:
        return flush(tty, argument.at);
    case TIOCGWINSZ:
        return get_window(tty, argument);
    case TIOCSWINSZ:
        return set_window(tty, argument);
    default:
        return -ENOTTY;
    }
}

int64_t tty_ioctl(struct file *file, unsigned request, struct user argument)
{
    struct tty *tty = ((const struct tty_file *)file->private)->tty;
    int64_t result = is_hung_up(file) ? -EIO : check_background(tty, request);

    if (result)
        return result;
    if (request == TCSBRK) /* breaks are not sent; waiting is what tcdrain wants */
        return drain(tty, file);
    if (request == FIONREAD || request == TIOCOUTQ)
        return count(tty, request, argument);
    result = tty_ioctl_modes(tty, file, request, argument);
    return result == -ENOTTY ? tty_ioctl_jobs(tty, request, argument) : result;
}
