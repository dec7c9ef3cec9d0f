/*
 * The two 8259A interrupt controllers. IRQ 0–7 → vectors 32–39, IRQ 8–15 → 40–47; every line is
 * masked until somebody binds it. Intel 8259A data sheet (1988), "Initialization command words".
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_COMMAND  0xa0
#define SLAVE_DATA     0xa1

#define ICW1_INIT_ICW4 0x11 /* edge, cascade, ICW4 follows */
#define ICW4_8086      0x01
#define OCW2_EOI       0x20
#define OCW3_READ_ISR  0x0b

#define CASCADE_IRQ 2

static uint16_t masked = 0xffff; /* a bit a line */

static void write_masks(void)
{
    out8(MASTER_DATA, (uint8_t)masked);
    out8(SLAVE_DATA, (uint8_t)(masked >> 8));
}

/* Old controllers want a moment between two writes; port 80h is the customary one to waste it on.
 */
static void command(uint16_t port, uint8_t value)
{
    out8(port, value);
    out8(0x80, 0);
}

void pic_init(void)
{
    command(MASTER_COMMAND, ICW1_INIT_ICW4);
    command(SLAVE_COMMAND, ICW1_INIT_ICW4);
    command(MASTER_DATA, 32);                /* ICW2: first vector */
    command(SLAVE_DATA, 40);
    command(MASTER_DATA, 1 << CASCADE_IRQ);  /* ICW3: where the slave hangs */
    command(SLAVE_DATA, CASCADE_IRQ);
    command(MASTER_DATA, ICW4_8086);
    command(SLAVE_DATA, ICW4_8086);
    masked = (uint16_t)~(1u << CASCADE_IRQ);
    write_masks();
}

void irq_mask(unsigned irq)
{
    masked |= (uint16_t)(1u << irq);
    write_masks();
}

void irq_unmask(unsigned irq)
{
    masked &= (uint16_t)~(1u << irq);
    write_masks();
}

void irq_acknowledge(unsigned irq)
{
    if (irq >= 8)
        out8(SLAVE_COMMAND, OCW2_EOI);
    out8(MASTER_COMMAND, OCW2_EOI);
}

bool irq_is_spurious(unsigned irq)
{
    uint16_t port = irq >= 8 ? SLAVE_COMMAND : MASTER_COMMAND;

    if (irq != 7 && irq != 15)
        return false;
    out8(port, OCW3_READ_ISR);
    if (in8(port) & 0x80)
        return false;
    /* The master did mean its cascade line and waits for the acknowledgement. */
    if (irq == 15)
        out8(MASTER_COMMAND, OCW2_EOI);
    return true;
}
