/*
 * Finding ACPI tables: RSDP → RSDT or XSDT → a table by its signature (ACPI 6.4, 5.2.5–5.2.8).
 *
 * Stage 2 maps memory of the BIOS's types "usable", "ACPI" and "NVS"; tables also lie in what is
 * merely reserved. So what is read gets a mapping of its own for as long as that takes, and only
 * where the memory map has something: an address that a broken table made up could be a device's,
 * and reading a device's registers changes it.
 */
#include "kernel/core/acpi/acpi.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/log/log.h"
#include "lib/bytes.h"
#include "lib/errno.h"
#include "lib/string.h"

#define EBDA_SEGMENT 0x40e /* in the BIOS data area: a real-mode segment */
#define EBDA_LOOKED_AT 1024
#define BIOS_LOW  0xe0000u
#define BIOS_HIGH 0xf0000u
#define BIOS_BYTES 0x10000u

#define WINDOW_BYTES 16384u

#define ROOT_MAX 4096 /* bytes of an RSDT or XSDT: 508 tables */
#define MADT_MAX 8192

static struct acpi_rsdp rsdp;
static struct acpi_madt madt;
static enum { UNREAD, USABLE, NONE } madt_state;

static void complain(const char *table, const struct acpi_damage *damage)
{
    char text[160];

    acpi_explain(damage, text, sizeof(text));
    log_warn("acpi", "%s refused: %s", table, text);
}

/* ---- reading physical memory ----------------------------------------------------------------- */

static bool holds_tables(uint32_t type)
{
    return type != BOOT_MEMORY_BAD && type != BOOT_MEMORY_FRAMEBUFFER;
}

/* All of it lies in ranges of the memory map, which is sorted. */
static bool is_in_map(uint64_t phys, uint64_t bytes)
{
    const struct boot_info *boot = boot_info();

    for (uint32_t i = 0; i < boot->memory_count && bytes > 0; i++) {
        const struct boot_memory_range *range = &boot->memory[i];
        uint64_t left;

        if (phys < range->base || phys - range->base >= range->length || !holds_tables(range->type))
            continue;
        left = range->length - (phys - range->base);
        if (left >= bytes)
            return true;
        phys += left;
        bytes -= left;
    }
    return false;
}

/* Tables lie close together: one mapping serves for most of them. */
static struct {
    uint64_t phys, bytes;
    const volatile uint8_t *at; /* NULL: there is none */
} window;

static void close_window(void)
{
    if (window.at)
        device_unmap((volatile void *)window.at, window.bytes);
    window.at = NULL;
}

static bool open_window(uint64_t phys, uint64_t bytes)
{
    close_window();
    if (!is_in_map(phys, bytes))
        return false;
    window.phys = phys;
    window.bytes = bytes;
    window.at = device_map(phys, bytes, 0);
    return window.at;
}

static bool in_window(uint64_t phys, uint64_t bytes)
{
    return window.at && phys >= window.phys && phys - window.phys <= window.bytes
           && bytes <= window.bytes - (phys - window.phys);
}

static int read_physical(uint64_t phys, uint8_t *to, uint32_t bytes)
{
    uint64_t start = phys - phys % WINDOW_BYTES;

    if (!in_window(phys, bytes) && !(open_window(start, WINDOW_BYTES) && in_window(phys, bytes))
        && !open_window(phys, bytes)) {
        log_warn("acpi", "a table at 0x%llx, %u bytes: there is no memory",
                 (unsigned long long)phys, bytes);
        return -EFAULT;
    }
    memcpy(to, (const void *)(uintptr_t)(window.at + (phys - window.phys)), bytes);
    return 0;
}

/* The whole table at phys, when it has the signature. -ENOENT, -EUCLEAN, -EFAULT. */
static int read_table(uint64_t phys, const char *signature, uint8_t *to, uint32_t size,
                      uint32_t *length)
{
    uint8_t header[ACPI_HEADER_BYTES];
    struct acpi_damage damage;
    int error = read_physical(phys, header, sizeof(header));

    if (error)
        return error;
    error = acpi_header_parse(header, signature, length, &damage);
    if (!error && *length > size) {
        damage = (struct acpi_damage){"table length", *length, ACPI_HEADER_BYTES, size};
        error = -EUCLEAN;
    }
    if (error) {
        if (error != -ENOENT)
            complain(signature, &damage);
        return error;
    }
    error = read_physical(phys, to, *length);
    if (!error && (error = acpi_table_check(to, *length, &damage)))
        complain(signature, &damage);
    return error;
}

/* ---- RSDP ------------------------------------------------------------------------------------ */

/* Of the first megabyte, which is mapped. The RSDP's physical address, or 0. */
static uint64_t look_in(uint64_t phys, uint64_t bytes)
{
    int64_t at = acpi_find_rsdp(phys_to_virt(phys), bytes);

    return at < 0 ? 0 : phys + (uint64_t)at;
}

static uint64_t find_rsdp(void)
{
    uint64_t ebda = (uint64_t)rd16(phys_to_virt(EBDA_SEGMENT)) << 4, found = 0;

    if (boot_info()->rsdp_phys)
        return boot_info()->rsdp_phys;
    if (ebda >= 0x80000 && ebda <= 0xa0000 - EBDA_LOOKED_AT)
        found = look_in(ebda, EBDA_LOOKED_AT);
    if (!found)
        found = look_in(BIOS_HIGH, BIOS_BYTES);
    return found ? found : look_in(BIOS_LOW, BIOS_BYTES);
}

static int find_root(void)
{
    uint64_t phys = find_rsdp();
    uint8_t bytes[ACPI_RSDP_BYTES];
    struct acpi_damage damage;
    uint32_t size = ACPI_RSDP_BYTES;
    int error;

    if (phys == 0)
        return -ENOENT;
    /* An old one at the very end of the BIOS has only its own 20 bytes. */
    if (phys < 0x100000 && 0x100000 - phys < size)
        size = ACPI_RSDP_1_BYTES;
    if (phys < 0x100000)
        memcpy(bytes, phys_to_virt(phys), size);
    else if ((error = read_physical(phys, bytes, size)))
        return error;
    error = acpi_rsdp_parse(bytes, size, &rsdp, &damage);
    if (error)
        complain("RSDP", &damage);
    return error;
}

int acpi_init(void)
{
    static bool asked;
    static int error;

    if (!asked)
        error = find_root();
    asked = true;
    return error;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static uint8_t root[ROOT_MAX];
static uint32_t root_length; /* 0: not read yet, or not to be read */

static int read_root(void)
{
    uint32_t length;
    int error = acpi_init();

    if (root_length > 0)
        return 0;
    if (!error)
        error = read_table(rsdp.root_phys, rsdp.root_entry_bytes == 8 ? "XSDT" : "RSDT", root, sizeof(root),
                           &length);
    if (!error)
        root_length = length;
    return error;
}

/* Where the table with that index lies; 0: behind the last. */
static uint64_t root_entry(uint32_t index)
{
    return acpi_root_entry(root, root_length, rsdp.root_entry_bytes, index);
}

/* The first table of that signature that is sound. */
static int find_table(const char *signature, uint8_t *to, uint32_t size, uint32_t *length)
{
    int error = read_root();

    if (error)
        return error;
    for (uint32_t i = 0; i < acpi_root_entries(root_length, rsdp.root_entry_bytes); i++)
        if (!read_table(root_entry(i), signature, to, size, length))
            return 0;
    return -ENOENT;
}

static int read_madt(void)
{
    static uint8_t bytes[MADT_MAX];
    struct acpi_damage damage;
    uint32_t length;
    int error = find_table("APIC", bytes, sizeof(bytes), &length);

    if (!error && (error = acpi_madt_parse(bytes, length, &madt, &damage)))
        complain("MADT", &damage);
    if (!error && madt.cpus_left_out)
        log_warn("acpi", "%u CPUs more than the %u that are listed", madt.cpus_left_out, madt.cpus);
    return error;
}

const struct acpi_madt *acpi_madt(void)
{
    if (madt_state == UNREAD)
        madt_state = read_madt() == 0 ? USABLE : NONE;
    close_window();
    return madt_state == USABLE ? &madt : NULL;
}

int acpi_read_mcfg(struct acpi_mcfg *mcfg)
{
    static uint8_t bytes[ACPI_MCFG_MAX];
    struct acpi_damage damage;
    uint32_t length;
    int error = find_table("MCFG", bytes, sizeof(bytes), &length);

    if (!error && (error = acpi_mcfg_parse(span_of(bytes, length), mcfg, &damage)) == -EUCLEAN)
        complain("MCFG", &damage);
    close_window();
    return error;
}

int acpi_read_hpet(uint64_t *phys)
{
    uint8_t bytes[ACPI_HPET_MAX];
    struct acpi_damage damage;
    uint32_t length;
    int error = find_table("HPET", bytes, sizeof(bytes), &length);

    if (!error && (error = acpi_hpet_parse(span_of(bytes, length), phys, &damage)))
        complain("HPET", &damage);
    close_window();
    return error;
}

/* ---- power ----------------------------------------------------------------------------------- */

/* A table of AML may be long: it is looked at where it lies, and closed with the window. */
static int open_aml(uint64_t phys, const char *signature, struct span *aml)
{
    uint8_t header[ACPI_HEADER_BYTES];
    int error = read_physical(phys, header, sizeof(header));
    uint32_t length = span_rd32(span_of(header, sizeof(header)), 4);

    if (error || memcmp(header, signature, 4) != 0)
        return error ? error : -ENOENT;
    struct acpi_damage damage = {"table length", length, ACPI_HEADER_BYTES, ACPI_AML_MAX};

    if (length >= ACPI_HEADER_BYTES && length <= ACPI_AML_MAX) {
        if (!open_window(phys, length))
            return -EFAULT;
        *aml = span_of((const void *)window.at, length);
        error = acpi_table_check(aml->bytes, length, &damage);
    } else {
        error = -EUCLEAN;
    }
    if (error)
        complain(signature, &damage);
    return error;
}

/* In the DSDT, else in an SSDT. */
static int find_s5(struct acpi_power *power)
{
    struct span aml;
    int error = open_aml(power->dsdt_phys, "DSDT", &aml);

    if (!error)
        error = acpi_find_s5(aml, power);
    for (uint32_t i = 0; error && i < acpi_root_entries(root_length, rsdp.root_entry_bytes); i++)
        if (open_aml(root_entry(i), "SSDT", &aml) == 0)
            error = acpi_find_s5(aml, power);
    return error;
}

int acpi_read_power(struct acpi_power *power)
{
    uint8_t bytes[ACPI_FADT_MAX];
    struct acpi_damage damage;
    uint32_t length;
    int error = find_table("FACP", bytes, sizeof(bytes), &length);

    *power = (struct acpi_power){0};
    if (!error && (error = acpi_fadt_parse(span_of(bytes, length), power, &damage)))
        complain("FADT", &damage);
    if (!error && find_s5(power))
        log_warn("acpi", "no S5: the machine can not be switched off");
    close_window();
    return error;
}
