/* See drag.h. */
#include "user/desktop/drag.h"

#include <fcntl.h>
#include <unistd.h>

#include "lib/abi/input.h"
#include "lib/abi/keys.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"

static struct {
    bool on;
    struct surface *source, *over;
    struct message_data data;
    int fd; /* -1: none */
} drag = {.fd = -1};

bool drag_is_on(void)
{
    return drag.on;
}

static struct message_data message_for(unsigned type, struct surface *surface, int x, int y)
{
    struct rect box = surface_box(surface);
    struct message_data message = drag.data;

    message.head = (struct message_head){(uint16_t)type, sizeof(message), surface->number};
    message.x = x - box.x;
    message.y = y - box.y;
    return message;
}

/* ---- the source -------------------------------------------------------------------------------- */

static void finish(unsigned action)
{
    struct message_number message = {{MESSAGE_DRAG_END, sizeof(message), 0}, action, 0};

    if (drag.source) {
        message.head.surface = drag.source->number;
        client_send(drag.source->client, &message, -1);
    }
    if (drag.fd >= 0)
        close(drag.fd);
    drag.on = false;
    drag.source = drag.over = NULL;
    drag.fd = -1;
    pointer_look();
}

void drag_start(struct surface *surface, const struct message_data *data, int fd)
{
    struct message_number refused = {{MESSAGE_DRAG_END, sizeof(refused), surface->number}, 0, 0};

    if (drag.on || !pointer_is_held_by(surface) || fd < 0) {
        client_send(surface->client, &refused, -1);
        return;
    }
    drag.fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    drag.on = drag.fd >= 0;
    drag.source = surface;
    drag.over = NULL;
    drag.data = *data;
    drag.data.action &= 3;
    if (!drag.on)
        client_send(surface->client, &refused, -1);
    else
        compose_pointer(POINTER_MOVE, look.percent);
}

/* ---- the goal ---------------------------------------------------------------------------------- */

static struct surface *content_at(int x, int y)
{
    enum part part;
    unsigned edges;
    struct surface *surface = scene_surface_at(x, y, &part, &edges);

    return surface && part == PART_CONTENT && rect_has(surface_box(surface), x, y) ? surface : NULL;
}

/* One that it is no longer over gets a DRAG_OVER with no action. */
static void leave(void)
{
    struct message_data message;

    if (!drag.over)
        return;
    message = message_for(MESSAGE_DRAG_OVER, drag.over, -1, -1);
    message.action = 0;
    message.x = message.y = -1;
    client_send(drag.over->client, &message, -1);
}

void drag_move(int x, int y)
{
    struct surface *surface = content_at(x, y);
    struct message_data message;

    if (surface != drag.over)
        leave();
    drag.over = surface;
    if (!surface)
        return;
    message = message_for(MESSAGE_DRAG_OVER, surface, x, y);
    client_send(surface->client, &message, -1);
}

void drag_drop(int x, int y)
{
    struct surface *surface = content_at(x, y);
    struct message_data message;
    int fd;

    if (!surface) {
        finish(0);
        return;
    }
    message = message_for(MESSAGE_DROP, surface, x, y);
    message.action = drag.data.action & 2 && !pointer_has_ctrl() ? 2 : drag.data.action & 1;
    fd = message.size ? fcntl(drag.fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (message.size && fd < 0) {
        finish(0);
        return;
    }
    client_send(surface->client, &message, fd);
    finish(message.action);
}

bool drag_key(unsigned code, int value)
{
    if (!drag.on || code != KEY_ESC || value != INPUT_PRESSED)
        return false;
    leave();
    finish(0);
    return true;
}

void drag_forget(struct surface *surface)
{
    if (drag.over == surface)
        drag.over = NULL;
    if (drag.source != surface)
        return;
    drag.source = NULL;
    leave();
    finish(0);
}
