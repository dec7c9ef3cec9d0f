/*
 * The programs that start with the desktop: each .app file of ~/.config/autostart is started when the desktop
 * begins. Choosing one copies its file from /usr/share/applications there.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define STARTUP_MOST 64u

struct startup_entry {
    char id[32];                /* the file's name without .app */
    char name[48], name_es[48]; /* of its lines; the id where it has none */
    char icon[32];
    bool chosen;
};

/* Both folders' entries, by id; how many. */
size_t startup_find(const char *applications, const char *autostart, struct startup_entry *entries,
                    size_t most);
/* 0 or negative errno. Makes the folder where it is not there. */
int startup_choose(const char *applications, const char *autostart, const char *id, bool chosen);
