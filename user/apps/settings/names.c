/* Tables of what can be chosen, and the folder of keyboard layouts. */
#include "user/apps/settings/names.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rules as the IANA time zone data base has them now, the last line of each compiled file. */
const struct zone zones[] = {
    {"UTC", "UTC0"},
    {"Africa/Cairo", "EET-2EEST,M4.5.5/0,M10.5.4/24"},
    {"Africa/Casablanca", "<+01>-1"},
    {"Africa/Johannesburg", "SAST-2"},
    {"Africa/Lagos", "WAT-1"},
    {"Africa/Nairobi", "EAT-3"},
    {"America/Argentina/Buenos Aires", "<-03>3"},
    {"America/Asuncion", "<-03>3"},
    {"America/Bogota", "<-05>5"},
    {"America/Caracas", "<-04>4"},
    {"America/Chicago", "CST6CDT,M3.2.0,M11.1.0"},
    {"America/Costa Rica", "CST6"},
    {"America/Denver", "MST7MDT,M3.2.0,M11.1.0"},
    {"America/Guatemala", "CST6"},
    {"America/Havana", "CST5CDT,M3.2.0/0,M11.1.0/1"},
    {"America/La Paz", "<-04>4"},
    {"America/Lima", "<-05>5"},
    {"America/Los Angeles", "PST8PDT,M3.2.0,M11.1.0"},
    {"America/Mexico City", "CST6"},
    {"America/Montevideo", "<-03>3"},
    {"America/New York", "EST5EDT,M3.2.0,M11.1.0"},
    {"America/Panama", "EST5"},
    {"America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24"},
    {"America/Santo Domingo", "AST4"},
    {"America/Sao Paulo", "<-03>3"},
    {"America/Toronto", "EST5EDT,M3.2.0,M11.1.0"},
    {"Asia/Dubai", "<+04>-4"},
    {"Asia/Hong Kong", "HKT-8"},
    {"Asia/Jakarta", "WIB-7"},
    {"Asia/Karachi", "PKT-5"},
    {"Asia/Kolkata", "IST-5:30"},
    {"Asia/Manila", "PST-8"},
    {"Asia/Seoul", "KST-9"},
    {"Asia/Shanghai", "CST-8"},
    {"Asia/Singapore", "<+08>-8"},
    {"Asia/Tokyo", "JST-9"},
    {"Atlantic/Canary", "WET0WEST,M3.5.0/1,M10.5.0"},
    {"Australia/Perth", "AWST-8"},
    {"Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"},
    {"Europe/Athens", "EET-2EEST,M3.5.0/3,M10.5.0/4"},
    {"Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"Europe/Istanbul", "<+03>-3"},
    {"Europe/Kyiv", "EET-2EEST,M3.5.0/3,M10.5.0/4"},
    {"Europe/Lisbon", "WET0WEST,M3.5.0/1,M10.5.0"},
    {"Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"},
    {"Europe/Madrid", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"Europe/Moscow", "MSK-3"},
    {"Europe/Paris", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"Europe/Rome", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"Europe/Warsaw", "CET-1CEST,M3.5.0,M10.5.0/3"},
    {"Pacific/Auckland", "NZST-12NZDT,M9.5.0,M4.1.0/3"},
};
const size_t zone_count = sizeof(zones) / sizeof(zones[0]);

size_t zone_of_rule(const char *rule)
{
    size_t which = 0;

    while (which < zone_count && strcmp(zones[which].rule, rule) != 0)
        which++;
    return which;
}

/* ---- the screen ------------------------------------------------------------------------------------- */
const struct screen_size screen_sizes[] = {
    {640, 480}, {800, 600}, {1024, 768}, {1152, 864}, {1280, 720}, {1280, 800}, {1280, 1024}, {1400, 1050},
    {1440, 900}, {1600, 900}, {1600, 1200}, {1680, 1050}, {1920, 1080}, {1920, 1200}, {2560, 1440},
};
const size_t screen_size_count = sizeof(screen_sizes) / sizeof(screen_sizes[0]);

bool screen_mode_parse(const char *text, int *width, int *height, int *bits)
{
    char end;

    return sscanf(text, "%5dx%5dx%2d%c", width, height, bits, &end) == 3 && *width > 0 && *height > 0
        && *width <= 16384 && *height <= 16384 && (*bits == 15 || *bits == 16 || *bits == 24 || *bits == 32);
}

const unsigned accents[7] = {0, 0x9a7bff, 0xff7ac6, 0xff7a6b, 0xffb454, 0x50d68c, 0x2fd0c8};
const int scales[6] = {0, 100, 125, 150, 175, 200};

/* ---- keyboards -------------------------------------------------------------------------------------- */
static const struct layout_name known_layouts[] = {
    {"br", "Portuguese (Brazil)", "Portugués (Brasil)"},
    {"de", "German", "Alemán"},
    {"es", "Spanish", "Español"},
    {"fr", "French", "Francés"},
    {"it", "Italian", "Italiano"},
    {"latam", "Spanish (Latin America)", "Español (Latinoamérica)"},
    {"pt", "Portuguese", "Portugués"},
    {"uk", "English (UK)", "Inglés (R. Unido)"},
    {"us", "English (US)", "Inglés (EE. UU.)"},
};

/* Of a file that has no name here the code is the name. */
static void name_layout(struct layout_name *layout)
{
    layout->english = layout->spanish = NULL;
    for (size_t i = 0; i < sizeof(known_layouts) / sizeof(known_layouts[0]); i++)
        if (strcmp(known_layouts[i].code, layout->code) == 0)
            *layout = known_layouts[i];
}

static int by_code(const void *one, const void *other)
{
    const struct layout_name *a = one, *b = other;

    return strcmp(a->code, b->code);
}

size_t layouts_find(const char *folder, struct layout_name layouts[LAYOUTS_MOST])
{
    DIR *directory = opendir(folder);
    const struct dirent *entry;
    size_t count = 0;

    while (directory && count < LAYOUTS_MOST && (entry = readdir(directory))) {
        size_t size = strlen(entry->d_name);

        if (size < 5 || size - 4 >= sizeof(layouts[0].code) || strcmp(entry->d_name + size - 4, ".map") != 0)
            continue;
        snprintf(layouts[count].code, sizeof(layouts[0].code), "%.*s", (int)size - 4, entry->d_name);
        name_layout(&layouts[count++]);
    }
    if (directory)
        closedir(directory);
    qsort(layouts, count, sizeof(layouts[0]), by_code);
    return count;
}
