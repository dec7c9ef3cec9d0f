/* links: user/apps/hardware/edid.c user/apps/system/system.a */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/hardware/report.h"

static char folder[64];

/* QEMU's own monitor, as /proc/display gives it. */
static const char edid_hex[] =
    "00ffffffffffff0049143412000000002a180104a520147806ee91a3544c99260f5054210800e1c0d1c0d100a940b300"
    "950081808140ea2900c051201c304026444045cb10000018000000f7000a004082002820000000000000000000fd0032"
    "7d1ea0ff010a202020202020000000fc0051454d55204d6f6e69746f720a013a";

static const struct {
    const char *name, *text;
} samples[] = {
    {"version", "FastOS, FastOS stage 2, 1.0\n"},
    {"cmdline", "init=/bin/sh\n"},
    {"cpuinfo", "processor\t: 0\nmodel name\t: A CPU\ncpu MHz\t\t: 2000.403\n"},
    {"meminfo", "MemTotal: 129152 kB\nMemFree: 127444 kB\nKernelHeap: 174 kB\n"},
    {"memory-map", "# e820\n0000000000000000 000000000009fc00 1\n000000000009fc00 0000000000000400 2\n"
                   "ffffffffffffff00 0000000000000100 9\nbad line\n"},
    {"pci", "00:01.1 8086:7010 class=010180 rev=00 command=0107 line=00 pin=0 bar4=io,c000,10\n"},
    {"disks", "ata0 25288704 rw 1 \"QEMU HARDDISK\" \"QM00001\" \"primary master, 0x1f0 irq 14\"\n"
              "ram0 1024 ro 0 \"\" \"\" \"memory\"\nata1 12 rw 1 \"torn\n"},
    {"mounts", "/dev/ata0p1 / ext2 rw 0 0\n"},
    {"drivers", "# name\nmouse input kernel running 1 0 0 24 28956 -\npit timer kernel built in 0 0 0 0 0 -\n"
                "ahci disk user failed 3 2 0 0 0 page fault\n"},
    {"kmsg", "[   0.204686] keyboard: PS/2, 0x60 0x64 irq 1\n[   0.159777] apic: local APIC 0\n"},
    {"interrupts", "  CPU0\n   0:           23  APIC edge  timer\n   1:            0  APIC edge  keyboard\n"},
    {"boot", "2000000 mbr\n6000000 long mode\n"},
};

static void put(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/report.XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void say_system(struct text *to)
{
    text_print(to, "Kernel       a kernel\n");
}

static void say_features(struct text *to)
{
    text_print(to, "Features     fpu\n");
}

static long say_smart(const char *driver, unsigned number)
{
    return strcmp(driver, "ata") == 0 && number == 0 ? 1 : -1;
}

static const struct report_source source = {
    .proc = folder, .system = say_system, .features = say_features, .smart = say_smart,
};

static void assert_says(const struct report *report, enum report_section section, const char *line)
{
    if (!strstr(report->sections[section].at, line))
        fail_msg("no '%s' in: %s", line, report->sections[section].at);
}

static void reports_what_there_is(void **state)
{
    struct report report = {0};
    struct text all = {0};
    char display[512];

    (void)state;
    for (size_t i = 0; i < sizeof(samples) / sizeof(samples[0]); i++)
        put(samples[i].name, samples[i].text);
    snprintf(display, sizeof(display), "mode 1280x800x32 pitch 5120 at fd000000 vbe 0140\nedid %s\n",
             edid_hex);
    put("display", display);
    assert_int_equal(report_make(&report, &source), 0);
    assert_says(&report, REPORT_SYSTEM, "Loader       FastOS, FastOS stage 2, 1.0\n");
    assert_says(&report, REPORT_PROCESSOR, "Model        A CPU\nMHz          2000.403\nFeatures     fpu\n");
    assert_says(&report, REPORT_MEMORY, "Usable       126.1 MiB\n");
    assert_says(&report, REPORT_MEMORY, "Map by       e820\n000000000000-00000009fbff usable      639 KiB\n");
    assert_says(&report, REPORT_MEMORY, "-00000009ffff reserved    1024 bytes\n");
    assert_says(&report, REPORT_MEMORY, "ffffffffffffff00-ffffffffffffffff ?");
    assert_says(&report, REPORT_DISPLAY, "Mode         1280x800x32 pitch 5120");
    assert_says(&report, REPORT_PCI, "00:01.1 8086:7010 IDE controller (010180 rev 00)\n");
    assert_says(&report, REPORT_DISKS, "ata0: 24.1 MiB\n  model      QEMU HARDDISK\n  serial     QM00001\n");
    assert_says(&report, REPORT_DISKS, "  SMART      IT WILL FAIL SOON\nram0: 1024 bytes, read only\n");
    assert_says(&report, REPORT_DISKS, "ata1: 12 bytes\n  model      not known\n");
    assert_says(&report, REPORT_DISKS, "/dev/ata0p1 on /, ext2\n");
    assert_says(&report, REPORT_INPUT, "keyboard     PS/2, 0x60 0x64 irq 1\n");
    assert_says(&report, REPORT_TIMERS, "irq 0                23 timer\n");
    assert_null(strstr(report.sections[REPORT_TIMERS].at, "irq 1"));
    assert_says(&report, REPORT_BOOT,
                "      1.000 ms  +     1.000  mbr\n      3.000 ms  +     2.000  long mode\n");
    assert_says(&report, REPORT_DRIVERS,
                "ahci         disk     user     failed    2 failures (page fault)\n");
    report_print(&report, REPORT_SECTIONS, &all);
    assert_memory_equal(all.at, "== System ==\nKernel", 19);
    assert_non_null(strstr(all.at, "\n\n== Drivers ==\n"));
    text_free(&all);
    report_free(&report);
}

static void reports_without_anything(void **state)
{
    struct report report = {0};

    (void)state;
    assert_int_equal(report_make(&report, &source), 0);
    assert_says(&report, REPORT_DISPLAY, "No framebuffer");
    assert_says(&report, REPORT_PCI, "No PCI devices.");
    assert_says(&report, REPORT_DISKS, "No disks.");
    assert_says(&report, REPORT_BOOT, "Not known.");
    assert_says(&report, REPORT_PROCESSOR, "Model        not known\n");
    report_free(&report);
}

static void from_hex(uint8_t block[128])
{
    memset(block, 0, 128);
    for (unsigned i = 0; i < 128 && edid_hex[2 * i]; i++)
        sscanf(edid_hex + 2 * i, "%2hhx", &block[i]);
}

static void seal(uint8_t block[128])
{
    uint8_t sum = 0;

    for (unsigned i = 0; i < 127; i++)
        sum = (uint8_t)(sum + block[i]);
    block[127] = (uint8_t)-sum;
}

static void reads_edid(void **state)
{
    struct text text = {0};
    uint8_t block[128];

    (void)state;
    from_hex(block);
    seal(block);
    report_edid(block, &text);
    assert_non_null(strstr(text.at, "Monitor      RHT 1234, EDID 1.4, made in 2014\n"));
    assert_non_null(
        strstr(text.at, "Size         32 cm x 20 cm\nInput        digital\nTiming       1280x800, 75 Hz\n"));
    assert_non_null(strstr(text.at, "Called       QEMU Monitor\n"));
    block[0] = 1;
    text_free(&text);
    report_edid(block, &text);
    assert_string_equal(text.at, "Monitor      its EDID is not valid\n");
    text_free(&text);
}

static void bears_any_edid(void **state)
{
    uint8_t block[128];
    uint32_t random = 5;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        struct text text = {0};

        from_hex(block);
        for (unsigned i = 0; i < 20; i++, random = random * 1664525 + 1013904223)
            block[8 + (random >> 8) % 119] = (uint8_t)(random >> 24);
        seal(block);
        report_edid(block, &text);
        assert_null(strchr(text.at, '\033'));
        text_free(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reports_what_there_is, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(reports_without_anything, make_folder, remove_folder),
        cmocka_unit_test(reads_edid),
        cmocka_unit_test(bears_any_edid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
