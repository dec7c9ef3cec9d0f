/*
 * Serial ports. See com.h. Guarded by switching interrupts off: one CPU so far.
 *
 * Who sends: the driver, when it is told to look (driver_notify) or its line interrupts; the kernel, for COM1
 * and while no driver has it, whenever something is written and then by a timer. A log line may come from
 * where no lock can be taken: it leaves the telling to the next who can (deferred.h).
 */
#include "kernel/core/console/com.h"

#include "drivers/serial/registers.h"
#include "kernel/arch/arch.h"
#include "kernel/core/console/uart.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/input/input.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/sync/preempt.h"
#include "kernel/core/time/time.h"
#include "kernel/core/time/timer.h"
#include "lib/errno.h"

#define QUEUE_BYTES 16384u /* 1.4 s of a full line; a boot's log is about 1 KiB */
#define SHARE_BYTES 1024u  /* of it a terminal's, and COM2 to COM4's queues: 90 ms of the line */
#define POLL_NS     (2 * NS_PER_MS)  /* a FIFO leaves in 1.4 ms */
#define LATE_NS     NS_PER_SECOND    /* until the kernel sends for a driver that does not */
#define EAGER_BYTES 256u             /* so much is told of at once, */
#define SOON_NS     NS_PER_MS        /* and less when more may have come */

struct com {
    struct uart uart;
    struct ring queue;
    struct ddi_serial line;
    bool there;  /* a UART is */
    bool found;  /* by a driver, ever */
    bool driven; /* by the driver of the moment: it said so */
    bool told;   /* the driver knows `line`: it sends nothing before */
    bool wanted; /* what comes */
    size_t seen;   /* bytes in the queue when the terminal was last thought of */
    uint64_t left; /* bytes that drivers have sent */
    const struct com_terminal *terminal;
};

static uint8_t com1_bytes[QUEUE_BYTES], other_bytes[DDI_SERIAL_PORTS - 1][SHARE_BYTES];

#define LINE_AT_FIRST {.speed = DDI_SERIAL_SPEED_MOST, .bits = 8, .ready = true}
#define COM(at, room) \
    {.uart = {.base = (at)}, .queue = {.bytes = (room), .capacity = sizeof(room)}, .line = LINE_AT_FIRST}

static struct com ports[DDI_SERIAL_PORTS] = {
    COM(0x3f8, com1_bytes), COM(0x2f8, other_bytes[0]),
    COM(0x3e8, other_bytes[1]), COM(0x2e8, other_bytes[2]),
};
static struct com *const com1 = &ports[0];
static bool mid_line; /* the terminal's last byte ended no line */
static void (*on_sent)(void);
static void (*on_found)(void);

static struct driver *driver; /* NULL: there was none yet */
static bool begins;           /* it is in its init: nobody else touches the ports */
static bool alone;            /* no driver any more */

static void look_after(void *late);
static void look_soon(void *unused);

static struct deferred look = {.name = "serial", .run = look_soon};
static struct timer again = {.fire = look_after, .context = &again}, soon = {.fire = look_after};

/* ---- who sends ------------------------------------------------------------------------------- */

static bool is_driven(const struct com *com)
{
    return !alone && (begins || com->driven);
}

/* To the terminal: there is room again. */
static void tell_sent(struct com *com)
{
    size_t queued = com->queue.count, seen = com->seen;

    com->seen = queued;
    if (!((queued == 0 && seen > 0) || (queued <= SHARE_BYTES / 2 && seen > SHARE_BYTES / 2)))
        return;
    if (com == com1 && on_sent)
        on_sent();
    else if (com->terminal)
        com->terminal->sent(com->terminal->context);
}

/* COM1, by the timer: true while the kernel has to send, as nobody does. */
static bool help(void)
{
    static uint64_t seen_left;
    bool moves = com1->left != seen_left;

    seen_left = com1->left;
    return !moves && uart_takes(&com1->uart) && uart_force(&com1->uart, &com1->queue);
}

/* What waits is to leave. On a thread, or by the timer. */
static void look_after(void *late)
{
    uint64_t saved = cpu_save_interrupts(), wait_ns = LATE_NS;

    if (!is_driven(com1)) {
        uart_send(&com1->uart, &com1->queue);
        wait_ns = POLL_NS;
    } else if (late && com1->queue.count > 0 && help()) {
        wait_ns = POLL_NS;
    }
    if (wait_ns == POLL_NS)
        tell_sent(com1);
    if (com1->queue.count > 0 && (wait_ns == POLL_NS || !again.pending))
        timer_start(&again, time_now_ns() + wait_ns);
    cpu_restore_interrupts(saved);
    if (driver)
        driver_notify(driver, DDI_SERIAL_LOOK, 0);
}

/* The same, but that a driver is told of a line at a time no more often than it takes to tell it. */
static void look_soon(void *unused)
{
    bool waits = is_driven(com1);

    (void)unused;
    for (unsigned port = 0; port < DDI_SERIAL_PORTS; port++)
        waits &= ports[port].queue.count < EAGER_BYTES;
    if (!waits)
        look_after(NULL);
    else if (!soon.pending)
        timer_start(&soon, time_now_ns() + SOON_NS);
}

/* ---- COM1 of the kernel ---------------------------------------------------------------------- */

void com_init(void)
{
    com1->there = uart_find(&com1->uart);
}

bool com1_is_there(void)
{
    return com1->there;
}

/* A full queue waits for the line; a line that does not move loses the byte. */
static void put(uint8_t byte)
{
    if (!ring_put(&com1->queue, byte) && uart_force(&com1->uart, &com1->queue))
        (void)ring_put(&com1->queue, byte);
}

static void print(struct text text)
{
    if (!com1->there)
        return;
    for (size_t i = 0; i < text.size; i++) {
        if (text_at(text, i) == '\n')
            put('\r');
        put((uint8_t)text_at(text, i));
    }
    if (!is_driven(com1))
        uart_send(&com1->uart, &com1->queue);
    if (com1->queue.count > 0)
        (void)irq_defer_from_nmi(&look);
}

void com1_print(const char *text, size_t size)
{
    uint64_t saved = cpu_save_interrupts();

    print(text_of(text, size));
    cpu_restore_interrupts(saved);
    if (may_sleep())
        deferred_wake();
}

size_t com1_room(void)
{
    return com1->there && !com1->uart.stuck ? QUEUE_BYTES - com1->queue.count : SIZE_MAX;
}

void com1_log_sink(const char *text, size_t size)
{
    uint64_t saved = cpu_save_interrupts();

    if (mid_line)
        print(text_of("\n", 1));
    mid_line = false;
    print(text_of(text, size));
    cpu_restore_interrupts(saved);
}

void com1_on_sent(void (*sent)(void))
{
    on_sent = sent;
}

/* The line is the kernel's, however the driver left it. What it sent last leaves as it was sent. */
static void take_over(void)
{
    if (!com1->there)
        return;
    (void)uart_wait_sent(&com1->uart);
    uart_set(&com1->uart, &com1->line);
}

void com_alone(void)
{
    bool was_driven = is_driven(com1);

    alone = true;
    if (was_driven)
        take_over();
}

void com_drain(void)
{
    com_alone();
    for (unsigned port = 0; port < DDI_SERIAL_PORTS; port++) {
        struct com *com = &ports[port];

        while (com->there && com->queue.count > 0 && uart_force(&com->uart, &com->queue))
            ;
        if (com->there)
            (void)uart_wait_sent(&com->uart);
    }
}

/* ---- terminals ------------------------------------------------------------------------------- */

bool com_is_found(unsigned port)
{
    return ports[port].found;
}

void com_on_found(void (*found)(void))
{
    on_found = found;
}

/* As much as the share has room for. */
static size_t write_some(struct com *com, struct span bytes)
{
    uint64_t saved = cpu_save_interrupts();
    size_t done = com->there ? 0 : bytes.size;

    while (done < bytes.size && com->queue.count < SHARE_BYTES && ring_put(&com->queue, span_at(bytes, done)))
        done++;
    if (com == com1 && done > 0)
        mid_line = span_at(bytes, done - 1) != '\n';
    if (done < bytes.size)
        com->seen = com->queue.count; /* the rest waits for room */
    cpu_restore_interrupts(saved);
    return done;
}

/* A UART that takes all at once (an emulated one) leaves no queue, so nobody asks for the rest: it goes
   now. */
size_t com_write(unsigned port, struct span bytes)
{
    struct com *com = &ports[port];
    size_t done = 0, size;

    do {
        size = write_some(com, span_from(bytes, done));
        done += size;
        look_soon(NULL);
    } while (size > 0 && done < bytes.size && com->queue.count == 0);
    return done;
}

size_t com_queued(unsigned port)
{
    struct com *com = &ports[port];
    uint64_t saved = cpu_save_interrupts();
    size_t queued = com->queue.count;

    com->seen = queued; /* who asks may wait for it */
    cpu_restore_interrupts(saved);
    return queued;
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* With interrupts off. True: somebody is to be told. */
static bool change(struct com *com, struct ddi_serial line)
{
    const struct ddi_serial *now = &com->line;
    bool changes = line.speed != now->speed || line_control(&line) != line_control(now)
                   || line.flow != now->flow || line.ready != now->ready || line.listen != now->listen;

    com->line = line;
    com->uart.flow = line.flow;
    com->told = com->told && !changes;
    if (changes && com == com1 && com->there && !is_driven(com1))
        uart_set(&com1->uart, &line);
    return changes;
}

static bool can_be(const struct ddi_serial *line)
{
    bool speed = line->speed == 0
                 || (line->speed >= DDI_SERIAL_SPEED_LEAST && line->speed <= DDI_SERIAL_SPEED_MOST
                     && DDI_SERIAL_SPEED_MOST % line->speed == 0);

    return speed && line->bits >= 5 && line->bits <= 8;
}

int com_set(unsigned port, const struct ddi_serial *wanted)
{
    struct com *com = &ports[port];
    struct ddi_serial line = *wanted;

    if (!can_be(wanted))
        return -EINVAL;
    if (!com->there)
        return -ENODEV;
    line.ready = true;
    line.listen = com->wanted;
    uint64_t saved = cpu_save_interrupts();
    bool changes = change(com, line);

    cpu_restore_interrupts(saved);
    if (changes)
        look_after(NULL);
    return 0;
}

/* The driver is told of WAIT and DEAF by the call that brought what was too much. */
void com_hold(unsigned port, enum com_hold how)
{
    struct com *com = &ports[port];
    uint64_t saved = cpu_save_interrupts();
    struct ddi_serial line = com->line;

    line.ready = how == COM_GO;
    line.listen = com->wanted && how != COM_DEAF;
    bool changes = line.flow && change(com, line);

    cpu_restore_interrupts(saved);
    if (changes && how == COM_GO)
        look_after(NULL);
}

static void listen(struct com *com, bool on)
{
    uint64_t saved = cpu_save_interrupts();
    struct ddi_serial line = com->line;

    com->wanted = line.listen = on;
    (void)change(com, line);
    cpu_restore_interrupts(saved);
    look_after(NULL);
}

void com1_listen(bool on)
{
    listen(com1, on);
}

void com_start(unsigned port, const struct com_terminal *terminal)
{
    ports[port].terminal = terminal;
    listen(&ports[port], true);
}

/* ---- the driver ------------------------------------------------------------------------------ */

static void nobody_drives(void)
{
    for (unsigned port = 0; port < DDI_SERIAL_PORTS; port++)
        ports[port].driven = ports[port].told = false;
}

void com_driver_begins(struct driver *which)
{
    driver = which;
    nobody_drives();
    begins = true;
}

void com_driver_begun(void)
{
    begins = false;
    look_after(NULL);
}

void com_driver_gone(void)
{
    if (is_driven(com1))
        take_over();
    begins = false;
    nobody_drives();
    look_after(NULL);
}

static void take_in(unsigned port, struct span bytes)
{
    const struct com_terminal *terminal = ports[port].terminal;

    for (size_t i = 0; port == 0 && i < bytes.size; i++)
        input_byte(INPUT_COM1, span_at(bytes, i));
    if (terminal && bytes.size > 0)
        terminal->received(terminal->context, bytes);
}

void com_give(unsigned port, struct span bytes, struct ddi_serial *line)
{
    struct com *com = &ports[port];
    uint64_t saved = cpu_save_interrupts();
    bool is_new = !com->found;

    com->there = com->found = com->driven = true;
    take_in(port, bytes);
    *line = com->line;
    com->told = true;
    cpu_restore_interrupts(saved);
    if (is_new && on_found)
        on_found();
}

size_t com_send(unsigned port, uint16_t to, size_t most)
{
    struct com *com = &ports[port];
    uint64_t saved = cpu_save_interrupts();
    size_t size = com->told ? uart_move(to, &com->queue, most) : 0;

    com->left += size;
    if (size > 0) {
        com->uart.stuck = false;
        tell_sent(com);
    }
    cpu_restore_interrupts(saved);
    return size;
}
