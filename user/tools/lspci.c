/* lspci: what /proc/pci tells (kernel/fs/pci_file.c), with the names of classes. Vendors and devices remain
   numbers. */
#include <stdlib.h>
#include <string.h>

#include "user/tools/common/pci_names.h"
#include "user/tools/tool.h"

#define PCI "/proc/pci"

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
    printf("%s %s%s: %s (rev %02lx)\n", where, pci_class_name(class >> 8), interface_name(class), id,
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
