/* The driver interface for drivers placed in the kernel: each call is one of the kernel's own. */
#include <stdarg.h>

#include "drivers/ddi.h"
#include "kernel/arch/arch.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/input/events.h"
#include "kernel/core/input/input.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"

#define DELAY_PART_US 1000u

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

/* However long a driver meant it to be, its time ends it. */
void ddi_delay_us(uint32_t us)
{
    for (uint32_t part; us > 0; us -= part) {
        driver_check_time();
        part = us < DELAY_PART_US ? us : DELAY_PART_US;
        time_delay_us(part);
    }
}

void ddi_relax(void)
{
    driver_check_time();
    irq_rest();
}

/* Input has one writer at a time: whoever has the CPU with interrupts off. */
uint8_t ddi_input_key(uint8_t code, bool pressed)
{
    uint64_t saved = cpu_save_interrupts();
    uint8_t lights = input_key(code, pressed);

    cpu_restore_interrupts(saved);
    return lights;
}

void ddi_input_event(unsigned type, unsigned code, int value)
{
    uint64_t saved = cpu_save_interrupts();

    events_emit(type, code, value);
    cpu_restore_interrupts(saved);
}
