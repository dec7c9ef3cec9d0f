/*
 * The kernel's log as lines, kept while it is watched: /proc/kmsg gives what the kernel's ring still holds,
 * again and again; what is new is added, what it has forgotten stays here.
 *
 *     struct log_lines lines = {0};
 *     log_lines_take(&lines, text) → log_view_make(&view, &lines) → lines.at[view.at[i]]
 */
#pragma once

#include "user/apps/system/figures.h"

#define LOG_LINES_MOST 20000u  /* then the oldest half goes */
#define LOG_LINE_BYTES 512u    /* of a line; more is cut */

struct log_line {
    char *bytes;    /* as the kernel printed it */
    struct log_figures figures; /* pieces of `bytes`; area empty where it has none (cut, or of many lines) */
};

struct log_lines {
    struct log_line *at;
    size_t count, room;
    unsigned long forgotten; /* how many went away at the beginning */
};

/* `text`: all of /proc/kmsg. How many lines were added; -ENOMEM. Its last line counts once it has its line
   break; the first may be cut, and is passed over then. */
int log_lines_take(struct log_lines *lines, struct piece text);
void log_lines_free(struct log_lines *lines);

/* Which lines are seen. */
struct log_filter {
    char area[24];         /* "": all; "ata" has "ata0" and "ata1", too */
    enum log_level level;  /* this and worse */
    char text[64];         /* somewhere in the line; case does not count */
};
struct log_view {
    size_t *at; /* indices of lines */
    size_t count;
};
bool log_line_shown(const struct log_line *line, const struct log_filter *filter);
/* Without memory nothing is seen. */
void log_view_make(struct log_view *view, const struct log_lines *lines, const struct log_filter *filter);
void log_view_free(struct log_view *view);
/* All that is seen, a line each, as the kernel printed it. */
void log_view_print(const struct log_view *view, const struct log_lines *lines, struct text *to);

/* The areas that there are, in the order of the alphabet, without the numbers at their ends. At most `most`;
   how many. */
size_t log_areas(const struct log_lines *lines, char (*areas)[24], size_t most);
