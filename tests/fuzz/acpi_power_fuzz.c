/* Fuzz what ACPI's tables say about leaving and PCI. The input: a byte that chooses AML, FADT or MCFG, then
   the table. */
/* links: lib/acpi_power.c lib/acpi_mcfg.c lib/acpi_explain.c */
/* options: -max_len=400 */
#include "lib/acpi_mcfg.h"
#include "lib/acpi_power.h"
#include "lib/errno.h"
#include "tests/fuzz/fuzz.h"

static void is_explained(const struct acpi_damage *damage)
{
    char text[200];

    acpi_explain(damage, text, sizeof(text));
    must(strlen(text) > 10);
}

static void fadt(struct span table)
{
    struct acpi_power power = {0};
    struct acpi_damage damage = {0};
    int error = acpi_fadt_parse(table, &power, &damage);

    must(error == 0 || error == -EUCLEAN);
    if (error)
        is_explained(&damage);
    must(!power.has_s5);
}

static void aml(struct span table)
{
    struct acpi_power power = {0};
    int error = acpi_find_s5(table, &power);

    must(error == 0 || error == -ENOENT);
    must(power.has_s5 == !error);
    must(power.s5_a <= ACPI_SLEEP_TYPE_MAX && power.s5_b <= ACPI_SLEEP_TYPE_MAX);
}

static void mcfg(struct span table)
{
    struct acpi_mcfg found = {0};
    struct acpi_damage damage = {0};
    int error = acpi_mcfg_parse(table, &found, &damage);

    must(error == 0 || error == -EUCLEAN || error == -ENOENT);
    if (error == -EUCLEAN)
        is_explained(&damage);
    if (!error)
        must(found.phys && found.phys % 0x100000 == 0 && found.first_bus <= found.last_bus);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const parsers[])(struct span) = {aml, fadt, mcfg};

    if (size < 1)
        return 0;
    uint8_t *copy = exact_copy(bytes + 1, size - 1);

    parsers[bytes[0] % 3](span_of(copy, size - 1));
    free(copy);
    return 0;
}
