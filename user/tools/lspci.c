/* lspci: what /proc/pci tells (kernel/fs/pci_file.c), with the names of classes. Those are of the PCI Code
   and ID Assignment Specification 1.11; vendors and devices remain numbers. */
#include <stdlib.h>
#include <string.h>

#include "user/tools/tool.h"

#define PCI "/proc/pci"

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

static const char *class_name(unsigned code)
{
    for (unsigned turn = 0; turn < 2; turn++, code |= 0xff)
        for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
            if (classes[i].code == code)
                return classes[i].name;
    return "device";
}

/* The last byte of the class says how a controller is programmed. */
static const char *interface_name(unsigned class)
{
    switch (class) {
    case 0x010601: return " (AHCI)";
    case 0x010802: return " (NVMe)";
    case 0x0c0300: return " (UHCI)";
    case 0x0c0310: return " (OHCI)";
    case 0x0c0320: return " (EHCI)";
    case 0x0c0330: return " (xHCI)";
    default: return "";
    }
}

static const char *capability_name(unsigned number)
{
    static const char *const names[] = {
        [1] = "power management", [2] = "AGP", [3] = "vital product data", [5] = "MSI", [7] = "PCI-X",
        [8] = "HyperTransport", [9] = "of the vendor", [10] = "debug port", [13] = "bridge subsystem",
        [16] = "PCI Express", [17] = "MSI-X", [18] = "SATA", [19] = "advanced features",
    };

    return number < sizeof(names) / sizeof(names[0]) && names[number] ? names[number] : NULL;
}

/* ---- the words of a line ----------------------------------------------------------------------- */

/* What stands behind " NAME=", as a number. */
static unsigned long field(const char *line, const char *name)
{
    char *word = take_text(" %s=", name);
    const char *at = strstr(line, word);
    unsigned long value = at ? strtoul(at + strlen(word), NULL, 16) : 0;

    free(word);
    return value;
}

static void print_bar(const char *word)
{
    unsigned long long base, bytes;
    unsigned bar;
    char kind[12], size[HUMAN_BYTES];

    if (sscanf(word, "bar%u=%11[^,],%llx,%llx", &bar, kind, &base, &bytes) != 4)
        return;
    if (strcmp(kind, "io") == 0)
        printf("    %u: ports %04llx, %llu\n", bar, base, bytes);
    else
        printf("    %u: memory %llx, %s%s%s%s\n", bar, base, human(bytes, size), bytes ? "" : " (not known)",
               strstr(kind, "64") ? ", 64 bits" : "", strchr(kind, 'p') ? ", prefetchable" : "");
}

static void print_capability(const char *word)
{
    unsigned number, value;

    if (sscanf(word, "cap=%x,%x", &number, &value) != 2)
        return;
    const char *name = capability_name(number);

    if (name)
        printf("    capability %s", name);
    else
        printf("    capability %02x", number);
    if (number == 5)
        printf(", %u message%s, %s", 1u << (value >> 1 & 7), value >> 1 & 7 ? "s" : "",
               value & 1 ? "on" : "off");
    if (number == 17)
        printf(", %u messages, %s", (value & 0x7ff) + 1, value & 0x8000 ? "on" : "off");
    printf("\n");
}

static void print_more(char *line)
{
    static const char *const spaces[] = {"nothing", "ports", "memory", "ports and memory"};
    unsigned long command = field(line, "command"), pin = field(line, "pin");

    printf("    answers to %s%s\n", spaces[command & 3], command & 4 ? ", bus master" : "");
    if (pin)
        printf("    interrupt pin %c, line %lu\n", (int)('A' + (pin - 1) % 4), field(line, "line"));
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
        unsigned first, last;

        print_bar(word);
        print_capability(word);
        if (sscanf(word, "bus=%x-%x", &first, &last) == 2)
            printf("    bridge to bus %02x, the last behind it %02x\n", first, last);
    }
}

static void print_function(char *line, bool verbose)
{
    char where[16], id[16];
    unsigned class = (unsigned)field(line, "class");

    if (sscanf(line, "%15s %15s", where, id) != 2)
        return;
    printf("%s %s%s: %s (rev %02lx)\n", where, class_name(class >> 8), interface_name(class), id,
           field(line, "rev"));
    if (verbose)
        print_more(line);
}

static int lspci(struct words *words)
{
    bool verbose = false;

    for (int c; (c = option(words, "v"));)
        verbose = true;
    need_operands(words, 0, 0);
    FILE *file = fopen(PCI, "r");

    if (!file)
        return failed(PCI);
    for (char *line; (line = next_line(file, NULL, NULL));)
        print_function(line, verbose);
    fclose(file);
    return finish_output();
}

TOOL(lspci, "lspci", "[-v]", "list the PCI devices: place, class, vendor:device",
     "  -v  what they answer to, their interrupt, registers and capabilities\n")
