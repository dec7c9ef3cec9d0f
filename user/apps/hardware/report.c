/* Builds the report from /proc's texts, a function a section. Nothing waits except for a disk's verdict. */
#include "user/apps/hardware/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/apps/system/figures.h"
#include "user/tools/common/pci_names.h"

#define FILE_MOST (256u << 10)

typedef unsigned long long ull;

/* A file of /proc. Empty where there is none. */
static struct text read_proc(const struct report_source *source, const char *name)
{
    struct text text = {0};
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", source->proc, name);
    (void)text_read(&text, path, FILE_MOST);
    return text;
}

static void print_piece(struct text *to, const char *label, struct piece piece)
{
    char copy[256];

    piece_copy(piece_trimmed(piece), copy, sizeof(copy));
    text_print(to, "%-12s %s\n", label, copy[0] ? copy : "not known");
}

/* Its first line. */
static void print_first_line(const struct report_source *source, const char *file, const char *label,
                             struct text *to)
{
    struct text text = read_proc(source, file);
    struct piece rest = text_piece(&text), line = {"", 0};

    (void)piece_line(&rest, &line);
    print_piece(to, label, line);
    text_free(&text);
}

/* "1.5 GiB" of bytes. */
static const char *size_text(uint64_t bytes, char room[24])
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB", "PiB"};
    unsigned unit = 0;
    uint64_t rest = 0;

    for (; bytes >= 10240 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++) {
        rest = bytes % 1024;
        bytes /= 1024;
    }
    if (unit && rest * 10 / 1024)
        snprintf(room, 24, "%llu.%llu %s", (ull)bytes, (ull)(rest * 10 / 1024), units[unit]);
    else
        snprintf(room, 24, "%llu %s", (ull)bytes, units[unit]);
    return room;
}

/* ---- system, processor ------------------------------------------------------------------------------ */
static void make_system(const struct report_source *source, struct text *to)
{
    source->system(to);
    print_first_line(source, "version", "Loader", to);
    print_first_line(source, "cmdline", "Options", to);
}

static void make_processor(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "cpuinfo");

    print_piece(to, "Model", figures_cpuinfo(text_piece(&text), "model name"));
    print_piece(to, "MHz", figures_cpuinfo(text_piece(&text), "cpu MHz"));
    text_free(&text);
    source->features(to);
}

/* ---- memory ----------------------------------------------------------------------------------------- */
/* As E820 numbers them: ACPI 6.4, table 15.4. */
static const char *range_name(uint64_t type)
{
    static const char *const names[] = {"?",        "usable", "reserved", "ACPI tables",
                                        "ACPI NVS", "bad",    "disabled", "persistent"};

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "?";
}

static void print_range(struct piece line, struct text *to)
{
    struct piece words[3];
    uint64_t base, size, type;
    char room[24];

    for (unsigned i = 0; i < 3; i++)
        if (!piece_word(&line, &words[i]))
            return;
    if (piece_number(words[0], 16, &base) && piece_number(words[1], 16, &size) && size > 0
        && piece_number(words[2], 10, &type))
        text_print(to, "%012llx-%012llx %-11s %s\n", (ull)base, (ull)(base + (size - 1)), range_name(type),
                   size_text(size, room));
}

static void make_memory(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "meminfo"), map = read_proc(source, "memory-map");
    struct memory_figures memory;
    struct piece rest = text_piece(&map), line;
    char room[24];

    (void)figures_memory(text_piece(&text), &memory);
    text_print(to, "Usable       %s\n", size_text(memory.total * 1024, room));
    text_print(to, "Free         %s\n", size_text(memory.free * 1024, room));
    text_print(to, "Kernel heap  %s\n", size_text(memory.heap * 1024, room));
    while (piece_line(&rest, &line))
        if (piece_begins(line, "# "))
            print_piece(to, "Map by", (struct piece){line.at + 2, line.size - 2});
        else
            print_range(line, to);
    text_free(&text);
    text_free(&map);
}

/* ---- display ---------------------------------------------------------------------------------------- */
static bool read_block(struct piece hex, uint8_t block[128])
{
    uint64_t byte;

    if (hex.size != 256)
        return false;
    for (unsigned i = 0; i < 128; i++) {
        if (!piece_number((struct piece){hex.at + 2 * i, 2}, 16, &byte))
            return false;
        block[i] = (uint8_t)byte;
    }
    return true;
}

static void make_display(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "display");
    struct piece rest = text_piece(&text), line, word;
    uint8_t block[128];

    if (text.size == 0)
        text_print(to, "No framebuffer: text mode, or none.\n");
    while (piece_line(&rest, &line)) {
        if (!piece_word(&line, &word))
            continue;
        if (piece_is(word, "mode"))
            print_piece(to, "Mode", line);
        else if (piece_is(word, "preferred"))
            print_piece(to, "Preferred", line);
        else if (piece_is(word, "edid") && read_block(piece_trimmed(line), block))
            report_edid(block, to);
    }
    text_free(&text);
}

/* ---- PCI -------------------------------------------------------------------------------------------- */
static void make_pci(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "pci");
    struct piece rest = text_piece(&text), line;
    struct pci_figures pci;
    unsigned count = 0;

    while (piece_line(&rest, &line))
        if (figures_pci(line, &pci)) {
            text_print(to, "%s %04x:%04x %s (%06x rev %02x)\n", pci.place, pci.vendor, pci.device,
                       pci_class_name(pci.class >> 8), pci.class, pci.revision);
            count++;
        }
    if (count == 0)
        text_print(to, "No PCI devices.\n");
    text_free(&text);
}

/* ---- disks ------------------------------------------------------------------------------------------ */
/* What stands in the next pair of quotes. */
static struct piece next_quoted(struct piece *line)
{
    struct piece before, quoted = {"", 0};

    if (piece_until(line, '"', &before))
        (void)piece_until(line, '"', &quoted);
    return quoted;
}

/* "ata0" is the driver ata's disk 0. Disks in memory have no verdict. */
static void print_verdict(const struct report_source *source, const char *disk, struct text *to)
{
    char driver[16];
    size_t size = strcspn(disk, "0123456789");
    uint64_t number;

    snprintf(driver, sizeof(driver), "%.*s", (int)size, disk);
    if (strcmp(driver, "ram") == 0 || !piece_number(piece_of(disk + size), 10, &number) || number > 63)
        return;
    long verdict = source->smart(driver, (unsigned)number);

    text_print(to, "  SMART      %s\n",
               verdict == 0   ? "well"
               : verdict == 1 ? "IT WILL FAIL SOON"
                              : "not known");
}

static void print_disk(const struct report_source *source, struct piece line, struct text *to)
{
    struct piece name, bytes, access, partitions;
    char disk[16], room[24];
    uint64_t size;

    if (!piece_word(&line, &name) || !piece_word(&line, &bytes) || !piece_word(&line, &access)
        || !piece_word(&line, &partitions) || !piece_number(bytes, 10, &size))
        return;
    piece_copy(name, disk, sizeof(disk));
    text_print(to, "%s: %s%s\n", disk, size_text(size, room), piece_is(access, "ro") ? ", read only" : "");
    print_piece(to, "  model", next_quoted(&line));
    print_piece(to, "  serial", next_quoted(&line));
    print_piece(to, "  at", next_quoted(&line));
    print_piece(to, "  partitions", partitions);
    print_verdict(source, disk, to);
}

static void print_mounts(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "mounts");
    struct piece rest = text_piece(&text), line;
    struct mount_figures mount;

    while (piece_line(&rest, &line))
        if (figures_mount(line, &mount))
            text_print(to, "%s on %s, %s%s\n", mount.source, mount.target, mount.type,
                       mount.read_only ? ", read only" : "");
    text_free(&text);
}

static void make_disks(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "disks");
    struct piece rest = text_piece(&text), line;

    if (text.size == 0)
        text_print(to, "No disks.\n");
    while (piece_line(&rest, &line))
        print_disk(source, line, to);
    print_mounts(source, to);
    text_free(&text);
}

/* ---- drivers: input, timers, all ------------------------------------------------------------------- */
static void print_driver(const struct driver_figures *driver, struct text *to)
{
    text_print(to, "%-12s %-8s %-8s %-9s", driver->name, driver->class, driver->placement, driver->state);
    if (driver->failures)
        text_print(to, " %llu failures", (ull)driver->failures);
    text_print(to, driver->reason[0] ? " (%s)\n" : "%s\n", driver->reason);
}

static void print_drivers(const struct report_source *source, const char *class, struct text *to)
{
    struct text text = read_proc(source, "drivers");
    struct piece rest = text_piece(&text), line;
    struct driver_figures driver;

    while (piece_line(&rest, &line))
        if (figures_driver(line, &driver) && (!class || strcmp(driver.class, class) == 0))
            print_driver(&driver, to);
    text_free(&text);
}

/* Lines of the log that an area said: what the driver found. */
static void print_log(const struct report_source *source, const char *const *areas, struct text *to)
{
    struct text text = read_proc(source, "kmsg");
    struct piece rest = text_piece(&text), line;
    struct log_figures log;

    while (piece_line(&rest, &line)) {
        char area[24];

        if (!figures_log(line, &log))
            continue;
        piece_copy(log.area, area, sizeof(area));
        for (unsigned i = 0; areas[i]; i++)
            if (strcmp(area, areas[i]) == 0)
                print_piece(to, area, log.text);
    }
    text_free(&text);
}

static void make_input(const struct report_source *source, struct text *to)
{
    static const char *const areas[] = {"keyboard", "mouse", "8042", "i8042", NULL};

    print_drivers(source, "input", to);
    print_log(source, areas, to);
}

static void print_interrupts(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "interrupts");
    struct piece rest = text_piece(&text), line;
    struct interrupt_line interrupt;

    while (piece_line(&rest, &line))
        if (figures_interrupt(line, &interrupt) && interrupt.count)
            text_print(to, "irq %-8s %10llu %s\n", interrupt.number, (ull)interrupt.count, interrupt.name);
    text_free(&text);
}

static void make_timers(const struct report_source *source, struct text *to)
{
    static const char *const areas[] = {"apic", "hpet", "timer", "time", "acpi", NULL};

    print_drivers(source, "timer", to);
    print_drivers(source, "clock", to);
    print_log(source, areas, to);
    print_interrupts(source, to);
}

static void make_all_drivers(const struct report_source *source, struct text *to)
{
    print_drivers(source, NULL, to);
}

/* ---- boot ------------------------------------------------------------------------------------------- */
static uint64_t tsc_mhz(const struct report_source *source)
{
    struct text text = read_proc(source, "cpuinfo");
    struct piece value = figures_cpuinfo(text_piece(&text), "cpu MHz"), whole;
    uint64_t mhz = 0;

    if (!piece_until(&value, '.', &whole) || !piece_number(whole, 10, &mhz))
        mhz = 0;
    text_free(&text);
    return mhz;
}

/* Milliseconds since power-on, and since the step before. */
static void make_boot(const struct report_source *source, struct text *to)
{
    struct text text = read_proc(source, "boot");
    struct piece rest = text_piece(&text), line;
    struct boot_figures boot;
    uint64_t mhz = tsc_mhz(source), before = 0;

    if (mhz == 0 || text.size == 0)
        text_print(to, "Not known.\n");
    while (mhz && piece_line(&rest, &line))
        if (figures_boot(line, &boot)) {
            uint64_t us = boot.ticks / mhz, step = us > before ? us - before : 0;

            text_print(to, "%7llu.%03llu ms  +%6llu.%03llu  %s\n", (ull)us / 1000, (ull)us % 1000,
                       (ull)step / 1000, (ull)step % 1000, boot.name);
            before = us;
        }
    text_free(&text);
}

/* ---- all of it -------------------------------------------------------------------------------------- */
static const struct {
    const char *title;
    void (*make)(const struct report_source *source, struct text *to);
} makers[REPORT_SECTIONS] = {
    [REPORT_SYSTEM] = {"System", make_system},
    [REPORT_PROCESSOR] = {"Processor", make_processor},
    [REPORT_MEMORY] = {"Memory", make_memory},
    [REPORT_DISPLAY] = {"Display", make_display},
    [REPORT_PCI] = {"PCI devices", make_pci},
    [REPORT_DISKS] = {"Disks", make_disks},
    [REPORT_INPUT] = {"Keyboard and mouse", make_input},
    [REPORT_TIMERS] = {"Timers and interrupts", make_timers},
    [REPORT_BOOT] = {"Boot times", make_boot},
    [REPORT_DRIVERS] = {"Drivers", make_all_drivers},
};

const char *report_title(enum report_section section)
{
    return makers[section].title;
}

int report_make(struct report *report, const struct report_source *source)
{
    bool broken = false;

    report_free(report);
    for (unsigned i = 0; i < REPORT_SECTIONS; i++) {
        makers[i].make(source, &report->sections[i]);
        broken |= report->sections[i].broken;
    }
    return broken ? -ENOMEM : 0;
}

void report_free(struct report *report)
{
    for (unsigned i = 0; i < REPORT_SECTIONS; i++)
        text_free(&report->sections[i]);
}

void report_print(const struct report *report, unsigned sections, struct text *to)
{
    for (unsigned i = 0; i < REPORT_SECTIONS && i < sections; i++) {
        struct piece body = text_piece(&report->sections[i]);

        text_print(to, "%s== %s ==\n", i ? "\n" : "", makers[i].title);
        text_add(to, body.at, body.size);
    }
}
