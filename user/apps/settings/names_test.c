/* links: user/apps/settings/startup.c user/apps/system/text.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <cmocka.h>

#include "user/apps/settings/names.h"
#include "user/apps/settings/startup.h"

static char folder[64], applications[80], autostart[96];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/settings.XXXXXX");
    if (!mkdtemp(folder))
        return -1;
    snprintf(applications, sizeof(applications), "%s/applications", folder);
    snprintf(autostart, sizeof(autostart), "%s/config/autostart", folder);
    return mkdir(applications, 0700);
}

static int remove_folder(void **state)
{
    char command[96];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

static void put(const char *where, const char *name, const char *text)
{
    char path[160];

    snprintf(path, sizeof(path), "%s/%s", where, name);
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void finds_layouts(void **state)
{
    struct layout_name layouts[LAYOUTS_MOST];

    (void)state;
    put(applications, "us.map", "");
    put(applications, "es.map", "");
    put(applications, "xy.map", "");
    put(applications, "much-too-long-a-code.map", "");
    put(applications, ".map", "");
    put(applications, "readme", "");
    assert_int_equal(layouts_find(applications, layouts), 3);
    assert_string_equal(layouts[0].code, "es");
    assert_string_equal(layouts[0].spanish, "Español");
    assert_string_equal(layouts[1].english, "English (US)");
    assert_null(layouts[2].english);
    assert_int_equal(layouts_find("/nowhere/at/all", layouts), 0);
}

static void reads_modes(void **state)
{
    int width, height, bits;

    (void)state;
    assert_true(screen_mode_parse("1024x768x32", &width, &height, &bits));
    assert_int_equal(width * 10000 + height, 10240768);
    assert_false(screen_mode_parse("1024x768", &width, &height, &bits));
    assert_false(screen_mode_parse("1024x768x31", &width, &height, &bits));
    assert_false(screen_mode_parse("-1x768x32", &width, &height, &bits));
    assert_false(screen_mode_parse("1024x768x32x", &width, &height, &bits));
    assert_false(screen_mode_parse("", &width, &height, &bits));
}

/* Each rule is one that this machine's C library reads: noon in winter is where it should be. */
static void zones_are_of_the_right_hour(void **state)
{
    static const struct {
        const char *place;
        int january, july; /* hours at 12:00 UTC */
    } some[] = {{"Europe/Madrid", 13, 14}, {"America/New York", 7, 8}, {"Asia/Kolkata", 17, 17},
                {"America/Santiago", 9, 8}, {"Pacific/Auckland", 1, 0}, {"UTC", 12, 12},
                {"America/Bogota", 7, 7}, {"Atlantic/Canary", 12, 13}};

    (void)state;
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        const time_t january = 1768478400, july = 1784116800; /* 2026-01-15 and 2026-07-15, 12:00 UTC */
        size_t zone = 0;

        while (zone < zone_count && strcmp(zones[zone].place, some[i].place) != 0)
            zone++;
        assert_true(zone < zone_count);
        setenv("TZ", zones[zone].rule, 1);
        tzset();
        assert_int_equal(localtime(&january)->tm_hour, some[i].january);
        assert_int_equal(localtime(&july)->tm_hour, some[i].july);
    }
    assert_string_equal(zones[zone_of_rule("MSK-3")].place, "Europe/Moscow");
    assert_int_equal(zone_of_rule("nothing"), zone_count);
}

static void chooses_what_starts(void **state)
{
    struct startup_entry entries[STARTUP_MOST];

    (void)state;
    put(applications, "terminal.app", "# comment\nname=Terminal\nicon=terminal\nexec=/bin/terminal\n");
    put(applications, "files.app", "name=Files\nname.es=Archivos\nexec=/bin/files\n");
    put(applications, "torn.app", "na");
    assert_int_equal(startup_find(applications, autostart, entries, STARTUP_MOST), 3);
    assert_string_equal(entries[0].name_es, "Archivos");
    assert_string_equal(entries[1].name_es, "Terminal");
    assert_string_equal(entries[2].name, "torn");
    assert_false(entries[1].chosen);
    assert_int_equal(startup_choose(applications, autostart, "terminal", true), 0);
    assert_int_equal(startup_find(applications, autostart, entries, STARTUP_MOST), 3);
    assert_true(entries[1].chosen);
    assert_int_equal(startup_choose(applications, autostart, "terminal", false), 0);
    assert_int_equal(startup_choose(applications, autostart, "terminal", false), 0);
    assert_int_equal(startup_find(applications, autostart, entries, STARTUP_MOST), 3);
    assert_false(entries[1].chosen);
    assert_int_equal(startup_choose(applications, autostart, "none", true), -ENOENT);
    assert_int_equal(startup_choose(applications, autostart, "../evil", true), -EINVAL);
    assert_int_equal(startup_find(applications, autostart, entries, 2), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(finds_layouts, make_folder, remove_folder),
        cmocka_unit_test(reads_modes),
        cmocka_unit_test(zones_are_of_the_right_hour),
        cmocka_unit_test_setup_teardown(chooses_what_starts, make_folder, remove_folder),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
