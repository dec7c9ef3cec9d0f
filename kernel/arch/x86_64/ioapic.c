/*
 * I/O APICs: each has inputs, numbered globally one APIC after the other, and a redirection entry
 * an input. The sixteen ISA lines come in where the MADT says. Intel 82093AA data sheet; two
 * registers, an index and a window, and behind them what is named REG_… .
 */
#include "kernel/arch/arch.h"
#include "kernel/arch/x86_64/irq_controller.h"
#include "kernel/arch/x86_64/lapic.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "lib/errno.h"

#define REGISTERS_BYTES 32
#define AT_INDEX  0x00
#define AT_WINDOW 0x10

#define REG_VERSION 0x01
#define REG_ENTRY(input) (0x10u + 2 * (input)) /* low half; the high one follows */

#define INPUTS_MAX 240

#define ENTRY_NMI    (4u << 8)
#define ENTRY_LOW    (1u << 13)
#define ENTRY_LEVEL  (1u << 15)
#define ENTRY_MASKED (1u << 16)
#define ENTRY_DESTINATION 24 /* in the high half */

struct io_apic {
    volatile uint8_t *registers;
    uint32_t first_line, inputs;
};

/* Where a line comes in. */
struct input {
    const struct io_apic *apic; /* NULL: nowhere */
    uint32_t number;
    uint32_t entry; /* low half, unmasked */
};

static struct io_apic apics[ACPI_IOAPICS_MAX];
static unsigned apic_count;
static struct input lines[ACPI_ISA_IRQS];

static uint32_t read(const struct io_apic *apic, uint32_t at)
{
    *(volatile uint32_t *)(apic->registers + AT_INDEX) = at;
    return *(volatile uint32_t *)(apic->registers + AT_WINDOW);
}

static void write(const struct io_apic *apic, uint32_t at, uint32_t value)
{
    *(volatile uint32_t *)(apic->registers + AT_INDEX) = at;
    *(volatile uint32_t *)(apic->registers + AT_WINDOW) = value;
}

/* ---- finding them ---------------------------------------------------------------------------- */

/* A table could name memory, which writing to would destroy. */
static bool is_memory(uint64_t phys)
{
    const struct boot_info *boot = boot_info();

    for (uint32_t i = 0; i < boot->memory_count; i++) {
        const struct boot_memory_range *range = &boot->memory[i];

        if (range->type != BOOT_MEMORY_RESERVED && phys + REGISTERS_BYTES > range->base
            && phys < range->base + range->length)
            return true;
    }
    return false;
}

static const struct io_apic *owner_of(uint32_t line)
{
    for (unsigned i = 0; i < apic_count; i++)
        if (line >= apics[i].first_line && line - apics[i].first_line < apics[i].inputs)
            return &apics[i];
    return NULL;
}

static const char *add(const struct acpi_ioapic *from)
{
    struct io_apic *apic = &apics[apic_count];
    uint32_t version;

    if (is_memory(from->phys))
        return "there is memory where the MADT has an I/O APIC";
    apic->registers = device_map(from->phys, REGISTERS_BYTES, PAGE_WRITE | PAGE_UNCACHED);
    if (!apic->registers)
        return "no memory to map an I/O APIC";
    version = read(apic, REG_VERSION);
    apic->first_line = from->first_line;
    apic->inputs = (version >> 16 & 0xff) + 1;
    if (version == 0 || version == UINT32_MAX || apic->inputs > INPUTS_MAX)
        return "nothing answers where the MADT has an I/O APIC";
    if (from->first_line > UINT32_MAX - apic->inputs)
        return "the MADT has an I/O APIC's lines beyond the last";
    for (uint32_t line = 0; line < apic->inputs; line++)
        if (owner_of(from->first_line + line))
            return "two I/O APICs in the MADT have the same lines";
    apic_count++;
    return NULL;
}

static void connect(unsigned irq, const struct acpi_line *line)
{
    const struct io_apic *apic = owner_of(line->global);

    if (!line->connected || !apic)
        return;
    lines[irq] = (struct input){
        .apic = apic,
        .number = line->global - apic->first_line,
        .entry = (VECTOR_IRQ + irq) | (line->low ? ENTRY_LOW : 0) | (line->level ? ENTRY_LEVEL : 0),
    };
}

static void mask_all(const struct io_apic *apic)
{
    for (uint32_t input = 0; input < apic->inputs; input++)
        write(apic, REG_ENTRY(input), ENTRY_MASKED);
}

static void connect_nmi(const struct acpi_nmi *nmi, uint32_t destination)
{
    const struct io_apic *apic = owner_of(nmi->global);
    uint32_t at;

    if (!apic)
        return;
    at = REG_ENTRY(nmi->global - apic->first_line);
    write(apic, at + 1, destination << ENTRY_DESTINATION);
    write(apic, at, ENTRY_NMI | (nmi->low ? ENTRY_LOW : 0)); /* NMIs are taken as edges */
}

int ioapic_init(const struct acpi_madt *madt, const char **why)
{
    uint32_t self = apic_id();

    *why = "the MADT has no I/O APIC";
    for (uint32_t i = 0; i < madt->ioapics; i++)
        if ((*why = add(&madt->ioapic[i])))
            return -EINVAL;
    if (apic_count == 0)
        return -EINVAL;
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
        connect(irq, &madt->isa[irq]);
    *why = "the timer's or the keyboard's line is at no I/O APIC";
    if (!lines[0].apic || !lines[1].apic)
        return -EINVAL;
    for (unsigned i = 0; i < apic_count; i++)
        mask_all(&apics[i]);
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
        if (lines[irq].apic)
            write(lines[irq].apic, REG_ENTRY(lines[irq].number) + 1, self << ENTRY_DESTINATION);
    for (uint32_t i = 0; i < madt->nmis; i++)
        connect_nmi(&madt->nmi[i], self);
    log_info("apic", "local APIC %u, %u I/O APIC%s with lines 0 to %u", self, apic_count,
             apic_count == 1 ? "" : "s",
             apics[apic_count - 1].first_line + apics[apic_count - 1].inputs - 1);
    return 0;
}

/* ---- the controller -------------------------------------------------------------------------- */

static void mask(unsigned irq)
{
    const struct input *line = &lines[irq];

    if (line->apic)
        write(line->apic, REG_ENTRY(line->number), line->entry | ENTRY_MASKED);
}

static void unmask(unsigned irq)
{
    const struct input *line = &lines[irq];

    if (line->apic)
        write(line->apic, REG_ENTRY(line->number), line->entry);
    else
        log_warn("apic", "IRQ %u is at no I/O APIC: its device cannot interrupt", irq);
}

static void acknowledge(unsigned irq)
{
    (void)irq;
    apic_acknowledge();
}

/* The local APIC has a vector of its own for what it did not mean: VECTOR_SPURIOUS. */
static bool is_spurious(unsigned irq)
{
    (void)irq;
    return false;
}

static bool is_level(unsigned irq)
{
    return lines[irq].entry & ENTRY_LEVEL;
}

const struct irq_controller ioapic = {
    .name = "APIC",
    .mask = mask,
    .unmask = unmask,
    .acknowledge = acknowledge,
    .is_spurious = is_spurious,
    .is_level = is_level,
};
