/* The sixteen interrupt lines, through whichever controller is in use. The PIC is the first. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/irq_controller.h"

static const struct irq_controller *controller = &pic;

/* interrupt_entry.asm: for each line INT, RET, in four bytes. */
extern const uint8_t software_irqs[16][4];

void irq_use(const struct irq_controller *new)
{
    controller = new;
}

const char *irq_controller_name(void)
{
    return controller->name;
}

void irq_mask(unsigned irq)
{
    controller->mask(irq);
}

void irq_unmask(unsigned irq)
{
    controller->unmask(irq);
}

void irq_acknowledge(unsigned irq)
{
    controller->acknowledge(irq);
}

bool irq_is_spurious(unsigned irq)
{
    return controller->is_spurious(irq);
}

bool irq_is_level(unsigned irq)
{
    return controller->is_level(irq);
}

void irq_trigger(unsigned irq)
{
    ((void (*)(void))(uintptr_t)software_irqs[irq])();
}
