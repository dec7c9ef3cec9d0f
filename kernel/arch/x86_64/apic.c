/* Taking over from the PIC: first look whether all is there, then change. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/irq_controller.h"
#include "kernel/arch/x86_64/lapic.h"

static bool in_use;

int apic_take_over(const struct acpi_madt *madt, const char **why)
{
    int error = lapic_find(madt, why);

    if (!error)
        error = ioapic_init(madt, why);
    if (error)
        return error;
    pic_shut_up();
    lapic_enable(madt);
    irq_use(&ioapic);
    in_use = true;
    return 0;
}

bool apic_in_use(void)
{
    return in_use;
}
