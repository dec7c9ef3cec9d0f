#include "user/tools/common/pci_names.h"

#include <stddef.h>
#include <stdint.h>

/* Class and subclass; a class alone, for what has no name here, is 0xff. */
static const struct class {
    uint16_t code;
    const char *name;
} classes[] = {
    {0x0000, "device without a class"}, {0x0001, "VGA controller"},
    {0x0100, "SCSI controller"}, {0x0101, "IDE controller"}, {0x0102, "floppy controller"},
    {0x0104, "RAID controller"}, {0x0105, "ATA controller"}, {0x0106, "SATA controller"},
    {0x0107, "SAS controller"}, {0x0108, "NVM controller"}, {0x01ff, "mass storage controller"},
    {0x0200, "Ethernet controller"}, {0x0201, "token ring controller"}, {0x02ff, "network controller"},
    {0x0300, "VGA controller"}, {0x0301, "XGA controller"}, {0x0302, "3D controller"},
    {0x03ff, "display controller"},
    {0x0400, "video device"}, {0x0401, "audio device"}, {0x0402, "telephony device"},
    {0x0403, "HD audio device"}, {0x04ff, "multimedia device"},
    {0x0500, "RAM"}, {0x0501, "flash memory"}, {0x05ff, "memory controller"},
    {0x0600, "host bridge"}, {0x0601, "ISA bridge"}, {0x0602, "EISA bridge"}, {0x0603, "MCA bridge"},
    {0x0604, "PCI bridge"}, {0x0605, "PCMCIA bridge"}, {0x0607, "CardBus bridge"}, {0x0609, "PCI bridge"},
    {0x06ff, "bridge"},
    {0x0700, "serial controller"}, {0x0701, "parallel controller"}, {0x0702, "multiport serial controller"},
    {0x0703, "modem"}, {0x07ff, "communication controller"},
    {0x0800, "interrupt controller"}, {0x0801, "DMA controller"}, {0x0802, "timer"},
    {0x0803, "real-time clock"}, {0x0805, "SD host controller"}, {0x0806, "IOMMU"}, {0x08ff, "system device"},
    {0x0900, "keyboard controller"}, {0x0902, "mouse controller"}, {0x09ff, "input device"},
    {0x0aff, "docking station"}, {0x0bff, "processor"},
    {0x0c00, "FireWire controller"}, {0x0c03, "USB controller"}, {0x0c04, "Fibre Channel controller"},
    {0x0c05, "SMBus controller"}, {0x0cff, "serial bus controller"},
    {0x0d11, "Bluetooth controller"}, {0x0dff, "wireless controller"}, {0x0eff, "intelligent controller"},
    {0x0fff, "satellite controller"}, {0x10ff, "encryption device"}, {0x11ff, "signal processing device"},
    {0x12ff, "accelerator"}, {0x13ff, "instrumentation"},
};

const char *pci_class_name(unsigned code)
{
    for (unsigned turn = 0; turn < 2; turn++, code |= 0xff)
        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
            if (classes[i].code == code)
                return classes[i].name;
    return "device";
}
