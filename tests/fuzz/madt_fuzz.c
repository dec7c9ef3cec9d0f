/* Fuzz ACPI's tables. The input: a byte whose bit 0 asks for length and checksum to be put right
   (so that damage behind them is reached) and whose bits 1–2 choose RSDP area, root table or MADT.
   */
/* links: lib/acpi.c lib/acpi_explain.c */
/* options: -max_len=600 */
#include "lib/acpi.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

static struct acpi_damage damage;

static void is_explained(void)
{
    char text[200];

    acpi_explain(&damage, text, sizeof(text));
    must(strlen(text) > 10);
}

static void put_right(uint8_t *table, size_t size)
{
    uint8_t sum = 0;

    memcpy(table, "APIC", 4);
    wr32(table + 4, (uint32_t)size);
    table[9] = 0;
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)(sum + table[i]);
    table[9] = (uint8_t)-sum;
}

static void area(const uint8_t *bytes, size_t size)
{
    struct acpi_rsdp rsdp;
    int64_t at = acpi_find_rsdp(bytes, size);

    if (at < 0)
        return;
    must(at % 16 == 0 && (uint64_t)at + ACPI_RSDP_1_BYTES <= size);
    if (acpi_rsdp_parse(bytes + at, size - (size_t)at, &rsdp, &damage))
        is_explained();
    else
        must(rsdp.root_phys != 0);
}

static void root(const uint8_t *table, uint32_t length)
{
    uint64_t any = 0; /* what is read is used */

    for (uint8_t bytes = 4; bytes <= 8; bytes = (uint8_t)(bytes + 4))
        for (uint32_t i = 0; i <= acpi_root_entries(length, bytes); i++)
            any |= acpi_root_entry(table, length, bytes, i);
    must(any == 0 || length > ACPI_HEADER_BYTES);
    must(acpi_root_entry(table, length, 8, acpi_root_entries(length, 8)) == 0);
}

static void madt(const uint8_t *table, uint32_t length)
{
    static struct acpi_madt found;

    if (acpi_madt_parse(table, length, &found, &damage)) {
        is_explained();
        return;
    }
    must(found.cpus <= ACPI_CPUS_MAX && found.ioapics <= ACPI_IOAPICS_MAX);
    must(found.nmis <= ACPI_NMIS_MAX && found.local_nmis <= ACPI_NMIS_MAX);
    must(found.local_apic_phys != 0 && found.local_apic_phys % 4096 == 0);
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
        for (unsigned other = 0; other < irq; other++)
            must(!found.isa[irq].connected || !found.isa[other].connected
                 || found.isa[irq].global != found.isa[other].global);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    uint32_t length = 0;

    if (size < 1)
        return 0;
    uint8_t choice = bytes[0], *copy = exact_copy(bytes + 1, size - 1);
    size--;
    if (choice >> 1 == 0) {
        area(copy, size);
    } else if (size >= ACPI_HEADER_BYTES) {
        if (choice & 1)
            put_right(copy, size);
        int error = acpi_header_parse(copy, "APIC", &length, &damage);
        must(error == 0 || error == -ENOENT || error == -EUCLEAN);
        if (!error && length <= size && !acpi_table_check(copy, length, &damage))
            (choice >> 1 == 1 ? root : madt)(copy, length);
    }
    free(copy);
    return 0;
}
