/*
 * The panel at the bottom: launcher, pinned and running programs, workspaces, keyboard layout, load, clock.
 * Panel and calendar are drawn again only when what they show is another.
 */
#pragma once

#include <stdint.h>

int panel_start(void);
void panel_changed(void);      /* a window came, went, has another title, the focus … */
void panel_relook(void);       /* scale or theme */
/* Clock and load. When to look again. */
uint64_t panel_watch(uint64_t now_ns);
