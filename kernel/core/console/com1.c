/* COM1, shared by the log, the monitor and a terminal. See com1.h. Guarded by switching interrupts
   off, as the driver wants it: one CPU so far. */
#include "kernel/core/console/com1.h"

#include <stdint.h>

#include "drivers/serial/serial.h"
#include "kernel/arch/arch.h"

#define SHARE_BYTES 1024u /* 90 ms of the line */

static void (*on_sent)(void);
static size_t seen;    /* bytes in the queue when on_sent was last thought of */
static bool mid_line; /* the terminal's last byte ended no line */

bool com1_is_there(void)
{
    return serial_is_there();
}

size_t com1_queued(void)
{
    uint64_t saved = cpu_save_interrupts();

    seen = serial_queued(); /* who asks may wait for it */
    cpu_restore_interrupts(saved);
    return seen;
}

/* As much as the share has room for. */
static size_t write_some(struct span bytes)
{
    size_t queued = serial_queued();
    size_t room = queued < SHARE_BYTES ? SHARE_BYTES - queued : 0;

    return serial_send(bytes.bytes, serial_is_there() && bytes.size > room ? room : bytes.size);
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
    } while (size > 0 && done < bytes.size && serial_queued() == 0);
    if (done > 0)
        mid_line = span_at(bytes, done - 1) != '\n';
    seen = serial_queued();
    cpu_restore_interrupts(saved);
    return done;
}

void com1_on_sent(void (*sent)(void))
{
    on_sent = sent;
}

void com1_sent(void)
{
    size_t queued = serial_queued();
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
