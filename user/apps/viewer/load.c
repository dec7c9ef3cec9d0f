/* See load.h. A load that was stopped ends by itself, and is freed by its last post. */
#include "user/apps/viewer/load.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/libui/ui.h"

#define LEAST_PIXELS (2u << 20)
#define MOST_PIXELS  (24u << 20)

struct load {
    pthread_t thread;
    bool stop;
    char *path;
    load_done done; /* NULL: stopped; the toolkit's */
    void *context;
    struct image image; /* the thread's, until it posts */
    int error;
};

static unsigned count; /* the toolkit's */

unsigned load_count(void)
{
    return count;
}

uint64_t load_most_pixels(void)
{
    long pages = sysconf(_SC_AVPHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    uint64_t pixels = pages > 0 && page > 0 ? (uint64_t)pages * (uint64_t)page / 4 / 4 : LEAST_PIXELS;

    return pixels < LEAST_PIXELS ? LEAST_PIXELS : pixels > MOST_PIXELS ? MOST_PIXELS : pixels;
}

static void finished(void *context)
{
    struct load *load = context;

    pthread_join(load->thread, NULL);
    count--;
    if (load->done)
        load->done(&load->image, load->error, load->path, load->context);
    else
        image_free(&load->image);
    free(load->path);
    free(load);
}

static void *run(void *context)
{
    struct load *load = context;

    load->error = image_load(load->path, load_most_pixels(), &load->stop, &load->image);
    while (ui_post(finished, load) != 0)
        sched_yield(); /* no memory: others will free some */
    return NULL;
}

void load_stop(struct load *load)
{
    if (!load)
        return;
    load->done = NULL;
    __atomic_store_n(&load->stop, true, __ATOMIC_RELAXED);
}

struct load *load_start(struct load *old, const char *path, load_done done, void *context)
{
    struct load *load = calloc(1, sizeof(*load));

    load_stop(old);
    if (!load)
        return NULL;
    load->path = strdup(path);
    load->done = done;
    load->context = context;
    if (load->path && pthread_create(&load->thread, NULL, run, load) == 0) {
        count++;
        return load;
    }
    free(load->path);
    free(load);
    return NULL;
}
