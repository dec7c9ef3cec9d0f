/* ACPI tables: a PC's, the odd ones that BIOSes leave, and tables that contradict themselves. */
/* links: lib/acpi_explain.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/acpi.h"
#include "lib/bytes.h"
#include "lib/errno.h"

/* A table under construction, and an exact copy of it, so that the sanitizer sees a byte too
   many. */
struct table {
    uint8_t bytes[ACPI_TABLE_MAX];
    uint32_t length;
};

static struct table made;
static struct acpi_madt madt;
static struct acpi_damage damage;
static char reason[160];

static uint8_t sum(const uint8_t *bytes, size_t size)
{
    unsigned total = 0;

    for (size_t i = 0; i < size; i++)
        total += bytes[i];
    return (uint8_t)total;
}

static void put(const void *bytes, size_t size)
{
    memcpy(made.bytes + made.length, bytes, size);
    made.length += (uint32_t)size;
}

#define entry(...)                             \
    do {                                       \
        const uint8_t e_[] = {__VA_ARGS__};    \
        put(e_, sizeof(e_));                   \
    } while (0)

static void seal(void)
{
    wr32(made.bytes + 4, made.length);
    made.bytes[9] = 0;
    made.bytes[9] = (uint8_t)-sum(made.bytes, made.length);
}

static void start(const char *signature, uint32_t length)
{
    memset(&made, 0, sizeof(made));
    memcpy(made.bytes, signature, 4);
    made.length = length;
    made.bytes[8] = 3;
}

static void start_madt(void)
{
    start("APIC", 44);
    wr32(made.bytes + 36, 0xfee00000);
    wr32(made.bytes + 40, 1);
}

/* What QEMU's `pc` machine has with one CPU. */
static void pc(void)
{
    start_madt();
    entry(0, 8, 0, 0, 1, 0, 0, 0);
    entry(1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0);
    entry(2, 10, 0, 0, 2, 0, 0, 0, 0, 0);
    entry(2, 10, 0, 5, 5, 0, 0, 0, 13, 0);
    entry(2, 10, 0, 9, 9, 0, 0, 0, 13, 0);
    entry(4, 6, 0xff, 0, 0, 1);
    seal();
}

static int parse(void)
{
    uint8_t *exact = malloc(made.length ? made.length : 1);
    uint32_t length = 0;
    int error;

    memcpy(exact, made.bytes, made.length);
    memset(&damage, 0, sizeof(damage));
    error = acpi_header_parse(exact, "APIC", &length, &damage);
    if (!error)
        assert_int_equal(length, made.length);
    if (!error)
        error = acpi_table_check(exact, length, &damage);
    if (!error)
        error = acpi_madt_parse(exact, length, &madt, &damage);
    free(exact);
    if (error)
        acpi_explain(&damage, reason, sizeof(reason));
    return error;
}

static void refused(const char *with)
{
    seal();
    assert_int_equal(parse(), -EUCLEAN);
    if (strcmp(reason, with) != 0)
        fail_msg("said \"%s\", not \"%s\"", reason, with);
}

/* ---- RSDP ------------------------------------------------------------------------------------ */

static void make_rsdp(uint8_t *at, uint8_t revision, uint32_t rsdt, uint64_t xsdt)
{
    memset(at, 0, ACPI_RSDP_BYTES);
    memcpy(at, "RSD PTR ", 8);
    at[15] = revision;
    wr32(at + 16, rsdt);
    at[8] = (uint8_t)-sum(at, 20);
    if (revision >= 2) {
        wr32(at + 20, 36);
        wr64(at + 24, xsdt);
        at[32] = (uint8_t)-sum(at, 36);
    }
}

static void rsdp_is_found_at_multiples_of_16_alone(void **state)
{
    uint8_t *area = calloc(1, 1024);

    assert_int_equal(acpi_find_rsdp(area, 1024), -1);
    assert_int_equal(acpi_find_rsdp(area, 0), -1);
    make_rsdp(area + 40, 0, 0x1000, 0);
    assert_int_equal(acpi_find_rsdp(area, 1024), -1);
    make_rsdp(area + 512, 0, 0x1000, 0);
    assert_int_equal(acpi_find_rsdp(area, 1024), 512);
    make_rsdp(area + 256, 0, 0x1000, 0);
    area[256 + 9] ^= 1; /* a string in the BIOS that looks like one */
    assert_int_equal(acpi_find_rsdp(area, 1024), 512);
    assert_int_equal(acpi_find_rsdp(area, 512 + 19), -1);
    assert_int_equal(acpi_find_rsdp(area, 512 + 20), 512);
    free(area);
}

static void rsdp_old_and_new(void **state)
{
    uint8_t bytes[ACPI_RSDP_BYTES];
    struct acpi_rsdp rsdp;

    make_rsdp(bytes, 0, 0x7fe1234, 0);
    assert_int_equal(acpi_rsdp_parse(bytes, 20, &rsdp, &damage), 0);
    assert_true(rsdp.revision == 0 && rsdp.root_phys == 0x7fe1234 && rsdp.root_entry_bytes == 4);
    make_rsdp(bytes, 2, 0x7fe1234, 0x123456789a);
    assert_int_equal(acpi_rsdp_parse(bytes, 36, &rsdp, &damage), 0);
    assert_true(rsdp.revision == 2 && rsdp.root_phys == 0x123456789a && rsdp.root_entry_bytes == 8);
    assert_int_equal(acpi_rsdp_parse(bytes, 20, &rsdp, &damage), 0); /* cut: the old form serves */
    assert_true(rsdp.root_phys == 0x7fe1234 && rsdp.root_entry_bytes == 4);
    bytes[33] ^= 1; /* wrong second checksum: the same */
    assert_int_equal(acpi_rsdp_parse(bytes, 36, &rsdp, &damage), 0);
    assert_true(rsdp.root_phys == 0x7fe1234 && rsdp.root_entry_bytes == 4);
}

static void rsdp_refused(void **state)
{
    uint8_t bytes[ACPI_RSDP_BYTES];
    struct acpi_rsdp rsdp;

    make_rsdp(bytes, 2, 0x1000, 0x2000);
    assert_int_equal(acpi_rsdp_parse(bytes, 19, &rsdp, &damage), -EINVAL);
    for (int i = 0; i < 20; i++) {
        bytes[i] ^= 4;
        assert_int_equal(acpi_rsdp_parse(bytes, 36, &rsdp, &damage), -EUCLEAN);
        bytes[i] ^= 4;
    }
    make_rsdp(bytes, 0, 0, 0);
    assert_int_equal(acpi_rsdp_parse(bytes, 36, &rsdp, &damage), -EUCLEAN);
    assert_string_equal(damage.what, "RSDT address");
}

/* ---- tables ---------------------------------------------------------------------------------- */

static void root_tables(void **state)
{
    start("RSDT", 36);
    entry(1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0); /* the last one is cut */
    seal();
    assert_int_equal(acpi_root_entries(made.length, 4), 2);
    assert_int_equal(acpi_root_entry(made.bytes, made.length, 4, 0), 1);
    assert_int_equal(acpi_root_entry(made.bytes, made.length, 4, 1), 2);
    assert_int_equal(acpi_root_entry(made.bytes, made.length, 4, 2), 0);
    assert_int_equal(acpi_root_entry(made.bytes, made.length, 4, UINT32_MAX), 0);
    assert_int_equal(acpi_root_entries(made.length, 8), 1);
    assert_true(acpi_root_entry(made.bytes, made.length, 8, 0) == 0x200000001);
    assert_int_equal(acpi_root_entries(35, 8), 0);
}

static void lengths_of_tables(void **state)
{
    static const uint32_t wrong[] = {0, 35, ACPI_TABLE_MAX + 1, UINT32_MAX};
    uint32_t length;

    pc();
    assert_int_equal(acpi_header_parse(made.bytes, "FACP", &length, &damage), -ENOENT);
    for (int i = 0; i < 4; i++) {
        wr32(made.bytes + 4, wrong[i]);
        assert_int_equal(acpi_header_parse(made.bytes, "APIC", &length, &damage), -EUCLEAN);
        assert_true(damage.value == wrong[i] && damage.low == 36 && damage.high == ACPI_TABLE_MAX);
    }
    start("APIC", 43);
    refused("MADT length is 0x2b, allowed 0x2c to 0x10000");
}

/* ---- MADT ------------------------------------------------------------------------------------ */

static void madt_of_a_pc(void **state)
{
    pc();
    assert_int_equal(parse(), 0);
    assert_true(madt.has_pic && madt.local_apic_phys == 0xfee00000);
    assert_true(madt.cpus == 1 && madt.cpu[0].apic == 0 && madt.cpu[0].enabled);
    assert_true(madt.ioapics == 1 && madt.ioapic[0].phys == 0xfec00000);
    assert_true(madt.isa[0].global == 2 && madt.isa[0].connected && !madt.isa[0].level);
    assert_false(madt.isa[2].connected); /* the timer took its line */
    assert_true(madt.isa[1].global == 1 && madt.isa[1].connected);
    assert_true(madt.isa[5].level && !madt.isa[5].low && madt.isa[9].level);
    assert_true(madt.isa[15].connected && !madt.isa[15].level);
    assert_true(madt.local_nmis == 1 && madt.local_nmi[0].pin == 1);
    assert_true(madt.local_nmi[0].processor == ACPI_CPU_ALL);
}

static void madt_with_everything(void **state)
{
    start_madt();
    entry(5, 12, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0);                    /* local APIC at 4 GiB */
    entry(0, 8, 1, 2, 0, 0, 0, 0);                                 /* an empty socket */
    entry(0, 8, 1, 3, 2, 0, 0, 0);                                 /* can be switched on */
    entry(9, 16, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 7, 0, 0, 0);        /* x2APIC 256, processor 7 */
    entry(1, 12, 1, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0);
    entry(1, 12, 2, 0, 0, 0x10, 0xc0, 0xfe, 24, 0, 0, 0);
    entry(3, 8, 15, 0, 23, 0, 0, 0);                               /* NMI: level, low, line 23 */
    entry(10, 12, 5, 0, 7, 0, 0, 0, 0, 0, 0, 0);
    entry(2, 10, 0, 9, 20, 0, 0, 0, 15, 0);
    entry(127, 4, 1, 2);                                           /* unknown: passed over */
    entry(11, 2);
    seal();
    assert_int_equal(parse(), 0);
    assert_true(madt.local_apic_phys == 0x100000000);
    assert_int_equal(madt.cpus, 2);
    assert_true(madt.cpu[0].apic == 3 && !madt.cpu[0].enabled);
    assert_true(madt.cpu[1].apic == 256 && madt.cpu[1].processor == 7 && madt.cpu[1].enabled);
    assert_true(madt.ioapics == 2 && madt.ioapic[1].first_line == 24);
    assert_true(madt.nmis == 1 && madt.nmi[0].global == 23 && madt.nmi[0].level && madt.nmi[0].low);
    assert_true(madt.local_nmis == 1 && madt.local_nmi[0].processor == 7);
    assert_true(madt.isa[9].global == 20 && madt.isa[9].level && madt.isa[9].low);
    assert_true(madt.isa[9].connected);
}

static void many_cpus(void **state)
{
    start_madt();
    for (unsigned i = 0; i < 300; i++)
        entry(0, 8, (uint8_t)i, (uint8_t)i, 1, 0, 0, 0);
    seal();
    assert_int_equal(parse(), 0);
    assert_int_equal(madt.cpus, ACPI_CPUS_MAX);
    assert_int_equal(madt.cpus_left_out, 300 - ACPI_CPUS_MAX);
}

static void equal_overrides_are_one(void **state)
{
    pc();
    entry(2, 10, 0, 0, 2, 0, 0, 0, 0, 0);
    seal();
    assert_int_equal(parse(), 0);
}

static void contradictions(void **state)
{
    pc();
    entry(2, 10, 0, 0, 3, 0, 0, 0, 0, 0);
    refused("MADT second override of an IRQ, to line is 0x3, must be 0x2");
    pc();
    entry(2, 10, 0, 6, 9, 0, 0, 0, 0, 0);
    refused("MADT override to a line that another IRQ has is 0x9, allowed 0x0 to 0xffffffff");
    pc();
    entry(2, 10, 1, 6, 6, 0, 0, 0, 0, 0);
    refused("MADT override's bus is 0x1, must be 0x0");
    pc();
    entry(2, 10, 0, 16, 6, 0, 0, 0, 0, 0);
    refused("MADT override's IRQ is 0x10, allowed 0x0 to 0xf");
    pc();
    entry(2, 10, 0, 6, 6, 0, 0, 0, 2, 0);
    refused("MADT line flags (2 is reserved in both) is 0x2, allowed 0x0 to 0xf");
    pc();
    entry(3, 8, 8, 0, 6, 0, 0, 0);
    refused("MADT line flags (2 is reserved in both) is 0x8, allowed 0x0 to 0xf");
    pc();
    entry(4, 6, 0xff, 0, 0, 2);
    refused("MADT local NMI's pin is 0x2, allowed 0x0 to 0x1");
}

static void addresses(void **state)
{
    pc();
    entry(1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    refused("I/O APIC address (a multiple of 1024) is 0x0, allowed 0x400 to 0xffffffff");
    pc();
    entry(1, 12, 0, 0, 1, 0, 0xc0, 0xfe, 0, 0, 0, 0);
    refused("I/O APIC address (a multiple of 1024) is 0xfec00001, allowed 0x400 to 0xffffffff");
    pc();
    wr32(made.bytes + 36, 0xfee00010);
    refused("local APIC address (a multiple of 4096) is 0xfee00010, "
            "allowed 0x1000 to 0xffffffffff000");
    pc();
    wr32(made.bytes + 36, 0);
    refused("local APIC address (a multiple of 4096) is 0x0, allowed 0x1000 to 0xffffffffff000");
    pc();
    entry(5, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80);
    refused("local APIC address (a multiple of 4096) is 0x8000000000000000, "
            "allowed 0x1000 to 0xffffffffff000");
}

static void too_many(void **state)
{
    start_madt();
    for (unsigned i = 0; i < ACPI_IOAPICS_MAX + 1; i++)
        entry(1, 12, 0, 0, 0, 0, 0xc0, 0xfe, 0, 0, 0, 0);
    refused("MADT number of I/O APICs is 0x11, allowed 0x0 to 0x10");
    start_madt();
    for (unsigned i = 0; i < ACPI_NMIS_MAX + 1; i++)
        entry(3, 8, 0, 0, 0, 0, 0, 0);
    refused("MADT number of NMI sources is 0x11, allowed 0x0 to 0x10");
}

/* Each known kind with each length that is too short, at the table's very end. */
static void lengths_of_entries(void **state)
{
    static const uint8_t least[] = {8, 12, 10, 8, 6, 12, 0, 0, 0, 16, 12};
    uint8_t bytes[16] = {0};

    for (uint8_t type = 0; type < sizeof(least); type++) {
        for (uint8_t length = 0; length < (least[type] ? least[type] : 2); length++) {
            start_madt();
            bytes[0] = type;
            bytes[1] = length;
            put(bytes, length < 2 ? 2 : length);
            seal();
            assert_int_equal(parse(), -EUCLEAN);
            assert_string_equal(damage.what, "MADT entry length");
            assert_int_equal(damage.value, length);
        }
    }
    start_madt();
    entry(0, 9, 0, 0, 1, 0, 0, 0); /* longer than what is left */
    refused("MADT entry length is 0x9, allowed 0x2 to 0x8");
    start_madt();
    entry(0); /* a type without a length */
    refused("MADT entry length is 0x0, allowed 0x2 to 0x1");
}

static void a_damaged_byte_is_seen(void **state)
{
    pc();
    for (uint32_t i = 0; i < made.length; i++) {
        made.bytes[i] ^= 0x20;
        if (i >= 4 && i < 8)
            seal(); /* a sound checksum, but the length is another */
        else
            assert_int_not_equal(parse(), 0);
        pc();
    }
    assert_int_equal(parse(), 0);
}

/* Ten thousand tables of dice with a right checksum: never a byte beyond, and what passes is in
   range. */
static void dice(void **state)
{
    uint32_t seed = 1;
    unsigned passed = 0;

    for (unsigned round = 0; round < 10000; round++) {
        pc();
        for (unsigned n = 0; n < 1 + round % 3; n++) {
            seed = seed * 1664525 + 1013904223;
            made.bytes[36 + (seed >> 8) % (made.length - 36)] = (uint8_t)(seed >> 24);
        }
        seal();
        if (parse())
            continue;
        passed++;
        assert_true(madt.cpus <= ACPI_CPUS_MAX && madt.ioapics <= ACPI_IOAPICS_MAX);
        assert_true(madt.local_apic_phys % 4096 == 0 && madt.local_apic_phys != 0);
        for (unsigned irq = 0; irq < ACPI_ISA_IRQS; irq++)
            for (unsigned other = 0; other < irq; other++)
                assert_true(!madt.isa[irq].connected || !madt.isa[other].connected
                            || madt.isa[irq].global != madt.isa[other].global);
    }
    assert_true(passed > 500 && passed < 9500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rsdp_is_found_at_multiples_of_16_alone),
        cmocka_unit_test(rsdp_old_and_new),
        cmocka_unit_test(rsdp_refused),
        cmocka_unit_test(root_tables),
        cmocka_unit_test(lengths_of_tables),
        cmocka_unit_test(madt_of_a_pc),
        cmocka_unit_test(madt_with_everything),
        cmocka_unit_test(many_cpus),
        cmocka_unit_test(equal_overrides_are_one),
        cmocka_unit_test(contradictions),
        cmocka_unit_test(addresses),
        cmocka_unit_test(too_many),
        cmocka_unit_test(lengths_of_entries),
        cmocka_unit_test(a_damaged_byte_is_seen),
        cmocka_unit_test(dice),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
