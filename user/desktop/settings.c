/* The text of the settings. See settings.h. */
#include "user/desktop/settings.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/desktop/magnify.h"

#define MAGNIFIER_USUAL 200 /* percent */

void settings_default(struct settings *to)
{
    *to = (struct settings){.theme = "dark", .language = "en", .pointer_speed = 100, .double_click_ms = 400,
                            .repeat_delay_ms = 400, .repeat_rate = 30, .timezone = "UTC0"};
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

static int take_number(int *to, const char *value, int low, int high)
{
    char *end;
    long number = strtol(value, &end, 10);

    if (*end || end == value || number < low || number > high)
        return -EINVAL;
    *to = (int)number;
    return 0;
}

static int take_switch(int *to, const char *value)
{
    return take_number(to, value, 0, value[0] && value[1] ? -1 : 1); /* one digit */
}

/* ---- one function for each name ---------------------------------------------------------------- */

static int take_theme(struct settings *to, const char *value)
{
    return *value ? take_name(to->theme, sizeof(to->theme), value) : -EINVAL;
}

static int take_accent(struct settings *to, const char *value)
{
    if (!is_colour(value))
        return -EINVAL;
    strcpy(to->accent, value);
    return 0;
}

static int take_scale(struct settings *to, const char *value)
{
    return strcmp(value, "0") == 0 ? take_number(&to->scale, value, 0, 0)
                                   : take_number(&to->scale, value, 100, 200);
}

static int take_layout(struct settings *to, const char *value)
{
    return take_name(to->layout, sizeof(to->layout), value);
}

static int take_language(struct settings *to, const char *value)
{
    return *value ? take_name(to->language, sizeof(to->language), value) : -EINVAL;
}

static int take_sticky(struct settings *to, const char *value)
{
    return take_switch(&to->sticky, value);
}

static int take_wallpaper(struct settings *to, const char *value)
{
    bool plain = strcmp(value, "plain") == 0;

    if (!plain && strcmp(value, "clouds"))
        return -EINVAL;
    to->plain = plain;
    return 0;
}

static int take_pointer_speed(struct settings *to, const char *value)
{
    return take_number(&to->pointer_speed, value, 25, 400);
}

static int take_double_click(struct settings *to, const char *value)
{
    return take_number(&to->double_click_ms, value, 200, 900);
}

static int take_repeat_delay(struct settings *to, const char *value)
{
    return take_number(&to->repeat_delay_ms, value, 150, 1000);
}

static int take_repeat_rate(struct settings *to, const char *value)
{
    return strcmp(value, "0") == 0 ? take_number(&to->repeat_rate, value, 0, 0)
                                   : take_number(&to->repeat_rate, value, 2, 60);
}

static int take_left_handed(struct settings *to, const char *value)
{
    return take_switch(&to->left_handed, value);
}

/* A switch alone says 1. */
static int take_magnifier(struct settings *to, const char *value)
{
    int number;

    if (take_number(&number, value, 0, MAGNIFY_MOST) || (number > 1 && number < MAGNIFY_LEAST))
        return -EINVAL;
    to->magnifier = number == 1 ? MAGNIFIER_USUAL : number;
    return 0;
}

/* "1024x768x32", or nothing. */
static int take_mode(struct settings *to, const char *value)
{
    unsigned width = 0, height = 0, bits = 0;
    int end = 0;

    if (*value && (sscanf(value, "%5ux%5ux%2u%n", &width, &height, &bits, &end) != 3 || value[end]))
        return -EINVAL;
    if (*value && (width < 320 || width > 8192 || height < 200 || height > 8192 || bits < 15 || bits > 32))
        return -EINVAL;
    to->width = (int)width;
    to->height = (int)height;
    to->bits = (int)bits;
    return 0;
}

static int take_timezone(struct settings *to, const char *value)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-,./:<>";

    if (strlen(value) >= sizeof(to->timezone) || value[strspn(value, allowed)])
        return -EINVAL;
    strcpy(to->timezone, value);
    return 0;
}

static const struct name {
    const char *name;
    int (*take)(struct settings *to, const char *value);
} names[] = {
    {"theme", take_theme},         {"accent", take_accent},
    {"scale", take_scale},         {"layout", take_layout},
    {"language", take_language},   {"sticky", take_sticky},
    {"wallpaper", take_wallpaper}, {"pointer-speed", take_pointer_speed},
    {"mode", take_mode},           {"double-click-ms", take_double_click},
    {"timezone", take_timezone},   {"left-handed", take_left_handed},
    {"magnifier", take_magnifier}, {"repeat-delay-ms", take_repeat_delay},
    {"repeat-rate", take_repeat_rate},
};

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
    size_t length = strcspn(line, "=");

    if (line[length] != '=' || length == 0 || strchr(line, '\n'))
        return -EINVAL;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (is(line, length, names[i].name))
            return names[i].take(to, line + length + 1);
    return take_other(to, line, length);
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

static int write_mode(const struct settings *from, char to[32])
{
    if (from->width == 0)
        return snprintf(to, 32, "%s", "");
    return snprintf(to, 32, "%dx%dx%d", from->width, from->height, from->bits);
}

size_t settings_write(const struct settings *from, char *to, size_t room)
{
    char mode[32];

    (void)write_mode(from, mode);
    return (size_t)snprintf(to, room,
                            "theme=%s\naccent=%s\nscale=%d\nlayout=%s\nlanguage=%s\nsticky=%d\nwallpaper=%s\n"
                            "pointer-speed=%d\ndouble-click-ms=%d\nleft-handed=%d\nmagnifier=%d\n"
                            "repeat-delay-ms=%d\nrepeat-rate=%d\nmode=%s\ntimezone=%s\n%s",
                            from->theme, from->accent, from->scale, from->layout, from->language,
                            from->sticky, from->plain ? "plain" : "clouds", from->pointer_speed,
                            from->double_click_ms, from->left_handed, from->magnifier,
                            from->repeat_delay_ms, from->repeat_rate, mode, from->timezone, from->other);
}
