/*
 * The non-maskable interrupt. It may come in the middle of anything, with any lock held: the
 * handler notes the cause and silences it; the words come later, from deferred work. Port 61h (the
 * AT's system control port B) names the two causes that a PC has: bit 7 memory parity or a PCI
 * system error (bit 2 turns it off), bit 6 an expansion card's channel check (bit 3 turns it off).
 * Intel ICH data sheet, "NMI_SC". Without a cause it is a button, a watchdog or an emulator's
 * command: counted, said, and on.
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/exceptions.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/interrupt_frame.h"
#include "kernel/core/interrupts/deferred.h"
#include "kernel/core/log/log.h"

#define CMOS_INDEX 0x70 /* bit 7 closes the NMI gate */
#define CMOS_DATA  0x71
#define CMOS_D     0x0d /* status register D: reading it changes nothing */

#define SYSTEM_B            0x61
#define SYSTEM_B_PARITY     0x80
#define SYSTEM_B_CHANNEL    0x40
#define SYSTEM_B_PARITY_OFF 0x04
#define SYSTEM_B_CHANNEL_OFF 0x08
#define SYSTEM_B_WRITABLE   0x0f

static uint64_t count;
static uint8_t last_causes;
static uint64_t last_rip;

static void say(void *context)
{
    uint8_t causes = last_causes;
    unsigned long long now = count;

    (void)context;
    if (causes & SYSTEM_B_PARITY)
        log_error("cpu", "NMI: memory parity or PCI system error (port 61h: 0x%02x); turned off",
                  causes);
    if (causes & SYSTEM_B_CHANNEL)
        log_error("cpu", "NMI: channel check of an expansion card (port 61h: 0x%02x); turned off",
                  causes);
    if (!(causes & (SYSTEM_B_PARITY | SYSTEM_B_CHANNEL)))
        log_warn("cpu", "NMI without a cause at 0x%llx, %llu so far",
                 (unsigned long long)last_rip, now);
}

static struct deferred report = {.name = "NMI", .run = say};

void nmi_enable(void)
{
    fastos_outb(CMOS_INDEX, CMOS_D);
    (void)fastos_inb(CMOS_DATA); /* the index register wants its data read */
}

void nmi_handle(const struct interrupt_frame *frame)
{
    uint8_t state = fastos_inb(SYSTEM_B);
    uint8_t off = 0;

    if (state & SYSTEM_B_PARITY)
        off |= SYSTEM_B_PARITY_OFF;
    if (state & SYSTEM_B_CHANNEL)
        off |= SYSTEM_B_CHANNEL_OFF;
    if (off)
        fastos_outb(SYSTEM_B, (uint8_t)((state & SYSTEM_B_WRITABLE) | off));
    last_causes = state;
    last_rip = frame->rip;
    count++;
    (void)irq_defer_from_nmi(&report);
}

uint64_t nmi_count(void)
{
    return count;
}
