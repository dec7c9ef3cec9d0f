/* links: user/apps/system/text.c user/apps/system/pci.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/system/figures.h"

static void reads_the_cpu(void **state)
{
    struct cpu_figures cpu;

    (void)state;
    assert_true(figures_cpu(piece_of("cpu  34 0 0 30 0 0 0 0 0 0\nbtime 1795734487\n"), &cpu));
    assert_int_equal(cpu.busy, 34);
    assert_int_equal(cpu.idle, 30);
    assert_int_equal(cpu.interrupts, 0);
    assert_true(
        figures_cpu(piece_of("cpu  1 2 3 4 5 6\ncpu0 1 2 3 4\nintr 99\nctxt 7\nprocs_running 2\n"), &cpu));
    assert_int_equal(cpu.busy, 12);
    assert_int_equal(cpu.idle, 9);
    assert_int_equal(cpu.interrupts, 99);
    assert_int_equal(cpu.switches, 7);
    assert_int_equal(cpu.running, 2);
    assert_false(figures_cpu(piece_of("cpux 1 2\n\n \n"), &cpu));
    assert_false(figures_cpu(piece_of(""), &cpu));
}

static void reads_memory(void **state)
{
    struct memory_figures memory;

    (void)state;
    assert_true(
        figures_memory(piece_of("MemTotal:         129152 kB\nMemFree:  127444 kB\nMemAvailable: 5 kB\n"
                                "Cached: 816 kB\nDirty: 4 kB\nSlab: 160 kB\nKernelHeap: 174 kB"),
                       &memory));
    assert_int_equal(memory.total, 129152);
    assert_int_equal(memory.free, 127444);
    assert_int_equal(memory.available, 5);
    assert_int_equal(memory.cached, 816);
    assert_int_equal(memory.dirty, 4);
    assert_int_equal(memory.slab, 160);
    assert_int_equal(memory.heap, 174);
    assert_false(figures_memory(piece_of("MemTotal: 99999999999999999999999 kB\n"), &memory));
}

static void counts_interrupts(void **state)
{
    static const char text[] = "              CPU0\n   0:           23  APIC edge  timer\n"
                               "  11:            9  PIC level  ahci, usb (masked)\n"
                               " 240:           92  vector  local timer\n NMI:            1\n";
    struct interrupt_line line;

    (void)state;
    assert_int_equal(figures_interrupts(piece_of(text)), 125);
    assert_true(figures_interrupt(piece_of("  11:   9  PIC level  ahci, usb (masked)"), &line));
    assert_string_equal(line.number, "11");
    assert_string_equal(line.name, "ahci, usb (masked)");
    assert_true(figures_interrupt(piece_of(" 240:  92  vector  local timer"), &line));
    assert_string_equal(line.name, "local timer");
    assert_true(figures_interrupt(piece_of(" NMI:   1"), &line));
    assert_string_equal(line.name, "");
    assert_false(figures_interrupt(piece_of("   CPU0"), &line));
    assert_false(figures_interrupt(piece_of("1: x"), &line));
}

static void reads_a_process(void **state)
{
    struct process_figures process;

    (void)state;
    assert_true(figures_process(
        piece_of("17 (a) b) S 3 1 1 1281 15 0 0 0 0 0 36 4 29 0 20 -5 2 0 31 8699904 23\n"), &process));
    assert_int_equal(process.pid, 17);
    assert_string_equal(process.name, "a) b");
    assert_int_equal(process.state, 'S');
    assert_int_equal(process.parent, 3);
    assert_int_equal(process.ticks, 40);
    assert_int_equal(process.nice, -5);
    assert_int_equal(process.threads, 2);
    assert_int_equal(process.started, 31);
    assert_int_equal(process.bytes, 8699904);
    assert_int_equal(process.resident_pages, 23);
    assert_false(figures_process(piece_of("17 (sh) S 3 1"), &process));
    assert_false(figures_process(piece_of("(sh) S 3 1"), &process));
    assert_false(figures_process(piece_of("1 (sh"), &process));
    assert_false(figures_process(piece_of(""), &process));
}

static void reads_drivers(void **state)
{
    struct driver_figures driver;

    (void)state;
    assert_false(figures_driver(piece_of("# name       class    placement state      generation"), &driver));
    assert_true(figures_driver(piece_of("rtc          clock    kernel    built in            0         1"
                                        "        2          3         4 -"), &driver));
    assert_string_equal(driver.name, "rtc");
    assert_string_equal(driver.class, "clock");
    assert_string_equal(driver.placement, "kernel");
    assert_string_equal(driver.state, "built in");
    assert_int_equal(driver.generation, 0);
    assert_int_equal(driver.failures, 1);
    assert_int_equal(driver.refused, 2);
    assert_int_equal(driver.interrupts, 3);
    assert_int_equal(driver.worst_us, 4);
    assert_string_equal(driver.reason, "");
    assert_true(figures_driver(piece_of("ata disk user failed 3 2 1 0 9 page fault at 0x10"), &driver));
    assert_string_equal(driver.reason, "page fault at 0x10");
    assert_int_equal(driver.generation, 3);
    assert_false(figures_driver(piece_of("ata disk user"), &driver));
    assert_false(figures_driver(piece_of("ata disk user 4 5"), &driver));
}

static void reads_pci(void **state)
{
    struct pci_figures pci;

    (void)state;
    assert_true(figures_pci(piece_of("00:01.1 8086:7010 class=010180 rev=02 command=0107 line=0e pin=0 "
                                     "bar4=io,c000,10"), &pci));
    assert_string_equal(pci.place, "00:01.1");
    assert_int_equal(pci.vendor, 0x8086);
    assert_int_equal(pci.device, 0x7010);
    assert_int_equal(pci.class, 0x010180);
    assert_int_equal(pci.revision, 2);
    assert_int_equal(pci.line, 14);
    assert_false(figures_pci(piece_of("00:01.1 80x6:7010"), &pci));
    assert_false(figures_pci(piece_of("00:01.1"), &pci));
}

static void reads_mounts_and_boot(void **state)
{
    struct mount_figures mount;
    struct boot_figures boot;

    (void)state;
    assert_true(figures_mount(piece_of("/dev/ata0p1 /mnt/a\\040b\\134\\ ext2 ro,nosuid 0 0"), &mount));
    assert_string_equal(mount.target, "/mnt/a b\\\\");
    assert_true(mount.read_only);
    assert_true(figures_mount(piece_of("proc /proc proc root"), &mount));
    assert_false(mount.read_only);
    assert_false(figures_mount(piece_of("proc /proc"), &mount));
    assert_true(figures_boot(piece_of("524350323 long mode"), &boot));
    assert_string_equal(boot.name, "long mode");
    assert_int_equal(boot.ticks, 524350323);
    assert_false(figures_boot(piece_of("524350323"), &boot));
    assert_false(figures_boot(piece_of("-1 x"), &boot));
}

static void reads_the_log(void **state)
{
    struct log_figures line;

    (void)state;
    assert_true(figures_log(piece_of("[  12.123292] ata0: warning: slow: 3 s"), &line));
    assert_int_equal(line.micros, 12123292);
    assert_true(piece_is(line.area, "ata0"));
    assert_true(piece_is(line.text, "slow: 3 s"));
    assert_int_equal(line.level, LOG_LEVEL_WARNING);
    assert_true(figures_log(piece_of("[   0.000001] x: error: "), &line));
    assert_int_equal(line.level, LOG_LEVEL_INFO);
    assert_true(figures_log(piece_of("[   0.000001] x: error: e"), &line));
    assert_int_equal(line.level, LOG_LEVEL_ERROR);
    assert_false(figures_log(piece_of("123292] ata0: cut"), &line));
    assert_false(figures_log(piece_of("[   0.9999999] x: y"), &line));
    assert_false(figures_log(piece_of("[99999999999999999999.1] x: y"), &line));
    assert_false(figures_log(piece_of("[."), &line));
}

static void finds_what_cpuinfo_says(void **state)
{
    static const char text[] = "processor\t: 0\nmodel name\t: A CPU: fast\ncpu MHz\t\t: 2445.403\n";

    (void)state;
    assert_true(piece_is(figures_cpuinfo(piece_of(text), "model name"), "A CPU: fast"));
    assert_true(piece_is(figures_cpuinfo(piece_of(text), "cpu MHz"), "2445.403"));
    assert_int_equal(figures_cpuinfo(piece_of(text), "flags").size, 0);
}

/* Texts of any bytes, cut anywhere: read to their end and not beyond (the sanitizer watches). */
static void bears_anything(void **state)
{
    static const char sample[] = "cpu  1 2\nMemTotal: 9\n11: 9 PIC level x\n17 (s) S 3 1 1 1 1 0\n"
                                 "a b c d e 1 2 3 4 5 -\n00:01.1 8086:7010 class=1\n/d /m\\04 ext2 ro\n"
                                 "[  1.123292] ata0: error: x\n12 boot\n";
    uint32_t random = 7;

    (void)state;
    for (unsigned round = 0; round < 20000; round++) {
        size_t size = random % sizeof(sample);
        char *text = malloc(size + 1);
        struct piece rest = {text, size}, line;
        union {
            struct cpu_figures cpu;
            struct memory_figures memory;
            struct process_figures process;
        } any;

        assert_non_null(text);
        memcpy(text, sample, size);
        for (unsigned i = 0; size > 0 && i < random >> 30; i++) {
            random = random * 1664525 + 1013904223;
            text[(random >> 8) % size] = (char)random;
        }
        (void)figures_cpu(rest, &any.cpu);
        (void)figures_memory(rest, &any.memory);
        (void)figures_interrupts(rest);
        while (piece_line(&rest, &line)) {
            struct driver_figures driver;
            struct pci_figures pci;
            struct mount_figures mount;
            struct boot_figures boot;
            struct log_figures log;

            (void)figures_process(line, &any.process);
            (void)figures_driver(line, &driver);
            (void)figures_pci(line, &pci);
            (void)figures_mount(line, &mount);
            (void)figures_boot(line, &boot);
            (void)figures_log(line, &log);
        }
        free(text);
        random = random * 1664525 + 1013904223;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_cpu),       cmocka_unit_test(reads_memory),
        cmocka_unit_test(counts_interrupts),   cmocka_unit_test(reads_a_process),
        cmocka_unit_test(reads_drivers),       cmocka_unit_test(reads_pci),
        cmocka_unit_test(reads_mounts_and_boot), cmocka_unit_test(reads_the_log),
        cmocka_unit_test(finds_what_cpuinfo_says), cmocka_unit_test(bears_anything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
