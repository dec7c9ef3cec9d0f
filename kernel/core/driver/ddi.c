/* The driver interface for drivers placed in the kernel: each call is one of the kernel's own. */
#include <stdarg.h>

#include "drivers/ddi.h"
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/console/com1.h"
#include "kernel/core/input/events.h"
#include "kernel/core/input/input.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    log_write_args((enum log_level)level, area, format, args);
    va_end(args);
}

uint64_t ddi_now_us(void)
{
    return time_now_us();
}

void ddi_delay_us(uint32_t us)
{
    time_delay_us(us);
}

void ddi_relax(void)
{
    irq_rest(NULL);
}

void ddi_relax_unless(const volatile bool *done)
{
    irq_rest(done);
}

uint8_t ddi_in8(uint16_t port)
{
    return in8(port);
}

uint16_t ddi_in16(uint16_t port)
{
    return in16(port);
}

uint32_t ddi_in32(uint16_t port)
{
    return in32(port);
}

void ddi_out8(uint16_t port, uint8_t value)
{
    out8(port, value);
}

void ddi_out16(uint16_t port, uint16_t value)
{
    out16(port, value);
}

void ddi_out32(uint16_t port, uint32_t value)
{
    out32(port, value);
}

void ddi_in16_block(uint16_t port, void *to, size_t words)
{
    in16_block(port, to, words);
}

void ddi_in32_block(uint16_t port, void *to, size_t dwords)
{
    in32_block(port, to, dwords);
}

void ddi_out16_block(uint16_t port, const void *from, size_t words)
{
    out16_block(port, from, words);
}

void ddi_out32_block(uint16_t port, const void *from, size_t dwords)
{
    out32_block(port, from, dwords);
}

int ddi_irq_bind(unsigned irq, const char *name, ddi_irq_handler *handler, void *context)
{
    return irq_bind(irq, name, handler, context);
}

uint8_t ddi_input_key(uint8_t code, bool pressed)
{
    return input_key(code, pressed);
}

void ddi_input_event(unsigned type, unsigned code, int value)
{
    events_emit(type, code, value);
}

void ddi_input_byte(uint8_t byte)
{
    input_byte(INPUT_COM1, byte);
}

void ddi_serial_sent(void)
{
    com1_sent();
}
