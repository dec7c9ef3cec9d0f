/* ACPI tables: see acpi.h. Numbers in brackets are sections of ACPI 6.4. */
#include "lib/acpi.h"

#include "lib/bytes.h"
#include "lib/errno.h"

#define RSDP_STEP 16
#define RSDP_SIGNATURE 0x2052545020445352ull /* "RSD PTR " */
#define ISA_BUS   0

#define MADT_BYTES 44 /* header, local APIC address, flags */
#define MADT_PIC   1u /* flags: there is a PC-AT compatible pair of 8259s */

#define ENTRY_BYTES_MIN 2

/* [5.2.12] Entry types; then the bytes of each that are read. */
enum {
    LOCAL_APIC = 0,
    IO_APIC = 1,
    SOURCE_OVERRIDE = 2,
    NMI_SOURCE = 3,
    LOCAL_APIC_NMI = 4,
    LOCAL_APIC_ADDRESS = 5,
    LOCAL_X2APIC = 9,
    LOCAL_X2APIC_NMI = 10,
};

/*@ logic integer least(integer type) =
      type == LOCAL_APIC || type == NMI_SOURCE ? 8
      : type == IO_APIC || type == LOCAL_APIC_ADDRESS || type == LOCAL_X2APIC_NMI ? 12
      : type == SOURCE_OVERRIDE ? 10 : type == LOCAL_APIC_NMI ? 6 : type == LOCAL_X2APIC ? 16
      : ENTRY_BYTES_MIN; */

/*@ assigns \nothing;
    ensures \result == least(type); */
static uint32_t entry_bytes_least(uint8_t type)
{
    switch (type) {
    case LOCAL_APIC:
    case NMI_SOURCE:
        return 8;
    case IO_APIC:
    case LOCAL_APIC_ADDRESS:
    case LOCAL_X2APIC_NMI:
        return 12;
    case SOURCE_OVERRIDE:
        return 10;
    case LOCAL_APIC_NMI:
        return 6;
    case LOCAL_X2APIC:
        return 16;
    default:
        return ENTRY_BYTES_MIN;
    }
}

/*@ requires \valid(damage);
    assigns *damage;
    ensures \result == -EUCLEAN; */
static int damaged(struct acpi_damage *damage, const char *what, uint64_t value, uint64_t low,
                   uint64_t high)
{
    *damage = (struct acpi_damage){what, value, low, high};
    return -EUCLEAN;
}

/*@ requires \valid_read(bytes + (0 .. size - 1));
    assigns \nothing; */
/* Right tables sum up to 0. */
static uint8_t sum_of(const uint8_t *bytes, size_t size)
{
    uint8_t sum = 0;

    /*@ loop invariant 0 <= i <= size;
        loop assigns i, sum;
        loop variant size - i; */
    for (size_t i = 0; i < size; i++)
        sum = (uint8_t)((sum + bytes[i]) % 256);
    return sum;
}

/* ---- RSDP [5.2.5.3] -------------------------------------------------------------------------- */

/*@ requires \valid_read(bytes + (0 .. 7));
    assigns \nothing; */
static bool has_rsdp_signature(const uint8_t *bytes)
{
    return rd64(bytes) == RSDP_SIGNATURE;
}

int64_t acpi_find_rsdp(const uint8_t *area, size_t size)
{
    if (size < ACPI_RSDP_1_BYTES)
        return -1;
    size_t last = size - ACPI_RSDP_1_BYTES;
    /*@ loop invariant at <= last + RSDP_STEP && at % RSDP_STEP == 0;
        loop assigns at;
        loop variant last + RSDP_STEP - at; */
    for (size_t at = 0; at <= last; at += RSDP_STEP)
        /* the first byte alone: there are thousands of places to look at */
        if (area[at] == 'R' && has_rsdp_signature(area + at)
            && sum_of(area + at, ACPI_RSDP_1_BYTES) == 0)
            return (int64_t)at;
    return -1;
}

/*@ requires \valid_read(bytes + (0 .. size - 1)) && size >= ACPI_RSDP_1_BYTES;
    assigns \nothing; */
/* The fields since ACPI 2.0, when they can be believed: there are BIOSes that claim a revision and
   leave the rest empty, so a wrong one costs only the XSDT. */
static uint64_t xsdt_of(const uint8_t *bytes, size_t size)
{
    if (bytes[15] < 2 || size < ACPI_RSDP_BYTES || rd32(bytes + 20) != ACPI_RSDP_BYTES)
        return 0;
    return sum_of(bytes, ACPI_RSDP_BYTES) == 0 ? rd64(bytes + 24) : 0;
}

int acpi_rsdp_parse(const uint8_t *bytes, size_t size, struct acpi_rsdp *rsdp,
                    struct acpi_damage *damage)
{
    uint64_t xsdt;

    if (size < ACPI_RSDP_1_BYTES)
        return -EINVAL;
    if (!has_rsdp_signature(bytes))
        return damaged(damage, "RSDP signature", rd64(bytes), RSDP_SIGNATURE, RSDP_SIGNATURE);
    if (sum_of(bytes, ACPI_RSDP_1_BYTES) != 0)
        return damaged(damage, "RSDP checksum", sum_of(bytes, ACPI_RSDP_1_BYTES), 0, 0);
    xsdt = xsdt_of(bytes, size);
    if (xsdt == 0 && rd32(bytes + 16) == 0)
        return damaged(damage, "RSDT address", 0, 1, UINT32_MAX);
    rsdp->revision = bytes[15];
    rsdp->root_phys = xsdt ? xsdt : rd32(bytes + 16);
    rsdp->root_entry_bytes = xsdt ? 8 : 4;
    return 0;
}

/* ---- tables [5.2.6–5.2.8] -------------------------------------------------------------------- */

/*@ requires \valid_read(bytes + (0 .. 3)) && \valid_read(signature + (0 .. 3));
    assigns \nothing; */
static bool has_signature(const uint8_t *bytes, const char *signature)
{
    /*@ loop invariant i <= 4;
        loop assigns i;
        loop variant 4 - i; */
    for (unsigned i = 0; i < 4; i++)
        if (bytes[i] != signature[i])
            return false;
    return true;
}

int acpi_header_parse(const uint8_t *bytes, const char *signature, uint32_t *length,
                      struct acpi_damage *damage)
{
    uint32_t found = rd32(bytes + 4);

    if (!has_signature(bytes, signature))
        return -ENOENT;
    if (found < ACPI_HEADER_BYTES || found > ACPI_TABLE_MAX)
        return damaged(damage, "table length", found, ACPI_HEADER_BYTES, ACPI_TABLE_MAX);
    *length = found;
    return 0;
}

int acpi_table_check(const uint8_t *table, uint32_t length, struct acpi_damage *damage)
{
    uint8_t sum = sum_of(table, length);

    return sum == 0 ? 0 : damaged(damage, "table checksum", sum, 0, 0);
}

uint32_t acpi_root_entries(uint32_t length, uint8_t entry_bytes)
{
    return length < ACPI_HEADER_BYTES ? 0 : (length - ACPI_HEADER_BYTES) / entry_bytes;
}

uint64_t acpi_root_entry(const uint8_t *table, uint32_t length, uint8_t entry_bytes, uint32_t index)
{
    if (index >= acpi_root_entries(length, entry_bytes))
        return 0;
    return entry_bytes == 8 ? rd64(table + ACPI_HEADER_BYTES + (size_t)index * 8)
                            : rd32(table + ACPI_HEADER_BYTES + (size_t)index * 4);
}

/* ---- MADT [5.2.12] --------------------------------------------------------------------------- */

/*@ requires \valid(level) && \valid(low) && \valid(damage);
    requires \separated(level, low, damage);
    assigns *level, *low, *damage; */
/* [table 5.50] Two bits each: 0 as the bus has it (ISA: edge, high), 1 high or edge, 3 low or
   level. */
static int parse_flags(uint16_t flags, bool *level, bool *low, struct acpi_damage *damage)
{
    unsigned polarity = flags % 4, trigger = flags / 4 % 4;

    if (polarity == 2 || trigger == 2)
        return damaged(damage, "MADT line flags (2 is reserved in both)", flags, 0, 15);
    *low = polarity == 3;
    *level = trigger == 3;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt);
    assigns madt->cpus, madt->cpus_left_out, madt->cpu[0 .. ACPI_CPUS_MAX - 1];
    ensures acpi_madt_ok(madt); */
static int add_cpu(struct acpi_madt *madt, uint32_t processor, uint32_t apic, uint32_t flags)
{
    if (flags % 4 == 0) /* neither enabled nor to be enabled: a socket that is empty */
        return 0;
    if (madt->cpus >= ACPI_CPUS_MAX) {
        if (madt->cpus_left_out < UINT32_MAX)
            madt->cpus_left_out++;
        return 0;
    }
    madt->cpu[madt->cpus] = (struct acpi_cpu){processor, apic, flags % 2 != 0};
    madt->cpus++;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid_read(entry + (0 .. 11));
    requires \separated(madt, damage, entry + (0 .. 11));
    assigns *damage, madt->ioapics, madt->ioapic[0 .. ACPI_IOAPICS_MAX - 1];
    ensures acpi_madt_ok(madt); */
static int add_ioapic(struct acpi_madt *madt, const uint8_t *entry, struct acpi_damage *damage)
{
    uint32_t phys = rd32(entry + 4);

    if (madt->ioapics >= ACPI_IOAPICS_MAX)
        return damaged(damage, "MADT number of I/O APICs", madt->ioapics + 1ull, 0,
                       ACPI_IOAPICS_MAX);
    /* The registers take 32 bytes, at a multiple of 1 KiB in every chip set. */
    if (phys == 0 || phys % 1024 != 0)
        return damaged(damage, "I/O APIC address (a multiple of 1024)", phys, 1024, UINT32_MAX);
    madt->ioapic[madt->ioapics] = (struct acpi_ioapic){phys, rd32(entry + 8), entry[2]};
    madt->ioapics++;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid_read(entry + (0 .. 9)) && \valid(seen + (0 .. ACPI_ISA_IRQS - 1));
    requires \separated(madt, damage, entry + (0 .. 9),
                        seen + (0 .. ACPI_ISA_IRQS - 1));
    assigns *damage, madt->isa[0 .. ACPI_ISA_IRQS - 1], seen[0 .. ACPI_ISA_IRQS - 1]; */
static int add_override(struct acpi_madt *madt, const uint8_t *entry, bool seen[ACPI_ISA_IRQS],
                        struct acpi_damage *damage)
{
    struct acpi_line line = {.global = rd32(entry + 4), .connected = true};
    unsigned irq = entry[3];
    int error = parse_flags(rd16(entry + 8), &line.level, &line.low, damage);

    if (error)
        return error;
    if (entry[2] != ISA_BUS)
        return damaged(damage, "MADT override's bus", entry[2], ISA_BUS, ISA_BUS);
    if (irq >= ACPI_ISA_IRQS)
        return damaged(damage, "MADT override's IRQ", irq, 0, ACPI_ISA_IRQS - 1);
    if (seen[irq] && (madt->isa[irq].global != line.global || madt->isa[irq].level != line.level
                      || madt->isa[irq].low != line.low))
        return damaged(damage, "MADT second override of an IRQ, to line", line.global,
                       madt->isa[irq].global, madt->isa[irq].global);
    seen[irq] = true;
    madt->isa[irq] = line;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid_read(entry + (0 .. 7));
    requires \separated(madt, damage, entry + (0 .. 7));
    assigns *damage, madt->nmis, madt->nmi[0 .. ACPI_NMIS_MAX - 1];
    ensures acpi_madt_ok(madt); */
static int add_nmi(struct acpi_madt *madt, const uint8_t *entry, struct acpi_damage *damage)
{
    struct acpi_nmi nmi = {.global = rd32(entry + 4)};
    int error = parse_flags(rd16(entry + 2), &nmi.level, &nmi.low, damage);

    if (error)
        return error;
    if (madt->nmis >= ACPI_NMIS_MAX)
        return damaged(damage, "MADT number of NMI sources", madt->nmis + 1ull, 0, ACPI_NMIS_MAX);
    madt->nmi[madt->nmis] = nmi;
    madt->nmis++;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage) && \separated(madt, damage);
    assigns *damage, madt->local_nmis, madt->local_nmi[0 .. ACPI_NMIS_MAX - 1];
    ensures acpi_madt_ok(madt); */
static int add_local_nmi(struct acpi_madt *madt, uint32_t processor, uint16_t flags, uint8_t pin,
                         struct acpi_damage *damage)
{
    struct acpi_local_nmi nmi = {.processor = processor, .pin = pin};
    int error = parse_flags(flags, &nmi.level, &nmi.low, damage);

    if (error)
        return error;
    if (pin > 1)
        return damaged(damage, "MADT local NMI's pin", pin, 0, 1);
    /* One entry a CPU is common on large machines; those for all and for the first come first. */
    if (madt->local_nmis >= ACPI_NMIS_MAX)
        return 0;
    madt->local_nmi[madt->local_nmis] = nmi;
    madt->local_nmis++;
    return 0;
}

/*@ requires \valid(madt) && \valid(damage) && \separated(madt, damage);
    assigns *damage, madt->local_apic_phys;
    ensures acpi_madt_ok{Old}(madt) ==> acpi_madt_ok(madt);
    ensures \result == 0 ==> madt->local_apic_phys == phys && phys != 0; */
static int set_local_apic(struct acpi_madt *madt, uint64_t phys, struct acpi_damage *damage)
{
    if (phys == 0 || phys % 4096 != 0 || phys >> 52 != 0)
        return damaged(damage, "local APIC address (a multiple of 4096)", phys, 4096,
                       (1ull << 52) - 4096);
    madt->local_apic_phys = phys;
    return 0;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid(seen + (0 .. ACPI_ISA_IRQS - 1));
    requires \valid_read(entry) && \valid_read(entry + (0 .. least(entry[0]) - 1));
    requires \separated(madt, damage, seen + (0 .. ACPI_ISA_IRQS - 1),
                        entry + (0 .. least(entry[0]) - 1));
    assigns *madt, *damage, seen[0 .. ACPI_ISA_IRQS - 1];
    ensures acpi_madt_ok(madt); */
/* entry holds at least entry_bytes_least(its type). */
static int parse_entry(struct acpi_madt *madt, const uint8_t *entry, bool seen[ACPI_ISA_IRQS],
                       struct acpi_damage *damage)
{
    switch (entry[0]) {
    case LOCAL_APIC:
        return add_cpu(madt, entry[2], entry[3], rd32(entry + 4));
    case LOCAL_X2APIC:
        return add_cpu(madt, rd32(entry + 12), rd32(entry + 4), rd32(entry + 8));
    case IO_APIC:
        return add_ioapic(madt, entry, damage);
    case SOURCE_OVERRIDE:
        return add_override(madt, entry, seen, damage);
    case NMI_SOURCE:
        return add_nmi(madt, entry, damage);
    case LOCAL_APIC_NMI:
        return add_local_nmi(madt, entry[2] == 0xff ? ACPI_CPU_ALL : entry[2], rd16(entry + 3),
                             entry[5], damage);
    case LOCAL_X2APIC_NMI:
        return add_local_nmi(madt, rd32(entry + 4), rd16(entry + 2), entry[8], damage);
    case LOCAL_APIC_ADDRESS:
        return set_local_apic(madt, rd64(entry + 4), damage);
    default:
        return 0;
    }
}

/*@ requires \valid_read(table + (0 .. length - 1)) && length >= MADT_BYTES;
    requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid(seen + (0 .. ACPI_ISA_IRQS - 1));
    requires \separated(madt, damage, seen + (0 .. ACPI_ISA_IRQS - 1), table + (0 .. length - 1));
    assigns *madt, *damage, seen[0 .. ACPI_ISA_IRQS - 1];
    ensures acpi_madt_ok(madt); */
static int parse_entries(const uint8_t *table, uint32_t length, struct acpi_madt *madt,
                         bool seen[ACPI_ISA_IRQS], struct acpi_damage *damage)
{
    uint32_t at = MADT_BYTES;
    int error = 0;

    /*@ loop invariant MADT_BYTES <= at <= length && acpi_madt_ok(madt);
        loop assigns at, error, *madt, seen[0 .. ACPI_ISA_IRQS - 1], *damage;
        loop variant length - at; */
    while (at < length && !error) {
        uint32_t left = length - at, bytes = left < ENTRY_BYTES_MIN ? 0 : table[at + 1];
        uint8_t type = table[at];

        if (bytes < ENTRY_BYTES_MIN || bytes > left)
            return damaged(damage, "MADT entry length", bytes, ENTRY_BYTES_MIN, left);
        if (bytes < entry_bytes_least(type))
            return damaged(damage, "MADT entry length", bytes, entry_bytes_least(type), left);
        error = parse_entry(madt, table + at, seen, damage);
        at += bytes;
    }
    return error;
}

/*@ requires \valid(madt) && acpi_madt_ok(madt) && \valid(damage);
    requires \valid_read(seen + (0 .. ACPI_ISA_IRQS - 1));
    requires \separated(madt, damage, seen + (0 .. ACPI_ISA_IRQS - 1));
    assigns *damage, madt->isa[0 .. ACPI_ISA_IRQS - 1]; */
/* ISA line n is global line n, but where an override took that place for another IRQ. */
static int connect_isa(struct acpi_madt *madt, const bool seen[ACPI_ISA_IRQS],
                       struct acpi_damage *damage)
{
    /*@ loop invariant irq <= ACPI_ISA_IRQS;
        loop assigns irq, madt->isa[0 .. ACPI_ISA_IRQS - 1];
        loop variant ACPI_ISA_IRQS - irq; */
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++) {
        /*@ loop invariant other <= ACPI_ISA_IRQS;
            loop assigns other, madt->isa[0 .. ACPI_ISA_IRQS - 1];
            loop variant ACPI_ISA_IRQS - other; */
        for (unsigned other = 0; other < ACPI_ISA_IRQS && seen[irq]; other++) {
            if (other == irq || madt->isa[other].global != madt->isa[irq].global)
                continue;
            if (seen[other])
                return damaged(damage, "MADT override to a line that another IRQ has",
                               madt->isa[irq].global, 0, UINT32_MAX);
            madt->isa[other].connected = false;
        }
    }
    return 0;
}

int acpi_madt_parse(const uint8_t *table, uint32_t length, struct acpi_madt *madt,
                    struct acpi_damage *damage)
{
    bool seen[ACPI_ISA_IRQS] = {false};
    int error;

    if (length < MADT_BYTES)
        return damaged(damage, "MADT length", length, MADT_BYTES, ACPI_TABLE_MAX);
    madt->local_apic_phys = 0;
    madt->has_pic = rd32(table + 40) % 2 == MADT_PIC;
    madt->cpus = madt->cpus_left_out = 0;
    madt->ioapics = madt->nmis = madt->local_nmis = 0;
    /*@ loop invariant irq <= ACPI_ISA_IRQS;
        loop assigns irq, madt->isa[0 .. ACPI_ISA_IRQS - 1];
        loop variant ACPI_ISA_IRQS - irq; */
    for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
        madt->isa[irq] = (struct acpi_line){.global = irq, .connected = true};
    error = parse_entries(table, length, madt, seen, damage);
    if (!error && madt->local_apic_phys == 0) /* no entry said otherwise */
        error = set_local_apic(madt, rd32(table + 36), damage);
    if (error)
        return error;
    //@ assert madt->local_apic_phys != 0;
    return connect_isa(madt, seen, damage);
}
