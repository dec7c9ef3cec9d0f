/*
 * What the kernel's build puts before each source of a driver (kernel.mk): its accesses to ports say whose
 * they are. DDI_SELF is the driver's name in C, ddi_driver_NAME.
 */
#pragma once

#ifdef DDI_SELF
#define DDI_DRIVER                                                                                   \
    const struct ddi_driver DDI_SELF;                                                                \
    const struct ddi_driver *const self_entry(DDI_SELF) __attribute__((section(".drivers"), used)) = \
        &DDI_SELF;                                                                                   \
    const struct ddi_driver DDI_SELF
#define self_entry(name)      self_entry_named(name)
#define self_entry_named(name) entry_of_##name
#endif

#include "drivers/ddi.h"

uint32_t ddi_of_in(const struct ddi_driver *self, uint16_t port, unsigned bytes);
void ddi_of_out(const struct ddi_driver *self, uint16_t port, unsigned bytes, uint32_t value);
void ddi_of_in_block(const struct ddi_driver *self, uint16_t port, unsigned bytes, void *to, size_t count);
void ddi_of_out_block(const struct ddi_driver *self, uint16_t port, unsigned bytes, const void *from,
                      size_t count);
int ddi_of_pci_ports(const struct ddi_driver *self, struct ddi_pci device, unsigned bar, uint16_t *base)
    must_check;
int ddi_of_pci_map(const struct ddi_driver *self, struct ddi_pci device, unsigned bar,
                   struct ddi_mmio *registers) must_check;
int ddi_of_pci_irq_listen(const struct ddi_driver *self, struct ddi_pci device) must_check;
void ddi_of_mmio_write32(const struct ddi_driver *self, const struct ddi_mmio *registers, uint32_t offset,
                         uint32_t value);
void *ddi_of_dma_page(const struct ddi_driver *self) must_check;
int ddi_of_dma_table(const struct ddi_driver *self, struct ddi_pci device, unsigned part,
                     struct ddi_table *table) must_check;
int ddi_of_dma_order(const struct ddi_driver *self, const struct ddi_table *table, unsigned slot,
                     const struct ddi_order *order) must_check;
int ddi_of_irq_bind(const struct ddi_driver *self, unsigned irq, const char *name, ddi_irq_handler *handler,
                    void *context) must_check;
int ddi_of_irq_listen(const struct ddi_driver *self, unsigned irq) must_check;
uint32_t ddi_of_irq_wait(const struct ddi_driver *self, uint32_t us);
size_t ddi_of_irq_values(const struct ddi_driver *self, uint8_t *values, size_t size) must_check;
int ddi_of_pci_master(const struct ddi_driver *self, struct ddi_pci device, bool on) must_check;
int ddi_of_disk_register(const struct ddi_driver *self, struct disk *disk, const char *prefix) must_check;
bool ddi_of_disk_next(const struct ddi_driver *self, const struct disk *disk, struct ddi_request *request)
    must_check;
void ddi_of_disk_done(const struct ddi_driver *self, unsigned number, int result);
int ddi_of_screen(const struct ddi_driver *self, struct ddi_screen *screen) must_check;
int ddi_of_tone(const struct ddi_driver *self, uint32_t hz) must_check;
void ddi_of_timer(const struct ddi_driver *self, uint32_t us);
void ddi_of_keep(const struct ddi_driver *self, uint64_t word);
uint64_t ddi_of_kept(const struct ddi_driver *self);
bool ddi_of_claim(const struct ddi_driver *self, bool mine);
bool ddi_of_vmware(const struct ddi_driver *self, uint8_t command, struct ddi_vmware *registers) must_check;
void ddi_of_serial_give(const struct ddi_driver *self, unsigned port, const uint8_t *bytes, size_t size,
                        struct ddi_serial *line);
size_t ddi_of_serial_send(const struct ddi_driver *self, unsigned port, uint16_t to, size_t most);

#ifdef DDI_SELF
extern const struct ddi_driver DDI_SELF;
#define ddi_in(port, bytes)                   ddi_of_in(&DDI_SELF, port, bytes)
#define ddi_out(port, bytes, value)           ddi_of_out(&DDI_SELF, port, bytes, value)
#define ddi_in_block(port, bytes, to, count)  ddi_of_in_block(&DDI_SELF, port, bytes, to, count)
#define ddi_out_block(port, bytes, from, count) ddi_of_out_block(&DDI_SELF, port, bytes, from, count)
#define ddi_pci_ports(device, bar, base)      ddi_of_pci_ports(&DDI_SELF, device, bar, base)
#define ddi_pci_map(device, bar, registers)   ddi_of_pci_map(&DDI_SELF, device, bar, registers)
#define ddi_pci_irq_listen(device)            ddi_of_pci_irq_listen(&DDI_SELF, device)
#define ddi_mmio_write32(registers, offset, value) ddi_of_mmio_write32(&DDI_SELF, registers, offset, value)
#define ddi_dma_page()                        ddi_of_dma_page(&DDI_SELF)
#define ddi_dma_table(device, part, table)    ddi_of_dma_table(&DDI_SELF, device, part, table)
#define ddi_dma_order(table, slot, order)     ddi_of_dma_order(&DDI_SELF, table, slot, order)
#define ddi_irq_listen(irq)                   ddi_of_irq_listen(&DDI_SELF, irq)
#define ddi_irq_wait(us)                      ddi_of_irq_wait(&DDI_SELF, us)
#define ddi_irq_values(values, size)          ddi_of_irq_values(&DDI_SELF, values, size)
#define ddi_pci_master(device, on)            ddi_of_pci_master(&DDI_SELF, device, on)
#define ddi_disk_register(disk, prefix)       ddi_of_disk_register(&DDI_SELF, disk, prefix)
#define ddi_disk_next(disk, request)          ddi_of_disk_next(&DDI_SELF, disk, request)
#define ddi_disk_done(number, result)         ddi_of_disk_done(&DDI_SELF, number, result)
#define ddi_screen(screen)                    ddi_of_screen(&DDI_SELF, screen)
#define ddi_tone(hz)                          ddi_of_tone(&DDI_SELF, hz)
#define ddi_timer(us)                         ddi_of_timer(&DDI_SELF, us)
#define ddi_keep(word)                        ddi_of_keep(&DDI_SELF, word)
#define ddi_kept()                            ddi_of_kept(&DDI_SELF)
#define ddi_claim(mine)                       ddi_of_claim(&DDI_SELF, mine)
#define ddi_vmware(command, registers)        ddi_of_vmware(&DDI_SELF, command, registers)
#define ddi_serial_give(port, bytes, size, line) ddi_of_serial_give(&DDI_SELF, port, bytes, size, line)
#define ddi_serial_send(port, to, most)       ddi_of_serial_send(&DDI_SELF, port, to, most)
#define ddi_irq_bind(irq, name, handler, context) ddi_of_irq_bind(&DDI_SELF, irq, name, handler, context)
#endif
