/*
 * The programs that can be started, from /usr/share/applications/NAME.app:
 *
 *     # a line that begins with # is a comment
 *     name=Terminal
 *     name.es=Terminal
 *     icon=terminal            of icon.h
 *     exec=/bin/terminal       words separated by blanks
 *     pinned=1                 a place in the panel; smaller is further left
 *     words=shell console      the search finds it by these, too
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define APPS_MAX  64u
#define APP_WORDS 8

struct app {
    char id[32];        /* the file's name: what a client calls itself, too */
    char name[48], name_es[48];
    char icon[32];
    char exec[128];
    char words[96];
    int pinned;         /* 0: not */
};

/* The text of one. 0, or -EINVAL: it has no name or nothing to execute. Unknown lines are passed. */
int app_parse(struct app *app, const char *id, const char *text, size_t size);
/* Does it match what was typed? 0: no; else the higher the better. `text` without blanks matches all. */
int app_match(const struct app *app, const char *text, int spanish);
/* exec in words, in `line`; at most APP_WORDS, the last NULL. */
int app_words(const struct app *app, char line[128], char *words[APP_WORDS + 1]);

/* ---- all of the folder ---- */
void apps_load(const char *folder);
const struct app *app_at(unsigned number); /* by name; NULL: no more */
const struct app *app_of(const char *id);
int app_start(const struct app *app);      /* 0, -ENOEXEC … */
/* Starts what the user wants with the desktop, the NAME.app of ~/.config/autostart; for a new user the
   assistant of the first start before them. Once in the life of the machine. */
void apps_autostart(bool is_new);
