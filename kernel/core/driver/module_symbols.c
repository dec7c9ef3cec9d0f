/*
 * What modules may call, each in one line: those calls of the interface whose effects end with the driver
 * (a handler of interrupts does not, which is for parts of the kernel), and a little of lib/. self.h says
 * what becomes of ddi_in and its like. `make check` holds the modules of the tree against this list.
 */
#include "kernel/core/driver/module.h"
#include "kernel/core/driver/self.h"
#include "lib/printf.h"
#include "lib/string.h"

/* The compiler's. */
extern uint64_t __stack_chk_guard;
void __stack_chk_fail(void);

#define SYMBOL(name) {#name, (uintptr_t)&name}

static const struct {
    const char *name;
    uint64_t address;
} symbols[] = {
    SYMBOL(ddi_log),
    SYMBOL(ddi_now_us),
    SYMBOL(ddi_delay_us),
    SYMBOL(ddi_relax),
    SYMBOL(ddi_of_in),
    SYMBOL(ddi_of_out),
    SYMBOL(ddi_of_in_block),
    SYMBOL(ddi_of_out_block),
    SYMBOL(ddi_of_pci_ports),
    SYMBOL(ddi_pci_find),
    SYMBOL(ddi_pci_read),
    SYMBOL(ddi_of_pci_map),
    SYMBOL(ddi_mmio_read32),
    SYMBOL(ddi_of_mmio_write32),
    SYMBOL(ddi_of_irq_listen),
    SYMBOL(ddi_of_irq_wait),
    SYMBOL(ddi_of_irq_values),
    SYMBOL(ddi_of_pci_irq_listen),
    SYMBOL(ddi_of_pci_master),
    SYMBOL(ddi_of_dma_page),
    SYMBOL(ddi_of_dma_table),
    SYMBOL(ddi_of_dma_order),
    SYMBOL(ddi_of_disk_register),
    SYMBOL(ddi_of_disk_next),
    SYMBOL(ddi_of_disk_done),
    SYMBOL(ddi_of_screen),
    SYMBOL(ddi_of_timer),
    SYMBOL(ddi_of_tone),
    SYMBOL(ddi_of_keep),
    SYMBOL(ddi_of_kept),
    SYMBOL(ddi_of_claim),
    SYMBOL(ddi_of_vmware),
    SYMBOL(ddi_input_key),
    SYMBOL(ddi_input_event),
    SYMBOL(memcpy),
    SYMBOL(memmove),
    SYMBOL(memset),
    SYMBOL(memcmp),
    SYMBOL(strlen),
    SYMBOL(strcmp),
    SYMBOL(strlcpy),
    SYMBOL(snprintf),
    SYMBOL(__stack_chk_guard),
    SYMBOL(__stack_chk_fail),
};

bool module_symbol(const char *name, uint64_t *address)
{
    for (unsigned i = 0; i < array_length(symbols); i++) {
        if (strcmp(symbols[i].name, name) == 0) {
            *address = symbols[i].address;
            return true;
        }
    }
    return false;
}
