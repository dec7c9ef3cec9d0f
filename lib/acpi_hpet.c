#include "lib/acpi_hpet.h"

#include "lib/errno.h"

#define TABLE_BYTES 56
#define SPACE       40 /* of the generic address */
#define ADDRESS     44
#define MEMORY      0
#define PAGE        1024u /* of registers, on a boundary of their size */
#define PHYS_MAX    ((1ull << 52) - PAGE)

static int damaged(struct acpi_damage *damage, const char *what, uint64_t value, uint64_t low, uint64_t high)
{
    *damage = (struct acpi_damage){what, value, low, high};
    return -EUCLEAN;
}

int acpi_hpet_parse(struct span table, uint64_t *phys, struct acpi_damage *damage)
{
    if (table.size < TABLE_BYTES)
        return damaged(damage, "HPET length", table.size, TABLE_BYTES, ACPI_HPET_MAX);
    uint64_t at = span_rd64(table, ADDRESS);

    if (span_at(table, SPACE) != MEMORY)
        return damaged(damage, "HPET address space", span_at(table, SPACE), MEMORY, MEMORY);
    if (at == 0 || at > PHYS_MAX || at % PAGE)
        return damaged(damage, "HPET address (a multiple of 1 KiB)", at, PAGE, PHYS_MAX);
    *phys = at;
    return 0;
}
