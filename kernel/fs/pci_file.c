/*
 * /proc/pci. A line is the function's place, vendor:device, and words NAME=VALUE, all numbers in hex:
 *
 *     00:1f.2 8086:2922 class=010601 rev=02 command=0007 line=0a pin=1 bus=00-00 bar4=io,c080,20
 *     bar5=mem32,feb91000,1000 cap=05,0081
 *
 * bar: kind (mem64p: 64 bits, prefetchable), where, size; cap: a capability's number and its next two bytes.
 * A size is asked of a device once, for it answers to nothing meanwhile. Locks: one for the sizes.
 */
#include "kernel/fs/pci_file.h"

#include "kernel/core/driver/pci.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/fs/proc.h"

#define KNOWN 64u /* functions whose sizes are kept; of more than these none is told */

typedef unsigned long long ull;

static struct mutex lock = MUTEX("PCI sizes");
/* Under it. */
static struct known {
    struct ddi_pci at;
    bool measured;
    uint64_t bytes[PCI_BARS];
} known[KNOWN];

/* Walks go the same way each time: the function with that index. */
static struct known *known_of(unsigned index, struct ddi_pci at)
{
    struct known *one = index < KNOWN ? &known[index] : NULL;

    if (one && one->measured && memcmp(&one->at, &at, sizeof(at)) != 0)
        one->measured = false; /* another has come between */
    if (one && !one->measured) {
        one->at = at;
        for (unsigned bar = 0; bar < PCI_BARS; bar++) {
            struct pci_bar found = pci_bar(at, bar, true);

            one->bytes[bar] = found.bytes;
            bar += found.wide;
        }
        one->measured = true;
    }
    return one;
}

static void put_bars(struct proc_text *text, struct ddi_pci at, const struct known *sizes)
{
    for (unsigned i = 0; i < PCI_BARS; i++) {
        struct pci_bar bar = pci_bar(at, i, false);
        uint64_t bytes = sizes ? sizes->bytes[i] : 0;

        if (bar.base || bytes)
            proc_print(text, " bar%u=%s%s%s,%llx,%llx", i, bar.ports ? "io" : "mem",
                       bar.ports ? "" : bar.wide ? "64" : "32", bar.prefetchable ? "p" : "", (ull)bar.base,
                       (ull)bytes);
        i += bar.wide;
    }
}

static void put_capabilities(struct proc_text *text, struct ddi_pci device)
{
    uint32_t head;
    uint8_t at = 0;

    for (unsigned i = 0; i < PCI_CAPABILITIES_MAX && (at = pci_next_capability(device, at, &head)); i++)
        proc_print(text, " cap=%02x,%04x", head & 0xff, head >> 16);
}

static void put_function(struct proc_text *text, struct ddi_pci at, const struct known *sizes)
{
    uint32_t id = ddi_pci_read(at, PCI_ID), class = ddi_pci_read(at, PCI_CLASS);
    uint32_t line = ddi_pci_read(at, PCI_LINE), header = ddi_pci_read(at, PCI_HEADER);

    proc_print(text, "%02x:%02x.%x %04x:%04x class=%06x rev=%02x command=%04x line=%02x pin=%x", at.bus,
               at.device, at.function, id & 0xffff, id >> 16, class >> 8, class & 0xff,
               ddi_pci_read(at, PCI_COMMAND) & PCI_COMMAND_BITS, line & 0xff, line >> 8 & 0xff);
    if (PCI_HEADER_TYPE(header) == PCI_HEADER_BRIDGE) {
        uint32_t buses = ddi_pci_read(at, PCI_BUS_NUMBERS);

        proc_print(text, " bus=%02x-%02x", buses >> 8 & 0xff, buses >> 16 & 0xff);
    }
    put_bars(text, at, sizes);
    put_capabilities(text, at);
    proc_print(text, "\n");
}

static int make_pci(struct proc_text *text, void *context)
{
    struct pci_walk walk = {0};

    (void)context;
    mutex_lock(&lock);
    for (unsigned i = 0; pci_next(&walk); i++)
        put_function(text, walk.at, known_of(i, walk.at));
    mutex_unlock(&lock);
    return 0;
}

int pci_file_register(void)
{
    return proc_register("pci", make_pci, NULL);
}
