/* The text of the settings. See settings.h. */
#include "user/desktop/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void settings_default(struct settings *to)
{
    *to = (struct settings){.theme = "dark", .language = "en", .scale = 0};
}

/* A name that becomes a part of a path, so of few characters. */
static bool is_name(const char *value)
{
    return value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")] == '\0';
}

static bool is_colour(const char *value)
{
    return value[0] == '\0' ||
           (value[0] == '#' && strlen(value) == 7 && strspn(value + 1, "0123456789abcdefABCDEF") == 6);
}

static int take_name(char *to, size_t room, const char *value)
{
    if (!is_name(value) || strlen(value) >= room)
        return -EINVAL;
    strcpy(to, value);
    return 0;
}

static int take_scale(struct settings *to, const char *value)
{
    char *end;
    long scale = strtol(value, &end, 10);

    if (*end || end == value || (scale && (scale < 100 || scale > 200)))
        return -EINVAL;
    to->scale = (int)scale;
    return 0;
}

static int take_switch(int *to, const char *value)
{
    if (strcmp(value, "0") && strcmp(value, "1"))
        return -EINVAL;
    *to = value[0] - '0';
    return 0;
}

static int take_accent(struct settings *to, const char *value)
{
    if (!is_colour(value))
        return -EINVAL;
    strcpy(to->accent, value);
    return 0;
}

/* Lines that are not ours: the same name's is replaced. */
static int take_other(struct settings *to, const char *line, size_t name)
{
    char *old = to->other;
    size_t used, length = strlen(line);

    while (*old && (strncmp(old, line, name) || old[name] != '='))
        old += strcspn(old, "\n") + 1;
    if (*old) {
        char *next = old + strcspn(old, "\n") + 1;

        memmove(old, next, strlen(next) + 1);
    }
    used = strlen(to->other);
    if (used + length + 2 > sizeof(to->other))
        return -ENOSPC;
    snprintf(to->other + used, sizeof(to->other) - used, "%s\n", line);
    return 0;
}

static bool is(const char *line, size_t length, const char *name)
{
    return strlen(name) == length && strncmp(line, name, length) == 0;
}

int settings_line(struct settings *to, const char *line)
{
    size_t name = strcspn(line, "=");
    const char *value = line + name + 1;

    if (line[name] != '=' || name == 0 || strchr(line, '\n'))
        return -EINVAL;
    if (is(line, name, "theme"))
        return *value ? take_name(to->theme, sizeof(to->theme), value) : -EINVAL;
    if (is(line, name, "accent"))
        return take_accent(to, value);
    if (is(line, name, "scale"))
        return take_scale(to, value);
    if (is(line, name, "layout"))
        return take_name(to->layout, sizeof(to->layout), value);
    if (is(line, name, "language"))
        return *value ? take_name(to->language, sizeof(to->language), value) : -EINVAL;
    if (is(line, name, "sticky"))
        return take_switch(&to->sticky, value);
    return take_other(to, line, name);
}

void settings_parse(struct settings *to, const char *text, size_t size)
{
    char line[256];

    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);

        length = end ? (size_t)(end - (text + at)) : size - at;
        if (length >= sizeof(line) || memchr(text + at, '\0', length))
            continue;
        memcpy(line, text + at, length);
        line[length] = '\0';
        (void)settings_line(to, line); /* a line that is wrong is as if it were not there */
    }
}

size_t settings_write(const struct settings *from, char *to, size_t room)
{
    return (size_t)snprintf(to, room, "theme=%s\naccent=%s\nscale=%d\nlayout=%s\nlanguage=%s\nsticky=%d\n%s",
                            from->theme, from->accent, from->scale, from->layout, from->language,
                            from->sticky, from->other);
}
