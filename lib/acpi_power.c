/* The FADT, and S5: see acpi_power.h. Numbers in brackets are sections of ACPI 6.4. */
#include "lib/acpi_power.h"

#include "lib/errno.h"

/* ---- FADT [5.2.9] ---------------------------------------------------------------------------- */

#define DSDT        40
#define SMI_CMD     48
#define ACPI_ENABLE 52
#define PM1A_CNT    64
#define PM1B_CNT    68
#define FLAGS       112
#define FADT_BYTES  116 /* ACPI 1.0's: up to the flags */
#define RESET_REG   116
#define RESET_VALUE 128
#define X_DSDT      140
#define X_PM1A_CNT  172
#define X_PM1B_CNT  184

#define RESET_REG_SUP   (1u << 10)
#define HW_REDUCED_ACPI (1u << 20) /* no PM1 registers, whatever their fields say */

/* Generic address structure [5.2.3.2]. */
#define GAS_BYTES   12
#define GAS_PORTS   1
#define GAS_ADDRESS 4

#define PORT_MAX 0xfffe /* of a register of two bytes */

/* A field beyond the table's end is 0. */
static uint64_t field64(struct span table, size_t at)
{
    return at + 8 <= table.size ? span_rd64(table, at) : 0;
}

/* The port that a generic address names; 0: none, or it is no port. */
static uint64_t generic(struct span table, size_t at)
{
    if (at + GAS_BYTES > table.size || span_at(table, at) != GAS_PORTS)
        return 0;
    return field64(table, at + GAS_ADDRESS);
}

static int take_port(uint64_t port, uint16_t *to, const char *what, struct acpi_damage *damage)
{
    if (port > PORT_MAX) {
        *damage = (struct acpi_damage){what, port, 0, PORT_MAX};
        return -EUCLEAN;
    }
    *to = (uint16_t)port;
    return 0;
}

/* The newer field, when it names a port. */
static int take_pm1(struct span table, size_t at, size_t newer, uint16_t *to, struct acpi_damage *damage)
{
    uint64_t port = generic(table, newer);

    return take_port(port ? port : span_rd32(table, at), to, "FADT PM1 control port", damage);
}

int acpi_fadt_parse(struct span table, struct acpi_power *power, struct acpi_damage *damage)
{
    if (table.size < FADT_BYTES) {
        *damage = (struct acpi_damage){"FADT length", table.size, FADT_BYTES, ACPI_FADT_MAX};
        return -EUCLEAN;
    }
    uint32_t flags = span_rd32(table, FLAGS);
    struct acpi_power found = {.dsdt_phys = field64(table, X_DSDT), .enable = span_at(table, ACPI_ENABLE)};
    int error = take_port(span_rd32(table, SMI_CMD), &found.smi_command, "FADT SMI command port", damage);

    if (!found.dsdt_phys)
        found.dsdt_phys = span_rd32(table, DSDT);
    if (!error && !(flags & HW_REDUCED_ACPI))
        error = take_pm1(table, PM1A_CNT, X_PM1A_CNT, &found.pm1a, damage);
    if (!error && !(flags & HW_REDUCED_ACPI))
        error = take_pm1(table, PM1B_CNT, X_PM1B_CNT, &found.pm1b, damage);
    if (!error && flags & RESET_REG_SUP && RESET_VALUE < table.size) {
        error = take_port(generic(table, RESET_REG), &found.reset, "FADT reset port", damage);
        found.reset_value = span_at(table, RESET_VALUE);
    }
    if (error)
        return error;
    found.has_s5 = power->has_s5;
    found.s5_a = power->s5_a;
    found.s5_b = power->s5_b;
    *power = found;
    return 0;
}

/* ---- AML [20.2] ------------------------------------------------------------------------------ */

#define NAME_OP    0x08
#define PACKAGE_OP 0x12
#define ROOT_CHAR  0x5c
#define S5         0x5f35535fu /* "_S5_" */
#define NAME_BYTES 4

/* [20.2.4] What is left in *rest behind it is the package's; false: it reaches beyond the end. */
static bool package(struct span *rest)
{
    if (rest->size == 0)
        return false;
    uint8_t lead = span_at(*rest, 0);
    size_t more = lead >> 6, length = more ? lead & 15u : lead & 63u;

    if (more >= rest->size)
        return false;
    for (size_t i = 1; i <= more; i++)
        length |= (size_t)span_at(*rest, i) << (8 * i - 4);
    if (length <= more || length > rest->size)
        return false;
    *rest = span_part(*rest, more + 1, length - more - 1);
    return true;
}

/* [20.2.3] A number; *rest is what follows. */
static bool number(struct span *rest, uint64_t *value)
{
    uint8_t op = rest->size ? span_at(*rest, 0) : 0xff;
    size_t bytes = op == 0x0a ? 1 : op == 0x0b ? 2 : op == 0x0c ? 4 : op == 0x0e ? 8 : 0;

    if ((bytes == 0 && op > 1) || bytes >= rest->size)
        return false;
    *value = bytes == 0 ? op : 0;
    for (size_t i = 0; i < bytes; i++)
        *value |= (uint64_t)span_at(*rest, i + 1) << 8 * i;
    *rest = span_from(*rest, bytes + 1);
    return true;
}

/* [7.4.2] {SLP_TYPa, SLP_TYPb, …}; there are tables with both in one number. */
static bool sleep_types(struct span rest, struct acpi_power *power)
{
    uint64_t a, b;

    if (!package(&rest) || rest.size == 0)
        return false;
    uint8_t elements = span_at(rest, 0);

    rest = span_from(rest, 1);
    if (elements == 0 || !number(&rest, &a))
        return false;
    if (elements == 1) {
        b = a >> 8;
        a &= 0xff;
    } else if (!number(&rest, &b)) {
        return false;
    }
    if (a > ACPI_SLEEP_TYPE_MAX || b > ACPI_SLEEP_TYPE_MAX)
        return false;
    power->has_s5 = true;
    power->s5_a = (uint8_t)a;
    power->s5_b = (uint8_t)b;
    return true;
}

/* NAME_OP, perhaps ROOT_CHAR, stand before the name. */
static bool is_declared(struct span aml, size_t name)
{
    if (name > ACPI_HEADER_BYTES && span_at(aml, name - 1) == ROOT_CHAR)
        name--;
    return name > ACPI_HEADER_BYTES && span_at(aml, name - 1) == NAME_OP;
}

int acpi_find_s5(struct span aml, struct acpi_power *power)
{
    for (size_t at = ACPI_HEADER_BYTES; at + NAME_BYTES < aml.size; at++) {
        size_t behind = at + NAME_BYTES;

        /* the first byte alone: there are a hundred thousand places to look at */
        if (span_at(aml, at) == '_' && span_rd32(aml, at) == S5 && span_at(aml, behind) == PACKAGE_OP
            && is_declared(aml, at) && sleep_types(span_from(aml, behind + 1), power))
            return 0;
    }
    return -ENOENT;
}
