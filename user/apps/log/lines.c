/*
 * Lines of the log. What is new in a text is what comes behind the last line that is known already. That
 * is looked for from the end, with all lines before it, for a line may come twice in the same microsecond.
 */
#include "user/apps/log/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- adding ---------------------------------------------------------------------------------------- */
static void forget_half(struct log_lines *lines)
{
    size_t half = lines->count / 2;

    for (size_t i = 0; i < half; i++)
        free(lines->at[i].bytes);
    memmove(lines->at, lines->at + half, (lines->count - half) * sizeof(*lines->at));
    lines->count -= half;
    lines->forgotten += half;
}

static bool make_room(struct log_lines *lines)
{
    if (lines->count >= LOG_LINES_MOST)
        forget_half(lines);
    if (lines->count < lines->room)
        return true;
    size_t room = lines->room ? lines->room * 2 : 256;
    struct log_line *at = realloc(lines->at, room * sizeof(*at));

    if (!at)
        return false;
    lines->at = at;
    lines->room = room;
    return true;
}

static int add_line(struct log_lines *lines, struct piece text)
{
    size_t size = text.size < LOG_LINE_BYTES ? text.size : LOG_LINE_BYTES - 1;
    char *bytes = make_room(lines) ? malloc(size + 1) : NULL;

    if (!bytes)
        return -ENOMEM;
    piece_copy(text, bytes, size + 1);
    struct log_line *line = &lines->at[lines->count++];

    line->bytes = bytes;
    if (!figures_log(piece_of(bytes), &line->figures))
        line->figures =
            (struct log_figures){.level = LOG_LEVEL_INFO, .area = {bytes, 0}, .text = piece_of(bytes)};
    return 0;
}

static bool is_line(const struct log_line *line, struct piece text)
{
    char bytes[LOG_LINE_BYTES];

    piece_copy(text, bytes, sizeof(bytes));
    return strcmp(line->bytes, bytes) == 0;
}

/* ---- what is new ----------------------------------------------------------------------------------- */
/* The last whole line that ends at `*end`; *end goes to where it begins. */
static bool line_before(struct piece text, size_t *end, struct piece *line)
{
    size_t last = *end, first;

    if (last == 0)
        return false;
    last--; /* its line break */
    for (first = last; first > 0 && text.at[first - 1] != '\n';)
        first--;
    *line = (struct piece){text.at + first, last - first};
    *end = first;
    return true;
}

/* Whether what the text has before `end` is how the known lines end, as far as both go back. The text's first
   line may be cut: it is not compared. */
static bool is_known_until(const struct log_lines *lines, struct piece text, size_t end)
{
    struct piece line;

    for (size_t i = lines->count; i > 0 && line_before(text, &end, &line); i--)
        if (!is_line(&lines->at[i - 1], line) && (end > 0 || i == lines->count))
            return false;
    return true;
}

/* Where in the text the known lines end; 0: none of it is known. */
static size_t known_size(const struct log_lines *lines, struct piece text)
{
    struct piece line;

    for (size_t end = text.size, here = end; line_before(text, &here, &line); end = here)
        if (lines->count > 0 && is_known_until(lines, text, end))
            return end;
    return 0;
}

int log_lines_take(struct log_lines *lines, struct piece text)
{
    struct piece line;
    int added = 0;

    while (text.size > 0 && text.at[text.size - 1] != '\n')
        text.size--;
    size_t known = known_size(lines, text);
    bool may_be_cut = known == 0;

    text = (struct piece){text.at + known, text.size - known};
    while (piece_line(&text, &line)) {
        bool cut = may_be_cut && !piece_begins(line, "[");

        may_be_cut = false;
        if (cut || line.size == 0)
            continue;
        if (add_line(lines, line))
            return -ENOMEM;
        added++;
    }
    return added;
}

void log_lines_free(struct log_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->at[i].bytes);
    free(lines->at);
    *lines = (struct log_lines){0};
}

/* ---- what is seen ---------------------------------------------------------------------------------- */
/* Without the number of the device: "ata0" is of "ata". */
static struct piece kind_of(struct piece area)
{
    size_t size = area.size;

    while (size > 0 && area.at[size - 1] >= '0' && area.at[size - 1] <= '9')
        size--;
    return size ? (struct piece){area.at, size} : area;
}

static bool contains(const char *text, const char *part)
{
    size_t size = strlen(part);

    for (; *text; text++)
        if (strncasecmp(text, part, size) == 0)
            return true;
    return size == 0;
}

bool log_line_shown(const struct log_line *line, const struct log_filter *filter)
{
    const struct log_figures *figures = &line->figures;

    return figures->level <= filter->level
        && (!filter->area[0] || piece_is(kind_of(figures->area), filter->area)
            || piece_is(figures->area, filter->area))
        && (!filter->text[0] || contains(line->bytes, filter->text));
}

void log_view_make(struct log_view *view, const struct log_lines *lines, const struct log_filter *filter)
{
    log_view_free(view);
    view->at = malloc((lines->count + 1) * sizeof(*view->at));
    for (size_t i = 0; view->at && i < lines->count; i++)
        if (log_line_shown(&lines->at[i], filter))
            view->at[view->count++] = i;
}

void log_view_free(struct log_view *view)
{
    free(view->at);
    *view = (struct log_view){0};
}

void log_view_print(const struct log_view *view, const struct log_lines *lines, struct text *to)
{
    for (size_t i = 0; i < view->count; i++) {
        const char *bytes = lines->at[view->at[i]].bytes;

        text_add(to, bytes, strlen(bytes));
        text_add(to, "\n", 1);
    }
}

/* ---- areas ----------------------------------------------------------------------------------------- */
/* Where it is or belongs. */
static size_t place_of(char (*areas)[24], size_t count, const char *area, bool *found)
{
    size_t at = 0;

    while (at < count && strcmp(areas[at], area) < 0)
        at++;
    *found = at < count && strcmp(areas[at], area) == 0;
    return at;
}

size_t log_areas(const struct log_lines *lines, char (*areas)[24], size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < lines->count && count < most; i++) {
        char area[24];
        bool found;

        piece_copy(kind_of(lines->at[i].figures.area), area, sizeof(area));
        size_t at = place_of(areas, count, area, &found);

        if (found || !area[0])
            continue;
        memmove(areas[at + 1], areas[at], (count - at) * sizeof(areas[0]));
        strcpy(areas[at], area);
        count++;
    }
    return count;
}
