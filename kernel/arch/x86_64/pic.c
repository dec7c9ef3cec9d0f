/*
 * The two 8259A interrupt controllers. IRQ 0–7 → vectors 32–39, IRQ 8–15 → 40–47; every line is
 * masked until somebody binds it. Intel 8259A data sheet (1988), "Initialization command words".
 * Which lines are level-triggered stands in the ELCR of EISA and PCI chip sets (Intel PIIX data
 * sheet, "Edge/level control registers").
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/hardware.h"
#include "kernel/arch/x86_64/irq_controller.h"

#define MASTER_COMMAND 0x20
#define MASTER_DATA    0x21
#define SLAVE_COMMAND  0xa0
#define SLAVE_DATA     0xa1

#define ICW1_INIT_ICW4 0x11 /* edge, cascade, ICW4 follows */
#define ICW4_8086      0x01
#define OCW2_EOI       0x20
#define OCW3_READ_ISR  0x0b

#define CASCADE_IRQ 2

#define ELCR_MASTER 0x4d0
#define ELCR_SLAVE  0x4d1
#define ELCR_NEVER  0x2107 /* timer, keyboard, cascade, clock, coprocessor: always edge */

static uint16_t masked = 0xffff; /* a bit a line */
static uint16_t level;

static void write_masks(void)
{
    fastos_outb(MASTER_DATA, (uint8_t)masked);
    fastos_outb(SLAVE_DATA, (uint8_t)(masked >> 8));
}

/* Old controllers want a moment between two writes; port 80h is the customary one to waste it on.
 */
static void command(uint16_t port, uint8_t value)
{
    fastos_outb(port, value);
    fastos_outb(0x80, 0);
}

/* A machine without the registers (ISA alone) answers with ones: all edge. */
static uint16_t read_elcr(void)
{
    uint16_t value = (uint16_t)(fastos_inb(ELCR_MASTER) | fastos_inb(ELCR_SLAVE) << 8);

    return value & ELCR_NEVER ? 0 : value;
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
    level = read_elcr();
}

void pic_shut_up(void)
{
    masked = 0xffff;
    write_masks();
}

static void mask(unsigned irq)
{
    masked |= (uint16_t)(1u << irq);
    write_masks();
}

static void unmask(unsigned irq)
{
    masked &= (uint16_t)~(1u << irq);
    write_masks();
}

static void acknowledge(unsigned irq)
{
    if (irq >= 8)
        fastos_outb(SLAVE_COMMAND, OCW2_EOI);
    fastos_outb(MASTER_COMMAND, OCW2_EOI);
}

static bool is_spurious(unsigned irq)
{
    uint16_t port = irq >= 8 ? SLAVE_COMMAND : MASTER_COMMAND;

    if (irq != 7 && irq != 15)
        return false;
    fastos_outb(port, OCW3_READ_ISR);
    if (fastos_inb(port) & 0x80)
        return false;
    /* The master did mean its cascade line and waits for the acknowledgement. */
    if (irq == 15)
        fastos_outb(MASTER_COMMAND, OCW2_EOI);
    return true;
}

static bool is_level(unsigned irq)
{
    return level >> irq & 1;
}

const struct irq_controller pic = {
    .name = "PIC",
    .mask = mask,
    .unmask = unmask,
    .acknowledge = acknowledge,
    .is_spurious = is_spurious,
    .is_level = is_level,
};
