/* What can be chosen, and what it is called. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct zone {
    const char *place; /* "Europe/Madrid" */
    const char *rule;  /* POSIX's TZ: "CET-1CEST,M3.5.0,M10.5.0/3" */
};
extern const struct zone zones[];
extern const size_t zone_count;
size_t zone_of_rule(const char *rule); /* the first; zone_count: none */

struct screen_size {
    int width, height;
};
extern const struct screen_size screen_sizes[];
extern const size_t screen_size_count;
/* "1024x768x32" in parts; false: it is none. */
bool screen_mode_parse(const char *text, int *width, int *height, int *bits);

#define LAYOUTS_MOST 32u
struct layout_name {
    char code[8]; /* "es": the file's name without .map */
    const char *english, *spanish;
};
/* Those that have a file in the folder, by their codes; how many. */
size_t layouts_find(const char *folder, struct layout_name layouts[LAYOUTS_MOST]);

extern const unsigned accents[7]; /* 0xRRGGBB; the first is the theme's own */
extern const int scales[6];       /* percent; 0: by the screen's size */
