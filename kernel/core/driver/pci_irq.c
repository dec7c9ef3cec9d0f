/*
 * Interrupts of PCI devices. A message (MSI, PCI Local Bus Specification 2.2 §6.8) is a write to the
 * local APIC with the vector in it: one for each device, which no routing of the board's can
 * lose. Without APIC or MSI it is the line that the BIOS wrote into the device's registers.
 * Locks: none, drivers bind one after the other when they start.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"

#define NO_INTX       0x0400u
#define CAPABILITY_MSI 5u
#define MSI_ENABLE    0x00010000u
#define MSI_COUNT     0x00700000u /* how many messages it may send, as a power of 2 */
#define MSI_64        0x00800000u

/* Intel SDM vol. 3, 10.11: to one CPU, as an edge. */
#define MSI_ADDRESS   0xfee00000u
#define MSI_DESTINATION 12
#define VECTORS_FIRST (VECTOR_TIMER + 1)
#define VECTORS       8u

static struct message {
    ddi_irq_handler *handler;
    void *context;
} messages[VECTORS];
static unsigned message_count;

static void on_message(void *context)
{
    const struct message *message = context;

    (void)message->handler(message->context);
    irq_rest_over();
}

static int bind_message(struct ddi_pci device, const char *name, ddi_irq_handler *handler,
                        void *context)
{
    uint8_t at = apic_in_use() ? pci_capability(device, CAPABILITY_MSI) : 0;

    if (!at || message_count == VECTORS)
        return -ENOSPC;
    unsigned vector = VECTORS_FIRST + message_count;
    messages[message_count] = (struct message){handler, context};
    int error = vector_bind(vector, name, on_message, &messages[message_count]);
    if (error)
        return error;
    message_count++;
    uint32_t head = ddi_pci_read(device, at);
    ddi_pci_write(device, (uint8_t)(at + 4), MSI_ADDRESS | apic_id() << MSI_DESTINATION);
    if (head & MSI_64)
        ddi_pci_write(device, (uint8_t)(at + 8), 0);
    ddi_pci_write(device, (uint8_t)(at + (head & MSI_64 ? 12 : 8)), vector);
    ddi_pci_write(device, at, (head & ~MSI_COUNT) | MSI_ENABLE);
    return 0;
}

int ddi_pci_irq_bind(struct ddi_pci device, const char *name, ddi_irq_handler *handler,
                     void *context)
{
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & PCI_COMMAND_BITS;
    uint32_t line = ddi_pci_read(device, PCI_LINE) & 0xff;

    if (bind_message(device, name, handler, context) == 0)
        return 0;
    if (line == 0 || line >= IRQ_LINES)
        return -ENODEV;
    if (command & NO_INTX)
        ddi_pci_write(device, PCI_COMMAND, command & ~NO_INTX);
    return irq_bind_shared(line, name, handler, context);
}
