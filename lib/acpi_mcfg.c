#include "lib/acpi_mcfg.h"

#include "lib/errno.h"

#define AREAS      44 /* header, 8 bytes reserved */
#define AREA_BYTES 16
#define SEGMENT    8
#define FIRST_BUS  10
#define LAST_BUS   11
#define BUS_BYTES  0x100000u
#define PHYS_MAX   ((1ull << 52) - 256ull * BUS_BYTES)

static int damaged(struct acpi_damage *damage, const char *what, uint64_t value, uint64_t low, uint64_t high)
{
    *damage = (struct acpi_damage){what, value, low, high};
    return -EUCLEAN;
}

static int parse_area(struct span area, struct acpi_mcfg *mcfg, struct acpi_damage *damage)
{
    uint64_t phys = span_rd64(area, 0);
    uint8_t first = span_at(area, FIRST_BUS), last = span_at(area, LAST_BUS);

    if (phys == 0 || phys > PHYS_MAX || phys % BUS_BYTES)
        return damaged(damage, "MCFG address (a multiple of 1 MiB)", phys, BUS_BYTES, PHYS_MAX);
    if (last < first)
        return damaged(damage, "MCFG last bus", last, first, 255);
    *mcfg = (struct acpi_mcfg){phys, first, last};
    return 0;
}

int acpi_mcfg_parse(struct span table, struct acpi_mcfg *mcfg, struct acpi_damage *damage)
{
    if (table.size < AREAS)
        return damaged(damage, "MCFG length", table.size, AREAS, ACPI_MCFG_MAX);
    for (size_t at = AREAS; table.size - at >= AREA_BYTES; at += AREA_BYTES) {
        struct span area = span_part(table, at, AREA_BYTES);

        if (span_rd16(area, SEGMENT) == 0)
            return parse_area(area, mcfg, damage);
    }
    return -ENOENT;
}
