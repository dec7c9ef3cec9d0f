/* Language, time zone, the clock. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/apps/settings/settings.h"

/* ---- language --------------------------------------------------------------------------------------- */
static void english(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    (void)ui_set_desktop("language", "en");
}

static void spanish(struct widget *widget, void *context)
{
    (void)widget;
    (void)context;
    (void)ui_set_desktop("language", "es");
}

/* Each in its own language, whatever the desktop's is. */
void language_make(struct settings *settings, struct widget *parent)
{
    struct widget *row = ui_row(parent), *first = ui_radio(row, "&English", NULL, english, settings);
    struct widget *second = ui_radio(row, "E&spañol", first, spanish, settings);

    ui_set_gap(row, 24);
    if (strcmp(ui_language(), "es") == 0)
        ui_set_value(second, 1);
}

/* ---- time zone -------------------------------------------------------------------------------------- */
static size_t count_zones(void *context)
{
    (void)context;
    return zone_count;
}

/* "UTC+01:00" of now. */
static void print_offset(const char *rule, char to[12])
{
    time_t now = time(NULL);
    struct tm parts;
    char *before = getenv("TZ") ? strdup(getenv("TZ")) : NULL;

    setenv("TZ", rule, 1);
    tzset();
    localtime_r(&now, &parts);
    long minutes = (long)(timegm(&parts) - now) / 60;

    if (before)
        setenv("TZ", before, 1);
    else
        unsetenv("TZ");
    tzset();
    free(before);
    snprintf(to, 12, "UTC%c%02ld:%02ld", minutes < 0 ? '-' : '+', labs(minutes) / 60 % 100,
             labs(minutes) % 60);
}

static void fill_zone(void *context, size_t row, unsigned column, struct ui_cell *cell)
{
    static char offsets[64][12]; /* of each zone, once it was shown */

    (void)context;
    cell->text = "";
    if (row >= zone_count || row >= sizeof(offsets) / sizeof(offsets[0]))
        return;
    if (!offsets[row][0])
        print_offset(zones[row].rule, offsets[row]);
    cell->text = column == 0 ? zones[row].place : offsets[row];
    cell->dim = column == 1;
}

static void show_time(struct settings *settings)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[32];

    localtime_r(&now, &parts);
    strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &parts);
    ui_set_text(settings->region.time, text);
}

static void use_zone(const char *rule)
{
    setenv("TZ", rule, 1);
    tzset();
}

static void zone_chosen(struct widget *table, void *context)
{
    struct settings *settings = context;
    size_t row = ui_list_row(table);

    if (row >= zone_count)
        return;
    (void)ui_set_desktop("timezone", zones[row].rule);
    (void)ui_set_desktop("timezone-place", zones[row].place);
    use_zone(zones[row].rule);
    show_time(settings);
}

static size_t zone_now(const struct settings *settings)
{
    char rule[64], place[64];

    setting_get(settings, "timezone", rule, sizeof(rule));
    setting_get(settings, "timezone-place", place, sizeof(place));
    for (size_t i = 0; i < zone_count; i++)
        if (strcmp(zones[i].place, place) == 0 && strcmp(zones[i].rule, rule) == 0)
            return i;
    return rule[0] ? zone_of_rule(rule) : 0;
}

static void make_zones(struct settings *settings, struct widget *page)
{
    static const struct ui_model model = {count_zones, fill_zone};
    const struct ui_column_of columns[] = {{ui_say("Time zone", "Zona horaria"), 220, 1, ALIGN_START, false},
                                           {ui_say("Now", "Ahora"), 96, 0, ALIGN_END, false}};
    struct widget *table = ui_table(page, columns, 2, &model, settings, zone_chosen, settings);
    size_t now = zone_now(settings);

    ui_set_least(table, 320, 200);
    ui_set_name(table, "zones");
    ui_list_select(table, now < zone_count ? now : UI_NO_ROW);
    if (now < zone_count)
        use_zone(zones[now].rule);
}

/* ---- the clock -------------------------------------------------------------------------------------- */
static int set_time(struct settings *settings)
{
    struct tm parts = {.tm_isdst = -1};
    const char *end = strptime(ui_text(settings->region.time), "%Y-%m-%d %H:%M", &parts);

    if (!end || *end)
        return -EINVAL;
    parts.tm_isdst = -1;
    time_t seconds = mktime(&parts);

    return seconds < 0 ? -EINVAL : settings->world->set_clock(seconds);
}

static void time_set(struct widget *widget, void *context)
{
    struct settings *settings = context;
    int error = set_time(settings);

    (void)widget;
    settings_tell(settings, ui_say("The clock was not set (YYYY-MM-DD HH:MM)",
                                   "El reloj no se cambió (AAAA-MM-DD HH:MM)"), error);
    if (!error)
        show_time(settings);
}

static void make_clock(struct settings *settings, struct widget *page)
{
    struct widget *row = settings_row(page, ui_say("Date and time", "Fecha y hora"));

    settings->region.time = ui_entry(row, "", NULL, NULL);
    ui_set_name(settings->region.time, "time");
    ui_entry_set_limit(settings->region.time, 32);
    ui_on_activate(settings->region.time, time_set, settings);
    ui_button(row, ui_say("S&et", "&Fijar"), time_set, settings);
    show_time(settings);
}

void region_page_make(struct settings *settings, struct widget *page)
{
    language_make(settings, page);
    make_zones(settings, page);
    make_clock(settings, page);
}
