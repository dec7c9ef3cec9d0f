/* The line editor's memory. Use: history_add after each line, the searches for up and down. */
#include "kernel/monitor/history.h"

#include "lib/string.h"

static void drop_oldest(struct history *history)
{
    size_t gone = history->start[1];
    size_t left = history->start[history->count] - gone;
    memmove(history->text, &history->text[gone], left);
    for (size_t i = 1; i <= history->count; i++)
        history->start[i - 1] = history->start[i] - gone;
    history->count--;
}

void history_add(struct history *history, const char *line)
{
    size_t size = strlen(line) + 1;
    if (size == 1 || size > HISTORY_BYTES)
        return;
    if (history->count && strcmp(&history->text[history->start[history->count - 1]], line) == 0)
        return;
    while (history->count == HISTORY_LINES || size > HISTORY_BYTES - history->start[history->count])
        drop_oldest(history);
    size_t at = history->start[history->count];
    memcpy(&history->text[at], line, size);
    history->count++;
    history->start[history->count] = at + size;
}

const char *history_before(const struct history *history, size_t from, const char *prefix,
                           size_t size, size_t *found)
{
    for (size_t i = from; i > 0; i--) {
        const char *line = &history->text[history->start[i - 1]];
        if (strncmp(line, prefix, size) == 0) {
            *found = i - 1;
            return line;
        }
    }
    return NULL;
}

const char *history_behind(const struct history *history, size_t from, const char *prefix,
                           size_t size, size_t *found)
{
    for (size_t i = from + 1; i < history->count; i++) {
        const char *line = &history->text[history->start[i]];
        if (strncmp(line, prefix, size) == 0) {
            *found = i;
            return line;
        }
    }
    return NULL;
}
