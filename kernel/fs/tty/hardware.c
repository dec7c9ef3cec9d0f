/*
 * The terminals of this machine. See hardware.h.
 *
 * What is typed: a driver puts it into the terminal's intake, a ring under a spinlock, and the rest is
 * deferred; the line discipline runs in the thread of deferred work, where a terminal's
 * lock may be waited for.
 */
#include "kernel/fs/tty/hardware.h"

#include "kernel/arch/arch.h"
#include "kernel/core/console/com.h"
#include "kernel/core/console/console.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/input/input.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/log/log.h"
#include "kernel/core/memory/heap.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/tty/private.h"
#include "kernel/fs/vfs.h"
#include "lib/errno.h"
#include "lib/ring.h"
#include "lib/string.h"

#define INTAKE_BYTES 4096u
#define SPEAKER      "pcspeaker"
#define SPEAKER_BELL 2u /* its request */
#define BELL_NS      (100 * NS_PER_MS) /* a file full of them is not one long tone */

#define CALM_BYTES  (INTAKE_BYTES / 2) /* with RTS and CTS: the other side is to wait from here on, */
#define DEAF_BYTES  (INTAKE_BYTES - 256) /* and nothing is taken from it */

static struct hardware {
    struct tty tty;
    bool open; /* under routes_lock */
    unsigned port; /* of those that are a serial port's */
    struct com_terminal com; /* … and not COM1's */
    bool flow;     /* RTS and CTS; under the terminal's lock, but for a look */
    struct input_receiver receiver;
    struct deferred work;
    struct spinlock intake_lock;
    /* Under it. */
    struct ring intake;
    uint8_t intake_bytes[INTAKE_BYTES];
    uint64_t lost;
} screen, com1, both;

/* ---- input ----------------------------------------------------------------------------------- */

/* All of it or nothing: half an escape sequence would type its rest as text. */
static void receive(void *context, struct span bytes)
{
    struct hardware *hardware = context;
    uint64_t saved = spin_lock_irq(&hardware->intake_lock);

    if (bytes.size > hardware->intake.capacity - hardware->intake.count) {
        hardware->lost += bytes.size;
    } else {
        for (size_t i = 0; i < bytes.size; i++)
            (void)ring_put(&hardware->intake, span_at(bytes, i));
    }
    if (hardware->flow && hardware->intake.count > CALM_BYTES)
        com_hold(hardware->port, hardware->intake.count > DEAF_BYTES ? COM_DEAF : COM_WAIT);
    spin_unlock_irq(&hardware->intake_lock, saved);
    (void)irq_defer(&hardware->work);
}

static size_t take_in(struct hardware *hardware, struct room to)
{
    uint64_t saved = spin_lock_irq(&hardware->intake_lock);
    size_t size = 0;
    uint8_t byte;

    while (size < to.size && ring_get(&hardware->intake, &byte))
        room_set(to, size++, (char)byte);
    spin_unlock_irq(&hardware->intake_lock, saved);
    return size;
}

/* How many bytes may be typed. Whose other side waits loses none, as long as nobody edits lines. */
static size_t may_type(struct hardware *hardware, size_t most)
{
    size_t room = most;

    if (!hardware->flow)
        return most;
    tty_lock(&hardware->tty);
    if (!line_is_canonical(&hardware->tty.line))
        room = line_room(&hardware->tty.line);
    tty_unlock(&hardware->tty);
    return room < most ? room : most;
}

/* Deferred: what was typed is typed; what was sent made room. */
static void work(void *context)
{
    struct hardware *hardware = context;
    char piece[256];
    size_t size;

    while ((size = take_in(hardware, room_of(piece, may_type(hardware, sizeof(piece))))) > 0)
        tty_type(&hardware->tty, span_of(piece, size));
    if (hardware->flow && hardware->intake.count < CALM_BYTES / 2)
        com_hold(hardware->port, COM_GO);
    tty_sent(&hardware->tty);
}

/* ---- output ---------------------------------------------------------------------------------- */

static void ring_bell(void)
{
    static uint64_t last_ns; /* under the lock of the screen's terminals; wrong by a bell at worst */
    uint64_t now = time_now_ns();
    struct driver *speaker = now - last_ns > BELL_NS ? driver_get(SPEAKER) : NULL;

    if (!speaker)
        return;
    last_ns = now;
    driver_notify(speaker, SPEAKER_BELL, 0);
    driver_put(speaker);
}

/* To the screen, in one go. What it answers is typed as if by the keyboard. */
static void show(struct hardware *hardware, struct span bytes)
{
    char reply[64];
    size_t size;

    console_write_terminal((const char *)bytes.bytes, bytes.size);
    if (console_take_bell())
        ring_bell();
    size = console_take_reply(reply, sizeof(reply));
    if (size > 0)
        receive(hardware, span_of(reply, size));
}

static size_t screen_write(struct tty *tty, struct span bytes)
{
    show(tty->private, bytes);
    return bytes.size;
}

static size_t com_write_tty(struct tty *tty, struct span bytes)
{
    return com_write(((const struct hardware *)tty->private)->port, bytes);
}

static size_t both_write(struct tty *tty, struct span bytes)
{
    size_t taken = com_write_tty(tty, bytes);

    show(tty->private, span_part(bytes, 0, taken));
    return taken;
}

static size_t com_pending(struct tty *tty)
{
    return com_queued(((const struct hardware *)tty->private)->port);
}

static void other_sent(void *context)
{
    struct hardware *hardware = context;

    (void)irq_defer(&hardware->work);
}

/* COM1 has sent. */
static void sent(void)
{
    if (com1.tty.device)
        (void)irq_defer(&com1.work);
    (void)irq_defer(&both.work);
}

/* Nothing moved any more: a reader of an emulated line that sleeps, or a driver that does. By the kernel
   itself, then, as long as the line takes any. */
static void force(struct tty *tty)
{
    size_t left;

    do {
        left = tty->line.output_count;
        uint64_t saved = cpu_save_interrupts();

        com_drain();
        cpu_restore_interrupts(saved);
        tty_pump(tty);
    } while (tty->line.output_count > 0 && tty->line.output_count < left);
}

static void drain(struct hardware *hardware, uint64_t deadline_ns)
{
    struct tty *tty = &hardware->tty;
    int error = 0;

    if (!tty->device)
        return;
    tty_lock(tty);
    tty_pump(tty);
    while (tty->line.output_count > 0 && !tty->line.stopped && !error) {
        uint64_t seen = change_now(&tty->output);

        tty_unlock(tty);
        error = change_wait(&tty->output, seen, deadline_ns);
        tty_lock(tty);
    }
    if (error)
        force(tty);
    tty_unlock(tty);
}

void terminals_drain(void)
{
    uint64_t deadline_ns = time_now_ns() + NS_PER_SECOND;

    drain(&com1, deadline_ns);
    drain(&both, deadline_ns);
}

/* ---- who has what ---------------------------------------------------------------------------- */

static struct spinlock routes_lock = SPINLOCK("terminals", LOCK_RANK_CONSOLE);

static const struct input_receiver *receiver_of(const struct hardware *own)
{
    if (own->open)
        return &own->receiver;
    return both.open ? &both.receiver : NULL;
}

/* What the last program left behind: modes, hidden cursor, the other screen. */
static void tidy_up(void)
{
    static const char modes[] = "\x1b[?1049l\x1b[!p";

    console_write_terminal(modes, sizeof(modes) - 1);
}

static void opened(struct tty *tty, bool open)
{
    struct hardware *hardware = tty->private;
    uint64_t saved;

    if (!open && hardware != &com1)
        tidy_up();
    saved = spin_lock_irq(&routes_lock);
    hardware->open = open;
    input_route(INPUT_KEYBOARD, receiver_of(&screen));
    input_route(INPUT_COM1, receiver_of(&com1));
    console_hold(screen.open || both.open);
    spin_unlock_irq(&routes_lock, saved);
}

/* ---- a line's modes -------------------------------------------------------------------------- */

/* POSIX: one speed for both ways, and 0 hangs up. */
static int set_line(struct tty *tty, const struct abi_termios *termios)
{
    struct hardware *hardware = tty->private;
    uint32_t control = termios->control;
    const struct ddi_serial line = {
        .speed = termios->output_speed,
        .bits = (uint8_t)(5 + (control & CSIZE) / CS6),
        .two_stops = control & CSTOPB,
        .parity = control & PARENB,
        .odd = control & PARODD,
        .flow = control & CRTSCTS,
    };
    int error = com_set(hardware->port, &line);

    if (!error)
        hardware->flow = line.flow;
    return error;
}

/* Somebody read: what waits in the intake may be typed. */
static void made_room(struct tty *tty)
{
    struct hardware *hardware = tty->private;

    if (hardware->flow)
        (void)irq_defer(&hardware->work);
}

/* ---- devices --------------------------------------------------------------------------------- */

static const struct tty_device screen_device = {.write = screen_write, .opened = opened};
static const struct tty_device com1_device = {.write = com_write_tty, .pending = com_pending,
                                              .opened = opened, .room = made_room, .set = set_line};
static const struct tty_device other_device = {.write = com_write_tty, .pending = com_pending,
                                               .room = made_room, .set = set_line};
static const struct tty_device both_device = {.write = both_write, .pending = com_pending,
                                              .opened = opened};

static int open_hardware(struct file *file)
{
    return tty_open(file->private, file);
}

/* A session that wants this one says so (TIOCSCTTY): init only prints here. */
static int open_console(struct file *file)
{
    file->flags |= O_NOCTTY;
    return tty_open(file->private, file);
}

static const struct file_operations hardware_files = {.open = open_hardware};
static const struct file_operations console_files = {.open = open_console};
static const struct file_operations controlling_files = {.open = tty_open_controlling};

static struct abi_winsize window_of_screen(void)
{
    unsigned columns, rows;

    console_size(&columns, &rows);
    if (columns == 0)
        return (struct abi_winsize){.rows = 24, .columns = 80};
    return (struct abi_winsize){.rows = (uint16_t)rows, .columns = (uint16_t)columns};
}

void terminals_resized(void)
{
    struct abi_winsize window = window_of_screen();

    if (screen.tty.device)
        tty_set_window(&screen.tty, &window);
    tty_set_window(&both.tty, &window);
}

static int add(struct hardware *hardware, const char *name, uint64_t number,
               const struct tty_device *device, struct abi_winsize window)
{
    hardware->receiver = (struct input_receiver){receive, hardware};
    hardware->work = (struct deferred){.name = name, .run = work, .context = hardware};
    spin_init(&hardware->intake_lock, name, LOCK_RANK_CONSOLE);
    ring_init(&hardware->intake, hardware->intake_bytes, INTAKE_BYTES);
    hardware->tty.private = hardware;
    hardware->tty.window = window;
    tty_init(&hardware->tty, name, number, device);
    return device_register(number, name, S_IFCHR | 0600,
                           hardware == &both ? &console_files : &hardware_files, &hardware->tty);
}

/* ---- serial ports ---------------------------------------------------------------------------- */

#define LINE_WINDOW (struct abi_winsize){.rows = 24, .columns = 80}

static bool type_on_com1;

static int add_com1(void)
{
    return type_on_com1 ? add(&com1, "ttyS0", DEVICE(4, 64), &com1_device, LINE_WINDOW) : 0;
}

/* One of COM2 to COM4. */
static int add_other(unsigned port, const char *name)
{
    struct hardware *hardware = alloc(sizeof(*hardware), _Alignof(struct hardware));

    if (!hardware)
        return -ENOMEM;
    memset(hardware, 0, sizeof(*hardware));
    hardware->port = port;
    hardware->com = (struct com_terminal){receive, other_sent, hardware};
    int error = add(hardware, name, DEVICE(4, 64 + port), &other_device, LINE_WINDOW);

    if (!error)
        com_start(port, &hardware->com);
    return error;
}

/* A terminal for each that the driver has found since. One caller at a time. */
static int add_found(void)
{
    static const char *const names[DDI_SERIAL_PORTS] = {"ttyS0", "ttyS1", "ttyS2", "ttyS3"};
    static bool added[DDI_SERIAL_PORTS];
    int error = 0;

    for (unsigned port = 0; port < DDI_SERIAL_PORTS && !error; port++) {
        if (added[port] || !com_is_found(port))
            continue;
        added[port] = true;
        error = port == 0 ? add_com1() : add_other(port, names[port]);
    }
    return error;
}

static void add_late(void *unused)
{
    (void)unused;
    int error = add_found();

    if (error)
        log_error("serial", "no terminal: %s", error_text(error));
}

/* The driver began late, or has found more than the last time. */
static void found(void)
{
    static struct deferred late = {.name = "serial ports", .run = add_late};

    (void)irq_defer(&late);
}

int terminals_register(bool com1_types)
{
    struct abi_winsize of_screen = window_of_screen();
    unsigned columns, rows;
    int error;

    type_on_com1 = com1_types;
    console_size(&columns, &rows);
    error = add(&both, "console", DEVICE(5, 1), &both_device, of_screen);
    if (!error && columns > 0)
        error = add(&screen, "tty1", DEVICE(4, 1), &screen_device, of_screen);
    if (!error)
        error = add_found();
    if (!error)
        error = device_register(DEVICE(5, 0), "tty", S_IFCHR | 0666, &controlling_files, NULL);
    com1_on_sent(sent);
    com_on_found(found);
    found(); /* what came since the look */
    return error;
}
