/*
 * The settings' parts. What is chosen goes to the desktop by ui_set_desktop, which keeps it in
 * ~/.config/desktop (user/desktop/settings.md has the names); the boot's own are in /boot/boot.cfg.
 */
#pragma once

#include "user/apps/settings/boot_file.h"
#include "user/apps/settings/names.h"
#include "user/apps/settings/startup.h"
#include "user/libui/ui.h"

/* Where all of it is; tests have their own. */
struct settings_world {
    const char *config;       /* the desktop's file: name=value lines */
    const char *applications, *autostart, *keyboards, *licences, *proc;
    const char *boot;         /* /boot/boot.cfg */
    int (*set_clock)(int64_t seconds);                           /* 0 or negative errno */
    int (*start)(const char *program, const char *argument);     /* 0 or negative errno */
};

enum settings_page {
    PAGE_DISPLAY,
    PAGE_LOOK,
    PAGE_KEYBOARD,
    PAGE_MOUSE,
    PAGE_REGION,
    PAGE_STARTUP,
    PAGE_DRIVERS,
    PAGE_ABOUT,
    PAGES
};

struct display_page {
    struct widget *size, *depth;
    char before[32];      /* the mode to go back to */
    struct ui_window *question;
    struct widget *left_label;
    unsigned timer;
    int left_s;
};

struct region_page {
    struct widget *time;
};

struct startup_page {
    struct startup_entry entries[STARTUP_MOST];
    size_t count;
    struct widget *video, *menu, *timeout, *words, *said;
    struct text file; /* boot.cfg as it is edited */
};

struct settings {
    const struct settings_world *world;
    struct ui_window *window;
    struct widget *root, *list, *pages[PAGES];
    int page;
    char language[8];   /* the window's texts are in */
    struct layout_name layouts[LAYOUTS_MOST];
    size_t layout_count;
    struct widget *themes[4], *accents;
    struct display_page display;
    struct region_page region;
    struct startup_page startup;
    int step;           /* of the assistant */
};

/* One window, which is the program's. NULL: no memory. */
struct settings *settings_open(const struct settings_world *world, enum settings_page page);
/* The assistant of the first start: language and keyboard, then the look. */
struct settings *settings_open_first(const struct settings_world *world);

/* ---- the pages: each fills a column ---- */
void display_page_make(struct settings *settings, struct widget *page);
void look_page_make(struct settings *settings, struct widget *page);
void keyboard_page_make(struct settings *settings, struct widget *page);
void mouse_page_make(struct settings *settings, struct widget *page);
void region_page_make(struct settings *settings, struct widget *page);
void startup_page_make(struct settings *settings, struct widget *page);
void drivers_page_make(struct settings *settings, struct widget *page);
void about_page_make(struct settings *settings, struct widget *page);
/* Parts that the assistant has, too. */
void language_make(struct settings *settings, struct widget *parent);
void layouts_make(struct settings *settings, struct widget *parent);
void themes_make(struct settings *settings, struct widget *parent);
void themes_follow(struct settings *settings); /* the desktop has another theme */

/* ---- for all of them ---- */
/* What the desktop's file says of that name; "" when nothing. */
void setting_get(const struct settings *settings, const char *name, char *to, size_t room);
int setting_number(const struct settings *settings, const char *name, int least, int most, int usual);
void setting_set_number(const char *name, int value);
/* A row with what it is about at the left. */
struct widget *settings_row(struct widget *page, const char *text);
void settings_heading(struct widget *page, const char *text);
struct widget *settings_hint(struct widget *page, const char *text); /* small and dim, broken into lines */
void settings_tell(struct settings *settings, const char *what, int error); /* 0 says nothing */
