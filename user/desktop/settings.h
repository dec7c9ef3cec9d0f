/*
 * What the user chose: look, keyboard, pointer, screen. Read at the start, changed by SET, saved. The file's
 * lines are name=value (settings.md); what is not understood is kept as it is.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "user/desktop/protocol.h"

struct settings {
    char theme[32];
    char accent[16];    /* "#5c9bff", or empty: the theme's */
    int scale;          /* percent, 100 to 200; 0: by the screen's size */
    char layout[8];     /* empty: the keyboard's as it is */
    char language[8];
    int sticky;         /* modifiers stay until the next key */
    int plain;          /* no clouds on the wallpaper */
    int pointer_speed;  /* percent, 25 to 400 */
    int double_click_ms; /* 200 to 900 */
    int repeat_delay_ms; /* 150 to 1000: how long a key is held before it repeats */
    int repeat_rate;    /* times a second, 2 to 60; 0: never */
    int left_handed;    /* the right button is the first one */
    int magnifier;      /* percent, 150 to 800; 0: off */
    int width, height, bits; /* of the screen's mode; 0: as it was booted */
    char timezone[48];  /* a rule of POSIX's TZ */
    char other[1024];   /* lines of others */
};

/* ---- the text (settings.c, without the desktop) ---- */
void settings_default(struct settings *settings);
/* One "name=value". 0, -EINVAL: a value that cannot be; -ENOSPC: too many of others. */
int settings_line(struct settings *settings, const char *line);
void settings_parse(struct settings *settings, const char *text, size_t size);
/* How many bytes it takes, at most `room` of which are written. */
size_t settings_write(const struct settings *settings, char *to, size_t room);

/* ---- those in use (settings_use.c) ---- */
extern struct settings settings;
void settings_load(void);                         /* the file; look and keyboard by it */
bool settings_are_new(void);                      /* there was no file yet */
void settings_set(const char *line);              /* used, saved, told to all */
void settings_tell(struct message_welcome *message);
void settings_next_layout(void);                  /* the panel's switch */
