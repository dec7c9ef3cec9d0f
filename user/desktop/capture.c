/* See capture.h. One area at a time is drawn by the user; who asks meanwhile gets nothing. */
#include "user/desktop/capture.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/desktop/compose.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"
#include "user/desktop/system.h"

static struct client *waiting; /* for an area */

/* A sealed file of `size` bytes, mapped. */
static int make_file(size_t size, void **memory)
{
    int fd = memfd_create("picture", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)size) || fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) ||
        (*memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) == MAP_FAILED) {
        close(fd);
        return -1;
    }
    return fd;
}

static void answer(struct client *client, struct rect area)
{
    struct message_captured message = {.head = {MESSAGE_CAPTURED, sizeof(message), 0}};
    struct canvas to, from;
    void *memory;
    size_t size;
    int fd = -1;

    area = rect_and(area, scene_screen());
    size = rect_empty(area) ? 0 : (size_t)area.w * (size_t)area.h * sizeof(uint32_t);
    if (size)
        fd = make_file(size, &memory);
    if (fd >= 0) {
        if (compose_needed()) /* the picture as it is now, without the area that was drawn */
            scene_compose();
        to = canvas_of(memory, area.w, area.h, area.w);
        from = canvas_part(compose_picture(), area);
        draw_copy(&to, 0, 0, &from);
        munmap(memory, size);
        message.width = area.w;
        message.height = area.h;
        message.size = size;
    }
    client_send(client, &message, fd);
}

static void picked(struct rect area)
{
    if (waiting)
        answer(waiting, area);
    waiting = NULL;
}

void capture_start(struct client *client, uint32_t kind)
{
    struct surface *focused = scene_focused();

    if (kind == CAPTURE_SCREEN) {
        answer(client, scene_screen());
    } else if (kind == CAPTURE_WINDOW) {
        answer(client, focused ? focused->window.frame : (struct rect){0, 0, 0, 0});
    } else if (kind == CAPTURE_AREA && !waiting) {
        waiting = client;
        pointer_pick_area(picked);
    } else {
        answer(client, (struct rect){0, 0, 0, 0});
    }
}

void capture_key(int kind)
{
    static char *const options[] = {"--screen", "--window", "--area"};
    char *words[] = {"/bin/screenshot", options[kind], NULL};

    (void)system_spawn(words);
}

void capture_forget(struct client *client)
{
    if (waiting == client)
        waiting = NULL;
}
