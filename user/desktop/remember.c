/* See remember.h. A file of fixed records, checked when it is read; the oldest is forgotten. */
#include "user/desktop/remember.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/desktop/scene.h"
#include "user/desktop/system.h"

#define ENTRIES_MAX 64u
#define COORDINATE  20000 /* no screen is larger */

struct entry {
    char name[32], title[64];
    int32_t x, y, w, h;
    int32_t state, tile, workspace;
    uint32_t used; /* counts up; 0: free */
};

static struct entry entries[ENTRIES_MAX];
static uint32_t used;
static int changed;

static int is_good(struct entry *entry)
{
    entry->name[sizeof(entry->name) - 1] = entry->title[sizeof(entry->title) - 1] = '\0';
    return entry->x > -COORDINATE && entry->x < COORDINATE && entry->y > -COORDINATE &&
           entry->y < COORDINATE && entry->w > 0 && entry->w < COORDINATE && entry->h > 0 &&
           entry->h < COORDINATE && entry->state >= 0 && entry->state <= STATE_FULLSCREEN &&
           entry->tile >= 0 && entry->tile < TILES && entry->workspace >= 0 && entry->workspace < WORKSPACES;
}

void remember_load(void)
{
    int fd = open(system_paths.windows, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t got = fd < 0 ? 0 : read(fd, entries, sizeof(entries));

    if (fd >= 0)
        close(fd);
    if (got != (ssize_t)sizeof(entries))
        memset(entries, 0, sizeof(entries));
    used = 0;
    for (unsigned i = 0; i < ENTRIES_MAX; i++) {
        if (!is_good(&entries[i]))
            entries[i].used = 0;
        used = entries[i].used > used ? entries[i].used : used;
    }
}

/* That of this title, else the last one of the program. */
static struct entry *find(const struct surface *surface, int exact)
{
    struct entry *found = NULL;

    for (unsigned i = 0; i < ENTRIES_MAX; i++) {
        struct entry *e = &entries[i];

        if (!e->used || strcmp(e->name, surface->client->name))
            continue;
        if (strncmp(e->title, surface->window.title, sizeof(e->title) - 1) == 0)
            return e;
        if (!exact && (!found || e->used > found->used))
            found = e;
    }
    return found;
}

static int is_taken(const struct entry *entry)
{
    for (unsigned i = 0; scene_window(i); i++) {
        const struct surface *s = scene_window(i);

        if (s->window.normal.x == entry->x && s->window.normal.y == entry->y)
            return 1;
    }
    return 0;
}

void remember_recall(struct surface *surface)
{
    struct window *window = &surface->window;
    struct entry *e = find(surface, 0);

    if (!e || is_taken(e))
        return;
    window->normal = place_kept((struct rect){e->x, e->y, e->w, e->h}, scene_area(), &look.measures);
    if (window_is_fixed(surface)) {
        window->normal.w = window->frame.w;
        window->normal.h = window->frame.h;
    }
    window->frame = window->normal;
    window->workspace = e->workspace;
    if (e->state == STATE_MAXIMISED && !window_is_fixed(surface)) {
        window->state = STATE_MAXIMISED;
        window->frame = scene_area();
    } else if (e->tile != TILE_NONE && !window_is_fixed(surface)) {
        window->tile = e->tile;
        window->frame = place_tile(scene_area(), window->tile);
    }
}

static struct entry *oldest(void)
{
    struct entry *found = &entries[0];

    for (unsigned i = 1; i < ENTRIES_MAX; i++) {
        if (entries[i].used < found->used)
            found = &entries[i];
    }
    return found;
}

void remember_note(struct surface *surface)
{
    const struct window *w = &surface->window;
    struct entry *e = find(surface, 1),
                 now = {.x = w->normal.x,
                        .y = w->normal.y,
                        .w = w->normal.w,
                        .h = w->normal.h,
                        .state = w->state == STATE_MAXIMISED ? STATE_MAXIMISED : STATE_NORMAL,
                        .tile = w->tile,
                        .workspace = w->workspace};

    if (surface->kind != SURFACE_WINDOW)
        return;
    snprintf(now.name, sizeof(now.name), "%s", surface->client->name);
    snprintf(now.title, sizeof(now.title), "%.63s", w->title);
    now.used = e ? e->used : 0;
    if (e && memcmp(e, &now, sizeof(now)) == 0)
        return;
    if (!e)
        e = oldest();
    now.used = ++used;
    *e = now;
    changed = 1;
}

void remember_save(void)
{
    int fd;

    for (unsigned i = 0; scene_window(i); i++)
        remember_note(scene_window(i));
    if (!changed)
        return;
    changed = 0;
    fd = open(system_paths.windows, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return;
    if (write(fd, entries, sizeof(entries)) < 0)
        changed = 1;
    close(fd);
}
