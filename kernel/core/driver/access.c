/* Ports of drivers in the kernel: those of the manifest, and those that a PCI device of theirs has. */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/console/com.h"
#include "kernel/core/driver/driver.h"
#include "kernel/core/driver/host.h"
#include "kernel/core/driver/pci.h"
#include "kernel/core/driver/self.h"
#include "kernel/core/log/log.h"
#include "kernel/core/time/time.h"

#define LOGGED 4u /* refusals of a driver; the others are counted only */

static bool is_granted(const struct driver *driver, uint16_t port, unsigned bytes)
{
    for (unsigned i = 0; driver && i < DRIVER_GRANTS; i++)
        if (driver->grants[i].last != 0 && port >= driver->grants[i].first && port <= driver->grants[i].last
            && bytes - 1 <= (unsigned)(driver->grants[i].last - port))
            return !dma_keeps_port(driver->code->manifest.dma, driver->grants[i].bar,
                                   port - driver->grants[i].first, bytes);
    return false;
}

void driver_violates(const struct ddi_driver *code, const char *does, unsigned port, uint64_t value)
{
    struct driver *driver = driver_of(code);
    uint64_t before = driver ? __atomic_fetch_add(&driver->refusals, 1, __ATOMIC_RELAXED) : 0;

    if (before < LOGGED)
        log_error(code->manifest.name, "%s 0x%x (0x%llx), which is not in its manifest: refused", does, port,
                  (unsigned long long)value);
    if (driver)
        driver->violated = true;
}

static bool may_read(const struct ddi_driver *self, uint16_t port, unsigned bytes)
{
    driver_check_time();
    if (manifest_may_read(&self->manifest, port, bytes) || is_granted(driver_of(self), port, bytes))
        return true;
    driver_violates(self, "reads port", port, bytes);
    return false;
}

static bool may_write(const struct ddi_driver *self, uint16_t port, unsigned bytes, uint32_t value)
{
    driver_check_time();
    if (manifest_may_write(&self->manifest, port, bytes, value)
        || is_granted(driver_of(self), port, bytes))
        return true;
    driver_violates(self, "writes port", port, value);
    return false;
}

uint32_t ddi_of_in(const struct ddi_driver *self, uint16_t port, unsigned bytes)
{
    if (!may_read(self, port, bytes))
        return UINT32_MAX;
    return bytes == 1 ? in8(port) : bytes == 2 ? in16(port) : in32(port);
}

void ddi_of_out(const struct ddi_driver *self, uint16_t port, unsigned bytes, uint32_t value)
{
    if (!may_write(self, port, bytes, value))
        return;
    if (bytes == 1)
        out8(port, (uint8_t)value);
    else if (bytes == 2)
        out16(port, (uint16_t)value);
    else
        out32(port, value);
}

/* Blocks go to registers that take any value: the look at one is the look at all. */
void ddi_of_in_block(const struct ddi_driver *self, uint16_t port, unsigned bytes, void *to, size_t count)
{
    if (!may_read(self, port, bytes))
        return;
    if (bytes == 2)
        in16_block(port, to, count);
    else
        in32_block(port, to, count);
}

void ddi_of_out_block(const struct ddi_driver *self, uint16_t port, unsigned bytes, const void *from,
                      size_t count)
{
    if (!may_write(self, port, bytes, 0))
        return;
    if (bytes == 2)
        out16_block(port, from, count);
    else
        out32_block(port, from, count);
}

/* ---- the backdoor ---------------------------------------------------------------------------- */

#define VMWARE_PORT  0x5658u
#define VMWARE_MAGIC 0x564d5868u
#define HYPERVISOR   (1u << 31) /* CPUID leaf 1, ECX */

bool ddi_of_vmware(const struct ddi_driver *self, uint8_t command, struct ddi_vmware *registers)
{
    uint32_t b = registers->b;

    *registers = (struct ddi_vmware){.b = b};
    if (!may_write(self, VMWARE_PORT, 1, command) || !(cpuid(1, 0).ecx & HYPERVISOR))
        return false;
    *registers = (struct ddi_vmware){VMWARE_MAGIC, b, command, VMWARE_PORT};
    in32_registers(&registers->a, &registers->b, &registers->c, &registers->d);
    return true;
}

/* ---- the loudspeaker ------------------------------------------------------------------------- */

/* Its ports are the kernel's, which keeps them for its clock. */
int ddi_of_tone(const struct ddi_driver *self, uint32_t hz)
{
    driver_check_time();
    if (self->manifest.class == DDI_SOUND)
        return time_tone(hz);
    driver_violates(self, "wants a tone of", hz, hz);
    return -EPERM;
}

/* ---- serial ports ---------------------------------------------------------------------------- */

#define SEND_MOST 64u /* with interrupts off */

static bool has_serial(const struct ddi_driver *self, unsigned port)
{
    driver_check_time();
    if (self->manifest.class == DDI_SERIAL && port < DDI_SERIAL_PORTS)
        return true;
    driver_violates(self, "wants serial port", port, port);
    return false;
}

void ddi_of_serial_give(const struct ddi_driver *self, unsigned port, const uint8_t *bytes, size_t size,
                        struct ddi_serial *line)
{
    *line = (struct ddi_serial){.speed = DDI_SERIAL_SPEED_MOST, .bits = 8};
    if (has_serial(self, port))
        com_give(port, span_of(bytes, size), line);
}

size_t ddi_of_serial_send(const struct ddi_driver *self, unsigned port, uint16_t to, size_t most)
{
    bool may = has_serial(self, port) && may_write(self, to, 1, 0);

    return may ? com_send(port, to, most < SEND_MOST ? most : SEND_MOST) : 0;
}

/* ---- PCI ------------------------------------------------------------------------------------- */

static int grant(struct driver *driver, unsigned bar, uint16_t first, uint16_t last)
{
    for (unsigned i = 0; driver && i < DRIVER_GRANTS; i++) {
        if (driver->grants[i].last == 0 || driver->grants[i].first == first) {
            driver->grants[i].first = first;
            driver->grants[i].last = last;
            driver->grants[i].bar = (uint8_t)bar;
            return 0;
        }
    }
    return -ENOSPC;
}

int driver_grant(const char *name, uint16_t first, uint16_t last)
{
    struct driver *driver = driver_get(name);
    int error = driver && driver_wanted(name) ? grant(driver, PCI_BARS, first, last) : -ENOENT;

    if (driver)
        driver_put(driver);
    return error;
}

bool driver_has_device(const struct ddi_driver *self, struct ddi_pci device, unsigned bar)
{
    const struct ddi_manifest *manifest = &self->manifest;
    uint32_t class = ddi_pci_read(device, PCI_CLASS) >> 16;

    if (manifest->pci_class != 0 && bar < PCI_BARS
        && class == ((uint32_t)manifest->pci_class << 8 | manifest->pci_subclass))
        return true;
    driver_violates(self, "wants a register of PCI class", class, bar);
    return false;
}

int ddi_of_pci_irq_listen(const struct ddi_driver *self, struct ddi_pci device)
{
    return driver_has_device(self, device, 0) ? driver_listen_pci(driver_of(self), device) : -EPERM;
}

bool driver_may_use_dma(const struct ddi_driver *self)
{
    if (self->manifest.dma == DDI_DMA_NONE)
        driver_violates(self, "wants DMA", 0, 0);
    return self->manifest.dma != DDI_DMA_NONE;
}

int ddi_of_pci_master(const struct ddi_driver *self, struct ddi_pci device, bool on)
{
    struct driver *driver = driver_of(self);

    if (!driver || !driver_has_device(self, device, 0) || !driver_may_use_dma(self))
        return -EPERM;
    int error = on ? driver_dma_prepare(driver, device) : 0;

    if (!error && on && driver->masters.count == DRIVER_MASTERS)
        error = -ENOSPC;
    if (error)
        return error;
    if (on)
        driver->masters.at[driver->masters.count++] = device;
    pci_master(device, on);
    return 0;
}

int ddi_of_pci_ports(const struct ddi_driver *self, struct ddi_pci device, unsigned bar, uint16_t *base)
{
    if (!driver_has_device(self, device, bar))
        return -EPERM;
    if (!dma_lets_ports(self->manifest.dma)) {
        driver_violates(self, "wants ports of its AHCI controller, by BAR", bar, 0);
        return -EPERM;
    }
    struct pci_bar found = pci_bar(device, bar, true);

    if (!found.ports || found.base == 0 || found.bytes == 0)
        return -ENODEV;
    driver_dma_claim(driver_of(self), device);
    *base = (uint16_t)found.base;
    return grant(driver_of(self), bar, *base, (uint16_t)(found.base + found.bytes - 1));
}
