#include "kernel/core/driver/manifest.h"

#include "lib/printf.h"
#include "lib/span.h"
#include "lib/string.h"

#define NAME_MAX 15u

static const struct kept {
    uint16_t first, last;
    const char *what;
} kept[] = {
    {0x20, 0x21, "the PIC"},     {0x40, 0x43, "the PIT"},      {0x70, 0x71, "the CMOS"},
    {0x92, 0x92, "port 92h"},    {0xa0, 0xa1, "the PIC"},      {0xe9, 0xe9, "the debug console"},
    {0xf4, 0xf4, "debug exit"},  {0x4d0, 0x4d1, "the PIC"},    {0xcf8, 0xcff, "PCI configuration"},
};

static bool is_used(const struct ddi_ports *ports)
{
    return ports->first != 0 || ports->last != 0;
}

static bool meet(uint16_t first, uint16_t last, const struct ddi_ports *ports)
{
    return is_used(ports) && first <= ports->last && ports->first <= last;
}

static int check_ports(const struct ddi_manifest *manifest, const struct ddi_ports *ports,
                       char why[MANIFEST_WHY])
{
    if (ports->first > ports->last) {
        (void)snprintf(why, MANIFEST_WHY, "ports 0x%x to 0x%x", ports->first, ports->last);
        return -EINVAL;
    }
    if (ports->values_size > 0 && !ports->values) {
        (void)snprintf(why, MANIFEST_WHY, "port 0x%x: %u values, but no list", ports->first,
                       ports->values_size);
        return -EINVAL;
    }
    for (unsigned i = 0; i < array_length(kept) && !manifest->built_in; i++) {
        if (meet(kept[i].first, kept[i].last, ports)) {
            (void)snprintf(why, MANIFEST_WHY, "ports 0x%x to 0x%x: %s is the kernel's", ports->first,
                           ports->last, kept[i].what);
            return -EINVAL;
        }
    }
    return 0;
}

/* They go into the log, to terminals, and into paths. */
static bool is_name(const char *name)
{
    struct text text = text_of_string(name);
    size_t i = 0;

    for (char c; (c = text_at(text, i)) != '\0'; i++)
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_'
            && c != '-')
            return false;
    return true;
}

static const struct ddi_ports *range_of(const struct ddi_manifest *manifest, uint16_t port, unsigned bytes)
{
    for (unsigned i = 0; i < DDI_RANGES_MAX; i++) {
        const struct ddi_ports *ports = &manifest->ports[i];

        if (is_used(ports) && port >= ports->first && port <= ports->last
            && bytes - 1 <= (unsigned)(ports->last - port))
            return ports;
    }
    return NULL;
}

static bool is_among(const struct ddi_ports *ports, uint8_t value)
{
    struct text values = text_of(ports->values, ports->values_size);

    for (size_t i = 0; i < values.size; i++)
        if ((uint8_t)text_at(values, i) == value)
            return true;
    return false;
}

static bool is_written(const struct ddi_ports *ports, unsigned bytes, uint32_t value)
{
    if (!ports || !ports->values)
        return false;
    for (; ports->values_size > 0 && bytes > 0; bytes--, value >>= 8)
        if (!is_among(ports, (uint8_t)value))
            return false;
    return true;
}

/* The interrupt program reaches what the driver may, and the ports that are its alone. */
static int check_step(const struct ddi_manifest *manifest, const struct ddi_step *step,
                      char why[MANIFEST_WHY])
{
    bool reads = step->does == DDI_STEP_READ || step->does == DDI_STEP_KEEP;
    bool good = step->does <= DDI_STEP_LACKS;

    if (reads)
        good = range_of(manifest, step->port, 1) != NULL;
    else if (step->does == DDI_STEP_WRITE)
        good = is_written(range_of(manifest, step->port, 1), 1, step->value);
    if (!good)
        (void)snprintf(why, MANIFEST_WHY, "an interrupt step %u of port 0x%x, value 0x%x", step->does,
                       step->port, step->value);
    return good ? 0 : -EINVAL;
}

int manifest_check(const struct ddi_manifest *manifest, char why[MANIFEST_WHY])
{
    int error = 0;

    if (manifest->version != DDI_VERSION) {
        (void)snprintf(why, MANIFEST_WHY, "interface version %u, this kernel has %u", manifest->version,
                       DDI_VERSION);
        return -EINVAL;
    }
    if (!manifest->name || strlen(manifest->name) == 0 || strlen(manifest->name) > NAME_MAX) {
        (void)snprintf(why, MANIFEST_WHY, "a name has 1 to %u characters", NAME_MAX);
        return -EINVAL;
    }
    if (!is_name(manifest->name)) {
        (void)snprintf(why, MANIFEST_WHY, "a name has letters, digits, - and _");
        return -EINVAL;
    }
    if ((unsigned)manifest->placement >= DDI_PLACEMENTS) {
        (void)snprintf(why, MANIFEST_WHY, "placement %u", (unsigned)manifest->placement);
        return -EINVAL;
    }
    if ((unsigned)manifest->dma >= DDI_DMA_KINDS) {
        (void)snprintf(why, MANIFEST_WHY, "DMA by tables of kind %u", (unsigned)manifest->dma);
        return -EINVAL;
    }
    for (unsigned i = 0; i < DDI_RANGES_MAX && !error; i++)
        if (is_used(&manifest->ports[i]))
            error = check_ports(manifest, &manifest->ports[i], why);
    for (unsigned i = 0; i < DDI_STEPS_MAX && !error; i++)
        error = check_step(manifest, &manifest->steps[i], why);
    return error;
}

bool manifest_share(const struct ddi_manifest *a, const struct ddi_manifest *b)
{
    return a->shares && b->shares && strcmp(a->shares, b->shares) == 0;
}

int manifest_overlap(const struct ddi_manifest *a, const struct ddi_manifest *b, char why[MANIFEST_WHY])
{
    unsigned lines = a->irqs & b->irqs, line = 0;

    if (strcmp(a->name, b->name) == 0) {
        (void)snprintf(why, MANIFEST_WHY, "there is a driver %s already", a->name);
        return -EBUSY;
    }
    for (unsigned i = 0; i < DDI_RANGES_MAX && !manifest_share(a, b); i++) {
        for (unsigned k = 0; k < DDI_RANGES_MAX && is_used(&a->ports[i]); k++) {
            if (meet(a->ports[i].first, a->ports[i].last, &b->ports[k])) {
                (void)snprintf(why, MANIFEST_WHY, "ports 0x%x to 0x%x are also %s's", a->ports[i].first,
                               a->ports[i].last, b->name);
                return -EBUSY;
            }
        }
    }
    if (lines) {
        while (!(lines & 1u << line))
            line++;
        (void)snprintf(why, MANIFEST_WHY, "irq %u is also %s's", line, b->name);
        return -EBUSY;
    }
    if (a->pci_class && a->pci_class == b->pci_class && a->pci_subclass == b->pci_subclass) {
        (void)snprintf(why, MANIFEST_WHY, "PCI class %02x%02x is also %s's", a->pci_class, a->pci_subclass,
                       b->name);
        return -EBUSY;
    }
    return 0;
}

static bool is_steps_only(const struct ddi_manifest *manifest, const struct ddi_ports *ports)
{
    for (unsigned i = 0; i < DDI_RANGES_MAX; i++)
        if (ports == &manifest->ports[i])
            return manifest->steps_only >> i & 1;
    return false;
}

bool manifest_may_read(const struct ddi_manifest *manifest, uint16_t port, unsigned bytes)
{
    const struct ddi_ports *ports = range_of(manifest, port, bytes);

    return ports && !is_steps_only(manifest, ports);
}

bool manifest_may_write(const struct ddi_manifest *manifest, uint16_t port, unsigned bytes, uint32_t value)
{
    const struct ddi_ports *ports = range_of(manifest, port, bytes);

    return is_written(ports, bytes, value) && !is_steps_only(manifest, ports);
}

uint64_t manifest_memory(const struct ddi_manifest *manifest)
{
    return 1024ull * (manifest->memory_kb ? manifest->memory_kb : DDI_MEMORY_KB);
}
