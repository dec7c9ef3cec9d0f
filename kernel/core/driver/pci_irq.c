/*
 * Interrupts of PCI devices. A message (MSI, PCI Local Bus Specification 2.2 §6.8) is a write to the
 * local APIC with the vector in it: one for each device, which no routing of the board's can
 * lose. Without APIC or MSI it is the line that the BIOS wrote into the device's registers.
 * Locks: none, a device's interrupt is bound and released by its driver's thread alone, and vectors are
 * given out while drivers begin one after the other.
 */
#include "kernel/arch/arch.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/interrupts/interrupts.h"
#include "kernel/core/interrupts/rest.h"
#include "kernel/core/log/log.h"

#define NO_INTX       0x0400u
#define RAISED        0x00080000u /* PCI 2.3 §6.2.3 */
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
    struct ddi_pci device; /* keeps its vector when it is released */
    bool (*handler)(void *context); /* NULL: nobody listens */
    void *context;
} messages[VECTORS];
static unsigned message_count;

static void on_message(void *context)
{
    const struct message *message = context;
    bool (*handler)(void *context) = __atomic_load_n(&message->handler, __ATOMIC_ACQUIRE);

    if (handler)
        (void)handler(message->context);
    irq_rest_over();
}

/* The vector's index; VECTORS: none is left. */
static unsigned message_of(struct ddi_pci device)
{
    unsigned i = 0;

    while (i < message_count && !pci_is_same(messages[i].device, device))
        i++;
    return i;
}

static int bind_message(struct ddi_pci device, const char *name, bool (*handler)(void *), void *context)
{
    uint8_t at = apic_in_use() ? pci_capability(device, CAPABILITY_MSI) : 0;
    unsigned index = message_of(device), vector = VECTORS_FIRST + index;

    if (!at || index == VECTORS)
        return -ENOSPC;
    int error = index < message_count ? 0 : vector_bind(vector, name, on_message, &messages[index]);
    if (error)
        return error;
    if (index == message_count)
        message_count++;
    messages[index].device = device;
    messages[index].context = context;
    __atomic_store_n(&messages[index].handler, handler, __ATOMIC_RELEASE);
    uint32_t head = ddi_pci_read(device, at);
    pci_write(device, (uint8_t)(at + 4), MSI_ADDRESS | apic_id() << MSI_DESTINATION);
    if (head & MSI_64)
        pci_write(device, (uint8_t)(at + 8), 0);
    pci_write(device, (uint8_t)(at + (head & MSI_64 ? 12 : 8)), vector);
    pci_write(device, at, (head & ~MSI_COUNT) | MSI_ENABLE);
    return 0;
}

static void release_message(struct ddi_pci device)
{
    unsigned index = message_of(device);
    uint8_t at = pci_capability(device, CAPABILITY_MSI);

    if (at)
        pci_write(device, at, ddi_pci_read(device, at) & ~MSI_ENABLE);
    if (index < message_count)
        __atomic_store_n(&messages[index].handler, NULL, __ATOMIC_RELEASE);
}

int pci_irq_bind(struct ddi_pci device, const char *name, bool (*handler)(void *context), void *context,
                 bool *by_message)
{
    uint32_t line = ddi_pci_read(device, PCI_LINE) & 0xff;

    *by_message = bind_message(device, name, handler, context) == 0;
    if (*by_message)
        return 0;
    if (line == 0 || line >= IRQ_LINES)
        return -ENODEV;
    pci_irq_quiet(device, false);
    return irq_bind_shared(line, name, handler, context);
}

void pci_irq_release(struct ddi_pci device, bool (*handler)(void *context), void *context, bool by_message)
{
    uint32_t line = ddi_pci_read(device, PCI_LINE) & 0xff;

    if (by_message)
        release_message(device);
    else
        (void)!irq_unbind(line, handler, context);
}

bool pci_irq_is_raised(struct ddi_pci device)
{
    uint32_t status = ddi_pci_read(device, PCI_COMMAND);

    return status != UINT32_MAX && (status & RAISED) != 0;
}

void pci_irq_quiet(struct ddi_pci device, bool quiet)
{
    pci_change_command(device, quiet ? 0 : NO_INTX, quiet ? NO_INTX : 0);
}
