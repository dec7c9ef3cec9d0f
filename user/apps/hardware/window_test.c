/* The hardware report's window, of a machine that the test makes up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "user/apps/hardware/window.h"
#include "user/libui/headless.h"

/* links: user/apps/hardware/qr_page.c user/apps/hardware/qr.c user/apps/hardware/report.c */
/* links: user/apps/hardware/edid.c user/apps/system/system.a user/libui/libui.a */

static char folder[64];

static void put(const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void put_machine(void)
{
    struct text pci = {0};

    put("version", "FastOS, FastOS stage 2, 1.0\n");
    put("cpuinfo", "model name\t: QEMU Virtual CPU version 2.5+ (AuthenticAMD)\ncpu MHz\t\t: 2445.403\n");
    put("meminfo", "MemTotal: 129152 kB\nMemFree: 127444 kB\nKernelHeap: 174 kB\n");
    put("memory-map", "# e820\n0000000000000000 000000000009fc00 1\n0000000000100000 0000000007ee0000 1\n");
    put("display", "mode 1280x800x32 pitch 5120 at fd000000 vbe 017a\n");
    for (unsigned i = 0; i < 24; i++)
        text_print(&pci, "00:%02x.0 8086:%04x class=060000 rev=02 command=0103 line=00 pin=0\n", i,
                   0x1237 + i * 97);
    put("pci", pci.at);
    text_free(&pci);
    put("disks", "ata0 25288704 rw 1 \"QEMU HARDDISK\" \"QM00001\" \"primary master, 0x1f0 irq 14\"\n");
    put("boot", "445796953 mbr\n521094494 stage2\n682387647 kernel read\n1197374168 ready\n");
}

static void say_system(struct text *to)
{
    text_print(to, "Kernel       FastOS 0.4, hybrid kernel, x86-64\n");
}

static void say_features(struct text *to)
{
    text_print(to, "Features     fpu tsc msr pae sse sse2\n");
}

static long say_smart(const char *driver, unsigned number)
{
    (void)driver;
    return number ? -1 : 0;
}

static const struct report_source source = {folder, say_system, say_features, say_smart};

static struct hardware_window *open_hardware(const struct headless_options *options)
{
    strcpy(folder, "/tmp/hardware.XXXXXX");
    assert_non_null(mkdtemp(folder));
    put_machine();
    headless_start("hardware", options);
    struct hardware_window *hardware = hardware_open(&source, folder);

    assert_non_null(hardware);
    headless_settle();
    return hardware;
}

static void close_hardware(struct hardware_window *hardware)
{
    char command[96];

    headless_close(hardware->window);
    headless_end();
    snprintf(command, sizeof(command), "rm -r %s", folder);
    assert_int_equal(system(command), 0);
}

static void shows_the_report(void **state)
{
    struct hardware_window *hardware = open_hardware(NULL);
    char start[8] = "";

    (void)state;
    headless_compare(hardware->window, "user/apps/hardware/golden/report.png");
    ui_focus(hardware->sections);
    headless_keys("Down");
    headless_keys("Down");
    (void)text_buffer_copy(ui_area_buffer(hardware->text), 0, 5, start);
    assert_string_equal(start, "Model");
    close_hardware(hardware);
}

static void saves_it(void **state)
{
    struct hardware_window *hardware = open_hardware(NULL);
    struct text saved = {0}, all = {0};

    (void)state;
    headless_click(hardware->window, "Save");
    assert_int_equal(text_read(&saved, hardware->saves_to, 1 << 20), 0);
    report_print(&hardware->report, REPORT_SECTIONS, &all);
    assert_string_equal(saved.at, all.at);
    assert_non_null(strstr(headless_notified(), "Report saved"));
    headless_click(hardware->window, "Copy");
    assert_string_equal(headless_clipboard(), all.at);
    strcpy(hardware->saves_to, "/nowhere/at/all");
    headless_click(hardware->window, "Save");
    assert_ptr_not_equal(headless_top(), hardware->window);
    headless_keys("Esc");
    text_free(&saved);
    text_free(&all);
    close_hardware(hardware);
}

/* Each module is on the screen, in the middle of its square. */
static void assert_painted(struct hardware_window *hardware)
{
    const struct canvas picture = headless_picture(hardware->window);
    const struct rect at = ui_area(hardware->canvas);
    const int side = at.w < at.h ? at.w : at.h, module = side / (hardware->code.size + 8);
    const int all = module * (hardware->code.size + 8);
    const int x0 = at.x + (at.w - all) / 2, y0 = at.y + (at.h - all) / 2;

    assert_true(module >= 2);
    for (int y = -4; y < hardware->code.size + 4; y++)
        for (int x = -4; x < hardware->code.size + 4; x++) {
            const int px = x0 + (x + 4) * module + module / 2, py = y0 + (y + 4) * module + module / 2;
            const uint32_t wanted = qr_is_dark(&hardware->code, x, y) ? 0 : 0xffffff;

            assert_int_equal(picture.pixels[py * picture.stride + px] & 0xffffff, wanted);
        }
}

static void shows_codes(void **state)
{
    struct hardware_window *hardware = open_hardware(NULL);

    (void)state;
    headless_keys("Ctrl+Tab");
    assert_int_equal(ui_value(hardware->tabs), 1);
    headless_compare(hardware->window, "user/apps/hardware/golden/code.png");
    assert_true(hardware->pages.count > 2);
    assert_painted(hardware);
    headless_click(hardware->window, "forward");
    assert_int_equal(hardware->page, 1);
    headless_click(hardware->window, "back");
    headless_click(hardware->window, "back");
    assert_int_equal(hardware->page, hardware->pages.count - 1);
    headless_click(hardware->window, "Turn by itself");
    headless_advance(4100);
    assert_int_equal(hardware->page, 0);
    headless_click(hardware->window, "All in one code");
    assert_string_equal(ui_text(hardware->number), "1/1");
    assert_true(hardware->code.size > 60);
    headless_advance(9000);
    assert_painted(hardware);
    assert_int_equal(hardware->page, 0);
    headless_compare(hardware->window, "user/apps/hardware/golden/packed.png");
    close_hardware(hardware);
}

static void looks_well_otherwise(void **state)
{
    static const struct headless_options light = {.theme = "light", .language = "es", .scale = 150,
                                                  .width = 1400, .height = 1000};
    struct hardware_window *hardware = open_hardware(&light);

    (void)state;
    headless_keys("Ctrl+Tab");
    headless_compare(hardware->window, "user/apps/hardware/golden/code-light-es-150.png");
    close_hardware(hardware);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_report),
        cmocka_unit_test(saves_it),
        cmocka_unit_test(shows_codes),
        cmocka_unit_test(looks_well_otherwise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
