/*
 * PCI devices: to find them on bus 0 and behind bridges, what they decode, what they can (PCI Local Bus
 * Specification 2.2, chapter 6; PCI-to-PCI Bridge Architecture Specification 1.1, 3.2.5). How configuration
 * is reached: pci_config.c. Locks: none.
 */
#include "kernel/core/driver/pci.h"

#include "kernel/arch/arch.h"
#include "kernel/core/memory/frames.h"
#include "lib/string.h"

#define NOBODY       0xffffu
#define MANY_FUNCTIONS 0x00800000u
#define HAS_CAPABILITIES 0x00100000u
#define CAPABILITIES   0x34
#define COMMAND_SPACES 3u /* it answers at its ports and in its memory */
#define COMMAND_MASTER 4u
#define BAR_PREFETCH   8u
#define BAR_TYPE       6u
#define BAR_WIDE       4u
#define BAR_MEMORY     0xfffffff0u
#define BAR_PORTS      0xfffcu
#define BRIDGE_BARS    2u

/* ---- finding --------------------------------------------------------------------------------- */

static bool is_there(struct ddi_pci device)
{
    return (ddi_pci_read(device, PCI_ID) & NOBODY) != NOBODY;
}

/* How many functions to look at; 0: there is no such device. */
static unsigned functions_of(struct ddi_pci device)
{
    device.function = 0;
    if (!is_there(device))
        return 0;
    return ddi_pci_read(device, PCI_HEADER) & MANY_FUNCTIONS ? PCI_FUNCTIONS : 1;
}

/* A bridge's secondary bus has a higher number than its own. */
static void note_bridge(struct pci_walk *walk)
{
    if (PCI_HEADER_TYPE(ddi_pci_read(walk->at, PCI_HEADER)) != PCI_HEADER_BRIDGE)
        return;
    uint8_t secondary = ddi_pci_read(walk->at, PCI_BUS_NUMBERS) >> 8 & 0xff;

    if (secondary > walk->at.bus)
        walk->buses[secondary] = true;
}

/* The next function in the order of their places. */
static bool advance(struct pci_walk *walk)
{
    struct ddi_pci *at = &walk->at;

    if (++at->function < functions_of(*at))
        return true;
    at->function = 0;
    if (++at->device < PCI_DEVICES)
        return true;
    at->device = 0;
    for (unsigned bus = at->bus + 1u; bus < PCI_BUSES; bus++) {
        if (walk->buses[bus]) {
            at->bus = (uint8_t)bus;
            return true;
        }
    }
    return false;
}

bool pci_next(struct pci_walk *walk)
{
    do {
        if (walk->begun && !advance(walk))
            return false;
        walk->begun = true;
    } while (!is_there(walk->at));
    note_bridge(walk);
    return true;
}

static unsigned place_of(struct ddi_pci device)
{
    return (unsigned)device.bus << 8 | (unsigned)device.device << 3 | device.function;
}

/* From bus 0 on each time, for the bridges. */
static bool find(uint8_t class, uint8_t subclass, const struct ddi_pci *after, struct ddi_pci *found)
{
    struct pci_walk walk = {0};

    while (pci_next(&walk)) {
        if ((!after || place_of(walk.at) > place_of(*after))
            && ddi_pci_read(walk.at, PCI_CLASS) >> 16 == ((uint32_t)class << 8 | subclass)) {
            *found = walk.at;
            return true;
        }
    }
    return false;
}

bool ddi_pci_find(uint8_t class, uint8_t subclass, struct ddi_pci *at)
{
    static const struct ddi_pci first = DDI_PCI_FIRST;
    struct ddi_pci after = *at;

    return find(class, subclass, pci_is_same(after, first) ? NULL : &after, at);
}

void pci_change_command(struct ddi_pci device, uint32_t clear, uint32_t set)
{
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & PCI_COMMAND_BITS;
    uint32_t wanted = (command & ~clear) | set;

    if (wanted != command)
        pci_write(device, PCI_COMMAND, wanted);
}

void pci_master(struct ddi_pci device, bool on)
{
    pci_change_command(device, on ? 0 : COMMAND_MASTER, on ? COMMAND_SPACES | COMMAND_MASTER : 0);
}

void pci_decode(struct ddi_pci device)
{
    pci_change_command(device, 0, COMMAND_SPACES);
}

bool pci_is_master(struct ddi_pci device)
{
    return (ddi_pci_read(device, PCI_COMMAND) & COMMAND_MASTER) != 0;
}

/* ---- capabilities ---------------------------------------------------------------------------- */

uint8_t pci_next_capability(struct ddi_pci device, uint8_t at, uint32_t *head)
{
    if (at == 0 && !(ddi_pci_read(device, PCI_COMMAND) & HAS_CAPABILITIES))
        return 0;
    uint32_t next = at ? ddi_pci_read(device, at) >> 8 : ddi_pci_read(device, CAPABILITIES);

    at = next & 0xfcu;
    *head = at ? ddi_pci_read(device, at) : 0;
    return at;
}

uint8_t pci_capability(struct ddi_pci device, uint8_t number)
{
    uint32_t head;
    uint8_t at = 0;

    for (unsigned i = 0; i < PCI_CAPABILITIES_MAX && (at = pci_next_capability(device, at, &head)); i++)
        if ((head & 0xff) == number)
            return at;
    return 0;
}

/* ---- base address registers ------------------------------------------------------------------ */

/* How much the register at that offset decodes: its lowest address bit that can be set, of `address`; 0: none
   can. The device answers to nothing meanwhile. */
static uint32_t bar_size(struct ddi_pci device, uint8_t offset, uint32_t address)
{
    uint64_t saved = cpu_save_interrupts();
    uint32_t command = ddi_pci_read(device, PCI_COMMAND) & PCI_COMMAND_BITS;
    uint32_t before = ddi_pci_read(device, offset);

    pci_write(device, PCI_COMMAND, command & ~COMMAND_SPACES);
    pci_write(device, offset, UINT32_MAX);
    uint32_t can_be_set = ddi_pci_read(device, offset) & address;

    pci_write(device, offset, before);
    pci_write(device, PCI_COMMAND, command);
    cpu_restore_interrupts(saved);
    return can_be_set & (~can_be_set + 1);
}

static unsigned bars_of(struct ddi_pci device)
{
    uint32_t type = PCI_HEADER_TYPE(ddi_pci_read(device, PCI_HEADER));

    return type == 0 ? PCI_BARS : type == PCI_HEADER_BRIDGE ? BRIDGE_BARS : 0;
}

struct pci_bar pci_bar(struct ddi_pci device, unsigned bar, bool measure)
{
    unsigned bars = bars_of(device);
    uint8_t offset = (uint8_t)(PCI_BAR0 + 4 * bar);
    uint32_t low = bar < bars ? ddi_pci_read(device, offset) : 0;
    struct pci_bar found = {.ports = low & PCI_BAR_PORTS};

    if (found.ports) {
        found.base = low & BAR_PORTS;
        found.bytes = measure ? bar_size(device, offset, BAR_PORTS) : 0;
        return found;
    }
    found.wide = (low & BAR_TYPE) == BAR_WIDE && bar + 1 < bars;
    found.prefetchable = low & BAR_PREFETCH;
    found.base = low & BAR_MEMORY;
    if (found.wide)
        found.base |= (uint64_t)ddi_pci_read(device, (uint8_t)(offset + 4)) << 32;
    found.bytes = measure && bar < bars ? bar_size(device, offset, BAR_MEMORY) : 0;
    if (measure && found.wide && found.bytes == 0)
        found.bytes = (uint64_t)bar_size(device, (uint8_t)(offset + 4), UINT32_MAX) << 32;
    return found;
}

/* ---- DMA ------------------------------------------------------------------------------------- */

int pci_dma_memory(uint64_t frames, uint64_t *address)
{
    int error = alloc_frames(frames, 1, FRAMES_BELOW_4G, address);

    if (!error)
        memset(phys_to_virt(*address), 0, frames * FRAME_SIZE);
    return error;
}
