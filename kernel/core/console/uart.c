/* 16550s, polled. See uart.h. */
#include "kernel/core/console/uart.h"

#include "drivers/serial/registers.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/time/time.h"

/* Patience. A FIFO takes 1.4 ms to leave; what takes longer is an emulator whose reader sleeps. A read of LSR
   lasts about 1 µs on a real bus and 0.05 µs under emulation, so the count alone bounds the wait before the
   clock runs, and the clock prolongs it for the emulator. */
#define PATIENCE_READS 200000u
#define PATIENCE_US    1000000u

static uint8_t get(const struct uart *uart, unsigned reg)
{
    return in8((uint16_t)(uart->base + reg));
}

static void set(const struct uart *uart, unsigned reg, uint8_t value)
{
    out8((uint16_t)(uart->base + reg), value);
}

static void set_line(const struct uart *uart, unsigned divisor, uint8_t control)
{
    set(uart, LCR, LCR_DLAB);
    set(uart, DLL, (uint8_t)divisor);
    set(uart, DLM, (uint8_t)(divisor >> 8));
    set(uart, LCR, control);
}

/* A floating bus reads FFh, or echoes the last byte written. */
bool uart_find(const struct uart *uart)
{
    if (get(uart, LSR) == 0xff)
        return false;
    set(uart, SCR, 0x5a);
    set(uart, IER, 0);
    if (get(uart, LSR) == 0xff || get(uart, SCR) != 0x5a)
        return false;
    set_line(uart, 1, LCR_8N1);
    set(uart, MCR, MCR_ON);
    set(uart, FCR, FCR_ON | FCR_NO_INPUT);
    return true;
}

void uart_set(struct uart *uart, const struct ddi_serial *line)
{
    uart->flow = line->flow;
    if (line->speed)
        set_line(uart, DDI_SERIAL_SPEED_MOST / line->speed, line_control(line));
    set(uart, IER, 0);
    set(uart, FCR, FCR_ON);
    set(uart, MCR, modem_control(line));
}

/* ---- sending --------------------------------------------------------------------------------- */

static bool is_clear(const struct uart *uart)
{
    return !uart->flow || get(uart, MSR) & MSR_CTS;
}

bool uart_takes(const struct uart *uart)
{
    return is_clear(uart) && get(uart, LSR) & LSR_THR_FREE;
}

/* Until LSR has `bits`. One that vanished reads FFh: all bits, no wait. */
static bool wait_for(struct uart *uart, uint8_t bits)
{
    uint64_t start_us = time_now_us();

    for (uint32_t reads = 1; !(get(uart, LSR) & bits); reads++) {
        if (reads % PATIENCE_READS && !uart->stuck)
            continue;
        uint64_t waited_us = time_now_us() - start_us;

        if (uart->stuck || waited_us == 0 || waited_us >= PATIENCE_US) {
            uart->stuck = true;
            return false;
        }
    }
    uart->stuck = false;
    return true;
}

bool uart_wait_sent(struct uart *uart)
{
    return wait_for(uart, LSR_ALL_SENT);
}

size_t uart_move(uint16_t to, struct ring *queue, size_t most)
{
    size_t size = 0;
    uint8_t byte;

    for (; size < most && ring_get(queue, &byte); size++)
        out8(to, byte);
    return size;
}

static void fill_fifo(const struct uart *uart, struct ring *queue)
{
    (void)uart_move((uint16_t)(uart->base + THR), queue, FIFO_BYTES);
}

void uart_send(const struct uart *uart, struct ring *queue)
{
    while (queue->count > 0 && uart_takes(uart))
        fill_fifo(uart, queue);
}

/* The driver may be looking at the divisor, or at what it loops back; it finds all as it left it. */
bool uart_force(struct uart *uart, struct ring *queue)
{
    if (!is_clear(uart) || !wait_for(uart, LSR_THR_FREE))
        return false;
    uint8_t control = get(uart, LCR), modem = get(uart, MCR);

    set(uart, LCR, (uint8_t)(control & ~LCR_DLAB));
    set(uart, MCR, (uint8_t)(modem & ~MCR_LOOP));
    fill_fifo(uart, queue);
    bool moves = uart_wait_sent(uart);

    set(uart, LCR, control);
    set(uart, MCR, modem);
    return moves;
}
