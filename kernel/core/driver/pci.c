/*
 * PCI configuration, by mechanism 1 (PCI Local Bus Specification 2.2 §3.2.2.3.2): an address goes
 * to port CF8h, the data are at CFCh. Only what drivers of the boot ask for: to find a device by
 * its class, on bus 0 and behind bridges. Locks: one spinlock, for the two ports belong together.
 */
#include "kernel/core/driver/pci.h"

#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/memory/frames.h"
#include "kernel/core/sync/spinlock.h"
#include "lib/string.h"

#define ADDRESS_PORT 0xcf8
#define DATA_PORT    0xcfc
#define ENABLE       0x80000000u
#define NOBODY       0xffffffffu
#define PCI_ID       0x00
#define PCI_HEADER   0x0c
#define MANY_FUNCTIONS 0x00800000u
#define HEADER_BRIDGE 1u
#define PCI_BUSES      0x18
#define BUSES    256u
#define DEVICES      32u
#define FUNCTIONS    8u
#define COMMAND_SPACES 3u /* it answers at its ports and in its memory */
#define COMMAND_MASTER 4u

static struct spinlock lock = SPINLOCK("PCI", LOCK_RANK_INTERRUPTS);

static uint32_t address_of(struct ddi_pci device, uint8_t offset)
{
    return ENABLE | (uint32_t)device.bus << 16 | (uint32_t)device.device << 11
           | (uint32_t)device.function << 8 | (offset & 0xfcu);
}

uint32_t ddi_pci_read(struct ddi_pci device, uint8_t offset)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    uint32_t value = in32(DATA_PORT);
    spin_unlock_irq(&lock, saved);
    return value;
}

void pci_write(struct ddi_pci device, uint8_t offset, uint32_t value)
{
    uint64_t saved = spin_lock_irq(&lock);

    out32(ADDRESS_PORT, address_of(device, offset));
    out32(DATA_PORT, value);
    spin_unlock_irq(&lock, saved);
}

/* How many functions to look at; 0: there is no such device. */
static unsigned functions_of(struct ddi_pci device)
{
    device.function = 0;
    if (ddi_pci_read(device, PCI_ID) == NOBODY)
        return 0;
    return ddi_pci_read(device, PCI_HEADER) & MANY_FUNCTIONS ? FUNCTIONS : 1;
}

static bool is_class(struct ddi_pci device, uint8_t class, uint8_t subclass)
{
    return ddi_pci_read(device, PCI_ID) != NOBODY
           && ddi_pci_read(device, PCI_CLASS) >> 16 == ((uint32_t)class << 8 | subclass);
}

/* The buses that bridges lead to. A bridge's secondary bus has a higher number than its own. */
struct buses {
    bool there[BUSES];
};

static void note_bridge(struct ddi_pci device, struct buses *buses)
{
    if ((ddi_pci_read(device, PCI_HEADER) >> 16 & 0x7fu) != HEADER_BRIDGE)
        return;
    uint8_t secondary = ddi_pci_read(device, PCI_BUSES) >> 8 & 0xff;
    if (secondary > device.bus)
        buses->there[secondary] = true;
}

/* The next function in the order of their places. */
static bool advance(struct ddi_pci *at, const struct buses *buses)
{
    if (++at->function < functions_of(*at))
        return true;
    at->function = 0;
    if (++at->device < DEVICES)
        return true;
    at->device = 0;
    for (unsigned bus = at->bus + 1u; bus < BUSES; bus++) {
        if (buses->there[bus]) {
            at->bus = (uint8_t)bus;
            return true;
        }
    }
    return false;
}

static bool is_behind(struct ddi_pci a, struct ddi_pci b)
{
    return address_of(a, 0) > address_of(b, 0);
}

/* From bus 0 on each time, for the bridges. */
static bool find(uint8_t class, uint8_t subclass, const struct ddi_pci *after, struct ddi_pci *found)
{
    struct buses buses = {0};
    struct ddi_pci at = {0};

    do {
        if ((!after || is_behind(at, *after)) && is_class(at, class, subclass)) {
            *found = at;
            return true;
        }
        note_bridge(at, &buses);
    } while (advance(&at, &buses));
    return false;
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at)
{
    static const struct ddi_pci first = DDI_PCI_FIRST;
    struct ddi_pci after = *at;

    return find(class, subclass, pci_is_same(after, first) ? NULL : &after, at);
}

void pci_master(struct ddi_pci device, bool on)
{
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & PCI_COMMAND_BITS;
    uint32_t wanted = on ? command | COMMAND_SPACES | COMMAND_MASTER : command & ~COMMAND_MASTER;

    if (wanted != command)
        pci_write(device, PCI_COMMAND, wanted);
}

uint32_t pci_bar_size(struct ddi_pci device, uint8_t offset, uint32_t address)
{
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & PCI_COMMAND_BITS;
    uint32_t before = ddi_pci_read(device, offset);

    pci_write(device, PCI_COMMAND, command & ~COMMAND_SPACES);
    pci_write(device, offset, UINT32_MAX);
    uint32_t can_be_set = ddi_pci_read(device, offset) & address;

    pci_write(device, offset, before);
    pci_write(device, PCI_COMMAND, command);
    return can_be_set & (~can_be_set + 1);
}

int pci_dma_page(uint64_t *address)
{
    int error = alloc_frames(1, 1, FRAMES_BELOW_4G, address);

    if (!error)
        memset(phys_to_virt(*address), 0, FRAME_SIZE);
    return error;
}
