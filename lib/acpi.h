/*
 * ACPI tables, as bytes that a BIOS left: the RSDP, the table of tables (RSDT or XSDT), and the
 * MADT, which says where the local APICs and I/O APICs are and how the lines of the ISA bus reach
 * them. Advanced Configuration and Power Interface 6.4, 5.2.5–5.2.12.
 *
 * Use: acpi_find_rsdp in each area where one may lie → acpi_rsdp_parse → acpi_header_parse on the
 * first ACPI_HEADER_BYTES of a table → acpi_table_check on the whole → acpi_root_entry,
 * acpi_madt_parse. Pure: no memory but the arguments, nothing is followed.
 *
 * Tables are -EUCLEAN when they contradict themselves; struct acpi_damage then names the field,
 * its value and what was allowed.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define ACPI_RSDP_BYTES   36 /* the longest form that is read */
#define ACPI_RSDP_1_BYTES 20 /* ACPI 1.0: no XSDT */
#define ACPI_HEADER_BYTES 36
#define ACPI_TABLE_MAX    65536 /* bytes; none of those read here comes near */

#define ACPI_CPUS_MAX     256
#define ACPI_IOAPICS_MAX  16
#define ACPI_NMIS_MAX     16
#define ACPI_ISA_IRQS     16
#define ACPI_CPU_ALL      0xffffffffu

struct acpi_damage {
    const char *what;          /* "MADT entry length" */
    uint64_t value, low, high; /* found, and the range that was allowed */
};

struct acpi_rsdp {
    uint8_t revision;
    uint64_t root_phys;       /* the XSDT when there is one, else the RSDT */
    uint8_t root_entry_bytes; /* 8 or 4 */
};

struct acpi_cpu {
    uint32_t processor; /* the number that the NMI entries use */
    uint32_t apic;
    bool enabled; /* false: it can be switched on later */
};

struct acpi_ioapic {
    uint32_t phys;
    uint32_t first_line; /* the global number of its first input */
    uint8_t number;
};

struct acpi_line {
    uint32_t global; /* the line's number over all I/O APICs */
    bool connected;  /* false: another line took its place */
    bool level;      /* else edge */
    bool low;        /* active low; else high */
};

struct acpi_nmi { /* at an I/O APIC */
    uint32_t global;
    bool level, low;
};

struct acpi_local_nmi { /* at a local APIC's own pin */
    uint32_t processor; /* or ACPI_CPU_ALL */
    uint8_t pin;        /* LINT0 or LINT1 */
    bool level, low;
};

struct acpi_madt {
    uint64_t local_apic_phys;
    bool has_pic; /* a PC-AT compatible pair, to be masked */
    uint32_t cpus, cpus_left_out; /* kept, and beyond ACPI_CPUS_MAX */
    uint32_t ioapics, nmis, local_nmis;
    struct acpi_cpu cpu[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapic[ACPI_IOAPICS_MAX];
    struct acpi_nmi nmi[ACPI_NMIS_MAX];
    struct acpi_local_nmi local_nmi[ACPI_NMIS_MAX];
    struct acpi_line isa[ACPI_ISA_IRQS]; /* by IRQ number, overrides applied */
};

/*@ predicate acpi_madt_ok(struct acpi_madt *madt) =
      madt->cpus <= ACPI_CPUS_MAX && madt->ioapics <= ACPI_IOAPICS_MAX
      && madt->nmis <= ACPI_NMIS_MAX && madt->local_nmis <= ACPI_NMIS_MAX; */

/*@ requires \valid_read(area + (0 .. size - 1)) && size <= INT64_MAX;
    assigns \nothing;
    ensures \result == -1
            || (0 <= \result <= size - ACPI_RSDP_1_BYTES && \result % 16 == 0); */
/* The first RSDP at a multiple of 16 whose checksum is right: its offset, or -1. */
int64_t acpi_find_rsdp(const uint8_t *area, size_t size);

/*@ requires \valid_read(bytes + (0 .. size - 1));
    requires \valid(rsdp) && \valid(damage);
    requires \separated(rsdp, damage, bytes + (0 .. size - 1));
    assigns *rsdp, *damage;
    ensures \result == 0 ==> rsdp->root_entry_bytes == 4 || rsdp->root_entry_bytes == 8; */
/* size: at least ACPI_RSDP_1_BYTES, else -EINVAL; ACPI_RSDP_BYTES show the newer form's fields too.
   -EUCLEAN. */
int acpi_rsdp_parse(const uint8_t *bytes, size_t size, struct acpi_rsdp *rsdp,
                    struct acpi_damage *damage) must_check;

/*@ requires \valid_read(bytes + (0 .. ACPI_HEADER_BYTES - 1));
    requires \valid_read(signature + (0 .. 3));
    requires \valid(length) && \valid(damage) && \separated(length, damage);
    assigns *length, *damage;
    ensures \result == 0 ==> ACPI_HEADER_BYTES <= *length <= ACPI_TABLE_MAX; */
/* The table's length, from its first ACPI_HEADER_BYTES. -ENOENT: another signature; -EUCLEAN. */
int acpi_header_parse(const uint8_t *bytes, const char *signature, uint32_t *length,
                      struct acpi_damage *damage) must_check;

/*@ requires \valid_read(table + (0 .. length - 1));
    requires \valid(damage);
    assigns *damage; */
/* length as acpi_header_parse found it. -EUCLEAN: the checksum. */
int acpi_table_check(const uint8_t *table, uint32_t length, struct acpi_damage *damage) must_check;

/*@ requires entry_bytes == 4 || entry_bytes == 8;
    assigns \nothing;
    ensures \result * entry_bytes
            <= (length < ACPI_HEADER_BYTES ? 0 : length - ACPI_HEADER_BYTES); */
/* How many tables a root table of that length names, and where the one with that index lies. */
uint32_t acpi_root_entries(uint32_t length, uint8_t entry_bytes);
/*@ requires \valid_read(table + (0 .. length - 1));
    requires entry_bytes == 4 || entry_bytes == 8;
    assigns \nothing; */
/* 0 beyond the last. */
uint64_t acpi_root_entry(const uint8_t *table, uint32_t length, uint8_t entry_bytes,
                         uint32_t index);

/*@ requires \valid_read(table + (0 .. length - 1));
    requires \valid(madt) && \valid(damage);
    requires \separated(madt, damage, table + (0 .. length - 1));
    assigns *madt, *damage;
    ensures \result == 0 ==> acpi_madt_ok(madt) && madt->local_apic_phys != 0; */
/* A table that acpi_table_check passed. -EUCLEAN. Entries of unknown kinds are passed over. */
int acpi_madt_parse(const uint8_t *table, uint32_t length, struct acpi_madt *madt,
                    struct acpi_damage *damage) must_check;

/* "MADT entry length is 0, allowed 2 to 96", cut to size bytes with its end. acpi_explain.c. */
void acpi_explain(const struct acpi_damage *damage, char *text, size_t size);
