/*
 * Where windows were, by the program's name and the title, so that they come back there: when a program is
 * started again, and after a restart of the server.
 */
#pragma once

struct surface;

void remember_load(void);
void remember_recall(struct surface *surface); /* its frame and state, where it is known */
void remember_note(struct surface *surface);
/* All that are there now are noted, and saved when something is another. */
void remember_save(void);
