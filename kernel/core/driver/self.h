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

uint8_t ddi_of_in8(const struct ddi_driver *self, uint16_t port);
uint16_t ddi_of_in16(const struct ddi_driver *self, uint16_t port);
uint32_t ddi_of_in32(const struct ddi_driver *self, uint16_t port);
void ddi_of_out8(const struct ddi_driver *self, uint16_t port, uint8_t value);
void ddi_of_out16(const struct ddi_driver *self, uint16_t port, uint16_t value);
void ddi_of_out32(const struct ddi_driver *self, uint16_t port, uint32_t value);
void ddi_of_in16_block(const struct ddi_driver *self, uint16_t port, void *to, size_t words);
void ddi_of_in32_block(const struct ddi_driver *self, uint16_t port, void *to, size_t dwords);
void ddi_of_out16_block(const struct ddi_driver *self, uint16_t port, const void *from, size_t words);
void ddi_of_out32_block(const struct ddi_driver *self, uint16_t port, const void *from, size_t dwords);
int ddi_of_pci_ports(const struct ddi_driver *self, struct ddi_pci device, unsigned bar, uint16_t *base)
    must_check;
int ddi_of_pci_map(const struct ddi_driver *self, struct ddi_pci device, unsigned bar,
                   struct ddi_mmio *registers) must_check;
int ddi_of_pci_irq_listen(const struct ddi_driver *self, struct ddi_pci device) must_check;
int ddi_of_dma_pieces(const struct ddi_driver *self, const void *memory, size_t bytes,
                      struct ddi_pieces *pieces) must_check;
void *ddi_of_dma_page(const struct ddi_driver *self, uint64_t *address) must_check;
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
#define ddi_in8(port)                         ddi_of_in8(&DDI_SELF, port)
#define ddi_in16(port)                        ddi_of_in16(&DDI_SELF, port)
#define ddi_in32(port)                        ddi_of_in32(&DDI_SELF, port)
#define ddi_out8(port, value)                 ddi_of_out8(&DDI_SELF, port, value)
#define ddi_out16(port, value)                ddi_of_out16(&DDI_SELF, port, value)
#define ddi_out32(port, value)                ddi_of_out32(&DDI_SELF, port, value)
#define ddi_in16_block(port, to, words)       ddi_of_in16_block(&DDI_SELF, port, to, words)
#define ddi_in32_block(port, to, dwords)      ddi_of_in32_block(&DDI_SELF, port, to, dwords)
#define ddi_out16_block(port, from, words)    ddi_of_out16_block(&DDI_SELF, port, from, words)
#define ddi_out32_block(port, from, dwords)   ddi_of_out32_block(&DDI_SELF, port, from, dwords)
#define ddi_pci_ports(device, bar, base)      ddi_of_pci_ports(&DDI_SELF, device, bar, base)
#define ddi_pci_map(device, bar, registers)   ddi_of_pci_map(&DDI_SELF, device, bar, registers)
#define ddi_pci_irq_listen(device)            ddi_of_pci_irq_listen(&DDI_SELF, device)
#define ddi_dma_pieces(memory, bytes, pieces) ddi_of_dma_pieces(&DDI_SELF, memory, bytes, pieces)
#define ddi_dma_page(address)                 ddi_of_dma_page(&DDI_SELF, address)
#define ddi_irq_listen(irq)                   ddi_of_irq_listen(&DDI_SELF, irq)
#define ddi_irq_wait(us)                      ddi_of_irq_wait(&DDI_SELF, us)
#define ddi_irq_values(values, size)          ddi_of_irq_values(&DDI_SELF, values, size)
#define ddi_pci_master(device, on)            ddi_of_pci_master(&DDI_SELF, device, on)
#define ddi_disk_register(disk, prefix)       ddi_of_disk_register(&DDI_SELF, disk, prefix)
#define ddi_disk_next(disk, request)          ddi_of_disk_next(&DDI_SELF, disk, request)
#define ddi_disk_done(number, result)         ddi_of_disk_done(&DDI_SELF, number, result)
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
