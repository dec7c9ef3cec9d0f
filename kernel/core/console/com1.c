/* COM1, shared by the log, the monitor and a terminal; and COM2 to COM4, a terminal's each. See com1.h.
   Guarded by switching interrupts off, as the driver wants it: one CPU so far. */
#include "kernel/core/console/com1.h"

#include <stdint.h>

#include "kernel/arch/arch.h"

#define SHARE_BYTES 1024u /* 90 ms of the line */

static void (*on_sent)(void);
static size_t seen;    /* bytes in the queue when on_sent was last thought of */
static bool mid_line; /* the terminal's last byte ended no line */

bool com1_is_there(void)
{
    return serial_is_there(0);
}

size_t com1_queued(void)
{
    uint64_t saved = cpu_save_interrupts();

    seen = serial_queued(0); /* who asks may wait for it */
    cpu_restore_interrupts(saved);
    return seen;
}

/* As much as the share has room for. */
static size_t write_some(struct span bytes)
{
    size_t queued = serial_queued(0);
    size_t room = queued < SHARE_BYTES ? SHARE_BYTES - queued : 0;

    return serial_send(0, bytes.bytes, serial_is_there(0) && bytes.size > room ? room : bytes.size);
}

/* A UART that takes all at once (an emulated one) leaves no queue, so no interrupt comes to ask for
   the rest: it goes now. */
size_t com1_write(struct span bytes)
{
    uint64_t saved = cpu_save_interrupts();
    size_t done = 0, size;

    do {
        size = write_some(span_part(bytes, done, bytes.size - done));
        done += size;
    } while (size > 0 && done < bytes.size && serial_queued(0) == 0);
    if (done > 0)
        mid_line = span_at(bytes, done - 1) != '\n';
    seen = serial_queued(0);
    cpu_restore_interrupts(saved);
    return done;
}

void com1_on_sent(void (*sent)(void))
{
    on_sent = sent;
}

void com1_sent(void)
{
    size_t queued = serial_queued(0);
    bool news = (queued == 0 && seen > 0) || (queued <= SHARE_BYTES / 2 && seen > SHARE_BYTES / 2);

    seen = queued;
    if (news && on_sent)
        on_sent();
}

void com1_log_sink(const char *text, size_t size)
{
    uint64_t saved = cpu_save_interrupts();

    if (mid_line)
        serial_write("\n", 1);
    mid_line = false;
    serial_write(text, size);
    cpu_restore_interrupts(saved);
}

/* ---- all of them ----------------------------------------------------------------------------- */

static const struct com_terminal *terminals[SERIAL_PORTS];

int com_set(unsigned port, const struct serial_mode *mode)
{
    uint64_t saved = cpu_save_interrupts();
    int error = serial_set(port, mode);

    cpu_restore_interrupts(saved);
    return error;
}

void com_hold(unsigned port, enum serial_hold how)
{
    uint64_t saved = cpu_save_interrupts();

    serial_hold(port, how);
    cpu_restore_interrupts(saved);
}

int com_probe(unsigned port)
{
    uint64_t saved = cpu_save_interrupts();
    int error = serial_probe(port);

    cpu_restore_interrupts(saved);
    return error;
}

int com_start(unsigned port, const struct com_terminal *terminal)
{
    terminals[port] = terminal;
    uint64_t saved = cpu_save_interrupts();
    int error = serial_listen(port, true);

    cpu_restore_interrupts(saved);
    return error;
}

/* As com1_write: one that takes all at once leaves no queue, and no interrupt comes for the rest. */
size_t com_write(unsigned port, struct span bytes)
{
    uint64_t saved = cpu_save_interrupts();
    size_t done = 0, size;

    do {
        struct span rest = span_from(bytes, done);

        size = serial_send(port, rest.bytes, rest.size);
        done += size;
    } while (size > 0 && done < bytes.size && serial_queued(port) == 0);
    cpu_restore_interrupts(saved);
    return done;
}

size_t com_queued(unsigned port)
{
    uint64_t saved = cpu_save_interrupts();
    size_t queued = serial_queued(port);

    cpu_restore_interrupts(saved);
    return queued;
}

void com_received(unsigned port, uint8_t byte)
{
    if (terminals[port])
        terminals[port]->received(terminals[port]->context, byte);
}

void com_sent(unsigned port)
{
    if (terminals[port])
        terminals[port]->sent(terminals[port]->context);
}
