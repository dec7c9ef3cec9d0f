/*
 * A line editor for screen and serial line at once: it knows nothing of either but that they are 80
 * columns wide or more and understand ESC [ n D, ESC [ n C and ESC [ K. A line longer than that
 * scrolls sideways. What is drawn is the difference to what stands there, so a typed letter costs
 * one byte.
 *
 * Use: line_editor_start → line_editor_key … → line_editor_show when no more keys wait.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/monitor/history.h"
#include "kernel/monitor/key_reader.h"

#define LINE_BYTES   8192 /* with its terminator */
#define LINE_COLUMNS 78   /* the 80th would make a terminal wrap, and "^C" may follow */

enum line_event {
    LINE_EDITING,
    LINE_DONE,      /* Enter: the line is in editor->text */
    LINE_CANCELLED, /* Ctrl-C */
    LINE_COMPLETE,  /* Tab: complete what stands before the cursor */
};

struct line_editor {         /* all zero but prompt and columns: ready */
    const char *prompt;      /* with its colours */
    unsigned prompt_columns; /* without them; < LINE_COLUMNS / 2 */

    char text[LINE_BYTES]; /* UTF-8, terminated */
    size_t size;           /* bytes, < LINE_BYTES */
    size_t cursor;         /* byte offset of a character, ≤ size */

    struct history history;
    size_t browsing;      /* line of the history shown; history.count: none, the user's own */
    size_t prefix_size;   /* while browsing: lines must begin with own[0..prefix_size) */
    char own[LINE_BYTES]; /* what the user had typed before browsing */

    size_t first;                 /* character number of the leftmost column shown */
    uint32_t shown[LINE_COLUMNS]; /* what stands behind the prompt */
    unsigned shown_count;
    unsigned shown_cursor; /* column behind the prompt */
};

void line_editor_start(struct line_editor *editor); /* a new, empty line with its prompt */
enum line_event line_editor_key(struct line_editor *editor, struct key key);
/* At the cursor. False: no room, nothing changed. */
bool line_editor_insert(struct line_editor *editor, const char *text, size_t size);
void line_editor_show(struct line_editor *editor);   /* bring the terminal up to date */
void line_editor_redraw(struct line_editor *editor); /* prompt and line anew, in a fresh row */
/* Draw the line to its end and go to the next row: what a command prints comes there. */
void line_editor_leave(struct line_editor *editor);
