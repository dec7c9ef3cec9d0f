/* The settings in use: their file, what they change. See settings.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/keyboard_layout.h"
#include "user/desktop/input.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/panel.h"
#include "user/desktop/request.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/system.h"
#include "user/desktop/turn.h"
#include "user/desktop/words.h"

#define FILE_BYTES  4096
#define MAP_BYTES   65536

struct settings settings;
static bool are_new;

/* ---- files ------------------------------------------------------------------------------------- */

static const char *path_of(char path[256])
{
    const char *home = getenv("HOME");

    if (system_paths.settings)
        snprintf(path, 256, "%s", system_paths.settings);
    else
        snprintf(path, 256, "%s/.config/desktop", home && home[0] == '/' ? home : "/root"); /* user 0's */
    return path;
}

/* Bytes, at most `room`; 0: there is no such file. */
static size_t read_file(const char *path, char *to, size_t room)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    ssize_t got = 1;

    for (; fd >= 0 && got > 0 && size < room; size += got > 0 ? (size_t)got : 0)
        got = read(fd, to + size, room - size);
    if (fd >= 0)
        close(fd);
    return size;
}

/* Whole or not at all: written beside it, then renamed. */
static void save(void)
{
    char path[256], new[264], text[FILE_BYTES];
    size_t size = settings_write(&settings, text, sizeof(text));
    int fd;

    path_of(path);
    *strrchr(path, '/') = '\0';
    mkdir(path, 0700);
    path_of(path);
    snprintf(new, sizeof(new), "%s.new", path);
    fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    if (size < sizeof(text) && write(fd, text, size) == (ssize_t)size)
        rename(new, path);
    close(fd);
}

/* ---- using them -------------------------------------------------------------------------------- */

static void use_layout(void)
{
    static char text[MAP_BYTES];
    char path[128];
    struct abi_layout layout;
    struct layout_fault fault;
    size_t size;

    if (!settings.layout[0])
        snprintf(settings.layout, sizeof(settings.layout), "us");
    snprintf(path, sizeof(path), "%s/%s.map", system_paths.layouts, settings.layout);
    size = read_file(path, text, sizeof(text));
    if (size == 0 || size == sizeof(text) || layout_parse(text_of(text, size), &layout, &fault))
        return; /* it stays as it is */
    snprintf(layout.name, sizeof(layout.name), "%s", settings.layout);
    keyboard_set_layout(&keyboard, &layout);
}

/* Screens of many pixels are no larger, their pixels are smaller. */
static int fitting_scale(void)
{
    int height = scene_screen().h;

    return height >= 2000 ? 200 : height >= 1400 ? 150 : 100;
}

static void use_timezone(void)
{
    setenv("TZ", settings.timezone[0] ? settings.timezone : "UTC0",
           1); /* programs that are started have it, too */
    tzset();
}

static void use_look(void)
{
    look.plain = settings.plain;
    (void)theme_load(&look.theme, settings.theme, NULL); /* dark, where it cannot be read */
    if (settings.accent[0])
        theme_set_accent(&look.theme, 0xFF000000 | (colour_t)strtoul(settings.accent + 1, NULL, 16));
    look.percent = settings.scale ? settings.scale : fitting_scale();
    look.measures = place_measures(look.percent);
    words_choose(settings.language);
    keyboard.sticky = settings.sticky;
    magnifier_use(settings.magnifier);
}

void settings_load(void)
{
    char path[256], text[FILE_BYTES];
    size_t size = read_file(path_of(path), text, sizeof(text));

    are_new = size == 0 && access(path, F_OK) != 0;
    settings_default(&settings);
    settings_parse(&settings, text, size);
    use_look();
    use_layout();
    use_timezone();
}

bool settings_are_new(void)
{
    return are_new;
}

/* The mode is kept only when the screen took it. */
static void use_mode(const struct settings *before)
{
    struct abi_screen_mode mode = {(uint32_t)settings.width, (uint32_t)settings.height,
                                   (uint32_t)settings.bits, 0};
    bool same =
        settings.width == before->width && settings.height == before->height && settings.bits == before->bits;

    if (same || settings.width == 0 || turn_set_mode(&mode) == 0)
        return;
    settings.width = before->width;
    settings.height = before->height;
    settings.bits = before->bits;
}

static void use_all(const struct settings *before)
{
    use_mode(before);
    use_layout();
    use_timezone();
    use_look();
    panel_relook();
    scene_relook();
}

/* Then nothing is drawn anew. */
static bool only_magnifier(const struct settings *before)
{
    struct settings other = *before;

    other.magnifier = settings.magnifier;
    return memcmp(&other, &settings, sizeof(other)) == 0;
}

void settings_set(const char *line)
{
    struct settings before = settings;

    if (settings_line(&settings, line) || memcmp(&before, &settings, sizeof(before)) == 0)
        return;
    if (only_magnifier(&before))
        magnifier_use(settings.magnifier);
    else
        use_all(&before);
    save();
    request_welcome_all();
}

void settings_tell(struct message_welcome *message)
{
    snprintf(message->theme, sizeof(message->theme), "%s", look.theme.name);
    snprintf(message->language, sizeof(message->language), "%s", settings.language);
    snprintf(message->layout, sizeof(message->layout), "%.7s", keyboard.layout.name);
}

void settings_next_layout(void)
{
    static const char *const layouts[] = {"us", "es", "latam", "uk", "de", "fr", "it", "pt", "br"};
    unsigned count = sizeof(layouts) / sizeof(layouts[0]), at = 0;
    char line[24];

    while (at < count && strcmp(layouts[at], settings.layout))
        at++;
    snprintf(line, sizeof(line), "layout=%s", layouts[at < count ? (at + 1) % count : 0]);
    settings_set(line);
}
