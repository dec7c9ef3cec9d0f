/* See apps.h. */
#include "user/desktop/apps.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/desktop/system.h"

#define SUFFIX     ".app"
#define FILE_BYTES 4096

static struct app apps[APPS_MAX];
static unsigned count;

/* ---- the text ---------------------------------------------------------------------------------- */

struct value {
    const char *chars;
    size_t size;
};

static void put(char *to, size_t room, struct value value)
{
    size_t size = value.size < room ? value.size : room - 1;

    memcpy(to, value.chars, size);
    to[size] = '\0';
}

static int is_key(const char *line, size_t length, const char *key)
{
    return strlen(key) == length && memcmp(line, key, length) == 0;
}

static void take_line(struct app *app, const char *line, size_t length)
{
    const char *equals = memchr(line, '=', length);
    size_t key = equals ? (size_t)(equals - line) : 0;
    struct value value = {line + key + 1, length - key - 1};

    if (!equals || line[0] == '#')
        return;
    if (is_key(line, key, "name"))
        put(app->name, sizeof(app->name), value);
    else if (is_key(line, key, "name.es"))
        put(app->name_es, sizeof(app->name_es), value);
    else if (is_key(line, key, "icon"))
        put(app->icon, sizeof(app->icon), value);
    else if (is_key(line, key, "exec"))
        put(app->exec, sizeof(app->exec), value);
    else if (is_key(line, key, "words"))
        put(app->words, sizeof(app->words), value);
    else if (is_key(line, key, "pinned") && value.size == 1 && isdigit((unsigned char)value.chars[0]))
        app->pinned = value.chars[0] - '0';
}

int app_parse(struct app *app, const char *id, const char *text, size_t size)
{
    memset(app, 0, sizeof(*app));
    snprintf(app->id, sizeof(app->id), "%s", id);
    if (memchr(text, '\0', size))
        return -EINVAL;
    for (size_t at = 0, length; at < size; at += length + 1) {
        const char *end = memchr(text + at, '\n', size - at);

        length = end ? (size_t)(end - (text + at)) : size - at;
        take_line(app, text + at, length);
    }
    if (!app->name_es[0])
        memcpy(app->name_es, app->name, sizeof(app->name_es));
    if (!app->icon[0])
        memcpy(app->icon, app->id, sizeof(app->icon));
    return app->name[0] && app->exec[0] ? 0 : -EINVAL;
}

/* ---- searching --------------------------------------------------------------------------------- */

static int begins(const char *text, const char *with)
{
    while (*with && tolower((unsigned char)*text) == tolower((unsigned char)*with))
        text++, with++;
    return *with == '\0';
}

/* 3: at the beginning, 2: of a word, 1: anywhere, 0: not. */
static int found_in(const char *text, const char *what)
{
    int best = 0;

    if (begins(text, what))
        return 3;
    for (const char *at = text; *at; at++) {
        if (begins(at, what))
            best = at > text && at[-1] == ' ' ? 2 : best ? best : 1;
    }
    return best;
}

int app_match(const struct app *app, const char *text, int spanish)
{
    int name = found_in(spanish ? app->name_es : app->name, text), other;

    if (name)
        return 2 * name + 1;
    other = found_in(app->name, text);
    if (!other)
        other = found_in(app->words, text) ? 1 : found_in(app->id, text) ? 1 : 0;
    return other;
}

int app_words(const struct app *app, char line[128], char *words[APP_WORDS + 1])
{
    int number = 0;

    memcpy(line, app->exec, sizeof(app->exec));
    for (char *rest = line, *word; number < APP_WORDS && (word = strtok_r(rest, " ", &rest));)
        words[number++] = word;
    words[number] = NULL;
    return number;
}

/* ---- the folder -------------------------------------------------------------------------------- */

static bool read_one(int folder, const char *file, struct app *app)
{
    char text[FILE_BYTES], id[64];
    int fd = openat(folder, file, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, sizeof(text));

    if (fd >= 0)
        close(fd);
    snprintf(id, sizeof(id), "%.*s", (int)(strlen(file) - strlen(SUFFIX)), file);
    return got > 0 && app_parse(app, id, text, (size_t)got) == 0;
}

/* What cannot be started is not offered. */
static void load_one(const struct app *app)
{
    char line[128], *words[APP_WORDS + 1];

    if (count < APPS_MAX && app_words(app, line, words) && system_can_run(words[0]))
        apps[count++] = *app;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct app *)a)->name, ((const struct app *)b)->name);
}

static int is_app(const char *file)
{
    size_t length = strlen(file);

    return length > strlen(SUFFIX) && length < 36 && strcmp(file + length - strlen(SUFFIX), SUFFIX) == 0;
}

static void each_app(const char *path, void (*act)(const struct app *app))
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct app app;

    while (folder && fd >= 0 && (entry = readdir(folder))) {
        if (is_app(entry->d_name) && read_one(fd, entry->d_name, &app))
            act(&app);
    }
    if (folder)
        closedir(folder);
    if (fd >= 0)
        close(fd);
}

void apps_load(const char *path)
{
    count = 0;
    each_app(path, load_one);
    qsort(apps, count, sizeof(apps[0]), by_name);
}

static void start_one(const struct app *app)
{
    (void)app_start(app);
}

static void start_assistant(void)
{
    static char program[] = "/bin/settings", option[] = "--first";
    char *words[] = {program, option, NULL};

    if (system_can_run(program) && !system_is_plain())
        (void)system_spawn(words);
}

void apps_autostart(bool is_new)
{
    const char *home = getenv("HOME");
    char path[256];

    snprintf(path, sizeof(path), "%s/.config/autostart", home && home[0] == '/' ? home : "/root");
    if (!system_is_first())
        return;
    if (is_new)
        start_assistant();
    each_app(system_paths.autostart ? system_paths.autostart : path, start_one);
}

const struct app *app_at(unsigned number)
{
    return number < count ? &apps[number] : NULL;
}

const struct app *app_of(const char *id)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(apps[i].id, id) == 0)
            return &apps[i];
    }
    return NULL;
}

int app_start(const struct app *app)
{
    char line[128], *words[APP_WORDS + 1];
    int pid = app_words(app, line, words) ? system_spawn(words) : -ENOEXEC;

    return pid < 0 ? pid : 0;
}
