/* Configuration space, of a device that remembers, by ports and in memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "drivers/pci/config.h"

static const struct ddi_pci device = {3, 31, 7};
static uint32_t address, data;
static uint32_t at, in_memory;

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 4);
    if (port == 0xcf8) {
        address = value;
    } else {
        assert_int_equal(port, 0xcfc);
        data = value;
    }
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 4);
    assert_int_equal(port, 0xcfc);
    return data;
}

uint32_t ddi_mmio_read32(const struct ddi_mmio *registers, uint32_t offset)
{
    assert_in_range(offset, 0, registers->bytes - 4);
    at = offset;
    return in_memory;
}

void ddi_mmio_write32(const struct ddi_mmio *registers, uint32_t offset, uint32_t value)
{
    assert_in_range(offset, 0, registers->bytes - 4);
    at = offset;
    in_memory = value;
}

static void by_ports(void **state)
{
    (void)state;
    data = 0x12378086;
    assert_int_equal(pci_ports_read(device, 0xfd), 0x12378086);
    assert_int_equal(address, 0x8003fffc); /* bus 3, device 31, function 7, register FCh */
    pci_ports_write(device, 4, 7);
    assert_int_equal(address, 0x8003ff04);
    assert_int_equal(data, 7);
}

static void in_its_page(void **state)
{
    const struct ddi_mmio bus = {NULL, PCI_BUS_BYTES};

    (void)state;
    in_memory = 0x29228086;
    assert_int_equal(pci_memory_read(&bus, device, 0xfe), 0x29228086);
    assert_int_equal(at, 31 * 0x8000 + 7 * 0x1000 + 0xfc);
    pci_memory_write(&bus, (struct ddi_pci){3, 1, 2}, 4, 6);
    assert_int_equal(at, 0x8000 + 0x2000 + 4);
    assert_int_equal(in_memory, 6);
    assert_int_equal(pci_memory_read(&bus, (struct ddi_pci){0, 0xff, 0xff}, 0xff), 6); /* never outside */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_ports),
        cmocka_unit_test(in_its_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
