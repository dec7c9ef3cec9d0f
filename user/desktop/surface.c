/* Surfaces: two states, commits, popups. See surface.h. */
#include "user/desktop/surface.h"

#include <stdlib.h>
#include <string.h>

#include "user/desktop/drag.h"
#include "user/desktop/magnifier.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"

static unsigned frames_due; /* surfaces that wait for FRAME */

struct surface *surface_of(const struct client *client, uint32_t number)
{
    return number >= 1 && number <= SURFACES_MAX ? client->surfaces[number - 1] : NULL;
}

/* ---- making ------------------------------------------------------------------------------------ */

static bool is_size(int width, int height)
{
    return width >= 0 && width <= SIZE_MAX_PX && height >= 0 && height <= SIZE_MAX_PX;
}

static bool is_distance(int x, int y)
{
    return x >= -SIZE_MAX_PX && x <= SIZE_MAX_PX && y >= -SIZE_MAX_PX && y <= SIZE_MAX_PX;
}

static const char *check_new(const struct client *client, const struct message_surface *message)
{
    uint32_t number = message->head.surface;

    if (number < 1 || number > SURFACES_MAX)
        return "a surface's number is 1 to 32";
    if (surface_of(client, number))
        return "there is a surface of that number";
    if (message->kind > SURFACE_POPUP)
        return "no such kind of surface";
    if (!is_size(message->width, message->height) || !is_distance(message->x, message->y))
        return "a surface's size is 0 to 8192, its place -8192 to 8192";
    if (message->kind == SURFACE_WINDOW && message->parent)
        return "a window has no parent";
    if (message->parent && !surface_of(client, message->parent))
        return "no such parent";
    return message->kind == SURFACE_POPUP && !message->parent ? "a popup has a parent" : NULL;
}

static int add_to_scene(struct surface *surface)
{
    if (surface->kind == SURFACE_POPUP)
        return scene_add_popup(surface);
    window_start(surface);
    return 0;
}

void surface_make(struct client *client, const struct message_surface *message)
{
    const char *wrong = check_new(client, message);
    struct surface *surface = wrong ? NULL : calloc(1, sizeof(*surface));

    if (!surface) {
        client_fault(client, MESSAGE_SURFACE, "%s", wrong ? wrong : "no memory");
        return;
    }
    surface->client = client;
    surface->number = message->head.surface;
    surface->kind = message->kind;
    surface->parent = surface_of(client, message->parent);
    surface->x = message->x;
    surface->y = message->y;
    surface->wanted_width = message->width;
    surface->wanted_height = message->height;
    client->surfaces[surface->number - 1] = surface;
    if (add_to_scene(surface))
        client_fault(client, MESSAGE_SURFACE, "too many popups");
}

/* ---- the pending state ------------------------------------------------------------------------- */

static struct rect rect_of(const struct message_rect *message)
{
    struct rect all = {0, 0, SIZE_MAX_PX, SIZE_MAX_PX};

    if (!is_size(message->width, message->height) || !is_distance(message->x, message->y))
        return all; /* more than was said does no harm */
    return rect_and((struct rect){message->x, message->y, message->width, message->height}, all);
}

void surface_attach(struct surface *surface, uint32_t number)
{
    struct client *client = surface->client;
    struct buffer *buffer = number >= 1 && number <= BUFFERS_MAX ? client->buffers[number - 1] : NULL;

    if (number && !buffer) {
        client_fault(client, MESSAGE_ATTACH, "no buffer %u", number);
        return;
    }
    buffer_drop(surface->pending.buffer);
    surface->pending.buffer = buffer_hold(buffer);
    surface->pending.attached = true;
}

void surface_damage(struct surface *surface, const struct message_rect *message)
{
    region_add(&surface->pending.damage, rect_of(message));
}

/* Of a coordinate that makes no sense, and of more rectangles than there is room for, nothing is taken: less
   than was said does no harm here. */
void surface_opaque(struct surface *surface, const struct message_rect *message)
{
    bool good = is_size(message->width, message->height) && is_distance(message->x, message->y);
    struct region *opaque = &surface->pending.opaque, with;
    struct rect r = rect_of(message);

    if (!surface->pending.opaque_said)
        region_clear(opaque);
    surface->pending.opaque_said = true;
    with = *opaque;
    region_add(&with, r);
    if (good && region_pixels(&with) <= region_pixels(opaque) + (long)r.w * r.h)
        *opaque = with;
}

/* ---- commit ------------------------------------------------------------------------------------ */

static bool is_shown(const struct client *client, const struct buffer *buffer)
{
    for (unsigned i = 0; i < SURFACES_MAX; i++) {
        if (client->surfaces[i] && client->surfaces[i]->current.buffer == buffer)
            return true;
    }
    return false;
}

static void release(struct surface *surface, struct buffer *buffer)
{
    struct message_number message = {{MESSAGE_RELEASE, sizeof(message), surface->number}, 0, 0};

    if (!buffer)
        return;
    message.number = buffer->number;
    if (!is_shown(surface->client, buffer) && buffer->number)
        client_send(surface->client, &message, -1);
    buffer_drop(buffer);
}

static bool same_size(const struct buffer *a, const struct buffer *b)
{
    return a && b && a->width == b->width && a->height == b->height;
}

/* The new buffer is the current one; what changes by its size alone is damage. */
static void take_buffer(struct surface *surface)
{
    struct buffer *old = surface->current.buffer, *new = surface->pending.buffer;

    surface->pending.buffer = NULL;
    surface->pending.attached = false;
    surface->current.buffer = new;
    if (!same_size(old, new) && new)
        region_add(&surface->pending.damage, (struct rect){0, 0, new->width, new->height});
    if (old != new)
        release(surface, old);
    else
        buffer_drop(old);
}

/* Who has the keyboard changes where its cursor is, and a popup lies where it is used. */
static void show_enlarged(const struct surface *surface, struct rect box)
{
    const struct region *damage = &surface->current.damage;

    if (damage->count && (surface == scene_focused() || surface->kind == SURFACE_POPUP))
        magnifier_show(rect_and(rect_moved(region_bounds(damage), box.x, box.y), box));
}

static void damage_screen(const struct surface *surface)
{
    struct rect box = surface_box(surface);

    for (size_t i = 0; surface_visible(surface) && i < surface->current.damage.count; i++)
        compose_damage(rect_and(rect_moved(surface->current.damage.rects[i], box.x, box.y), box));
    if (surface_visible(surface))
        show_enlarged(surface, box);
}

static struct rect popup_wanted(const struct surface *surface)
{
    struct rect parent = surface_box(surface->parent);
    const struct buffer *buffer = surface->current.buffer;

    if (!buffer)
        return (struct rect){0, 0, 0, 0};
    return place_popup(
        (struct rect){parent.x + surface->x, parent.y + surface->y, buffer->width, buffer->height},
        scene_screen());
}

/* Pixels that have alpha in spite of it look another way then. */
static void take_opaque(struct surface *surface)
{
    region_add_all(&surface->pending.damage, &surface->current.opaque);
    region_add_all(&surface->pending.damage, &surface->pending.opaque);
    surface->current.opaque = surface->pending.opaque;
    surface->pending.opaque_said = false;
}

static void damage_popup(const struct surface *surface)
{
    struct rect box = surface_box(surface);

    if (!rect_empty(box))
        compose_damage(rect_inset(box, -2 * look.theme.shadow));
}

static void configure_popup(struct surface *surface)
{
    struct message_configure message = {{MESSAGE_CONFIGURE, sizeof(message), surface->number},
                                        ++surface->serial,
                                        surface->wanted_width,
                                        surface->wanted_height,
                                        CONFIGURE_ACTIVE};

    client_send(surface->client, &message, -1);
}

static void popup_committed(struct surface *surface, bool resized)
{
    if (resized)
        damage_popup(surface);
    if (!surface->committed)
        configure_popup(surface);
    pointer_look();
}

void surface_commit(struct surface *surface)
{
    struct buffer *before = surface->current.buffer;
    bool resized = surface->pending.attached && !same_size(before, surface->pending.buffer);

    if (surface->kind == SURFACE_POPUP && resized)
        damage_popup(surface);
    if (surface->pending.attached)
        take_buffer(surface);
    if (surface->pending.opaque_said)
        take_opaque(surface);
    surface->current.damage = surface->pending.damage;
    region_clear(&surface->pending.damage);
    surface->commits++;
    if (!surface->frame_due && surface->current.buffer) {
        surface->frame_due = true;
        frames_due++;
    }
    if (surface->kind == SURFACE_POPUP)
        popup_committed(surface, resized);
    else
        window_committed(surface);
    surface->committed = true;
    damage_screen(surface);
}

/* ---- the end ----------------------------------------------------------------------------------- */

static void end_children(struct surface *surface)
{
    for (unsigned i = 0; i < SURFACES_MAX; i++) {
        struct surface *other = surface->client->surfaces[i];

        if (other && other->parent == surface)
            surface_end(other);
    }
}

void surface_end(struct surface *surface)
{
    struct client *client = surface->client;

    end_children(surface);
    pointer_forget(surface);
    drag_forget(surface);
    if (surface->kind == SURFACE_POPUP) {
        damage_popup(surface);
        scene_remove_popup(surface);
    } else {
        window_end(surface);
    }
    frames_due -= surface->frame_due;
    client->surfaces[surface->number - 1] = NULL;
    release(surface, surface->current.buffer);
    buffer_drop(surface->pending.buffer);
    free(surface);
}

void surface_end_all(struct client *client)
{
    for (unsigned i = 0; i < SURFACES_MAX; i++) {
        if (client->surfaces[i])
            surface_end(client->surfaces[i]);
    }
}

/* ---- what is seen ------------------------------------------------------------------------------ */

struct rect surface_box(const struct surface *surface)
{
    struct rect content;

    if (surface->kind == SURFACE_POPUP)
        return popup_wanted(surface);
    content = window_content(surface);
    if (surface->current.buffer) {
        content.w = content.w < surface->current.buffer->width ? content.w : surface->current.buffer->width;
        content.h = content.h < surface->current.buffer->height ? content.h : surface->current.buffer->height;
    }
    return content;
}

bool surface_visible(const struct surface *surface)
{
    const struct surface *window = surface;

    if (!surface->current.buffer)
        return false;
    while (window->kind == SURFACE_POPUP)
        window = window->parent;
    return window->window.shown && window->window.state != STATE_MINIMISED &&
           window->window.workspace == scene_workspace();
}

void surface_show_hung(struct client *client)
{
    for (unsigned i = 0; i < SURFACES_MAX; i++) {
        if (client->surfaces[i] && client->surfaces[i]->kind != SURFACE_POPUP) {
            frame_changed(client->surfaces[i]);
            frame_damage(client->surfaces[i]);
        }
    }
}

/* ---- frames ------------------------------------------------------------------------------------ */

static void frame_done(struct surface *surface, uint32_t frame)
{
    struct message_number message = {{MESSAGE_FRAME, sizeof(message), surface->number}, frame, 0};

    if (!surface->frame_due || !surface_visible(surface))
        return;
    surface->frame_due = false;
    frames_due--;
    client_send(surface->client, &message, -1);
}

void surface_frames_done(uint32_t frame)
{
    struct client *client;

    for (unsigned c = 0; frames_due && (client = client_at(c)); c++) {
        for (unsigned i = 0; i < SURFACES_MAX; i++) {
            if (client->surfaces[i])
                frame_done(client->surfaces[i], frame);
        }
    }
}

bool surface_frames_due(void)
{
    struct client *client;

    for (unsigned c = 0; frames_due && (client = client_at(c)); c++) {
        for (unsigned i = 0; i < SURFACES_MAX; i++) {
            if (client->surfaces[i] && client->surfaces[i]->frame_due && surface_visible(client->surfaces[i]))
                return true;
        }
    }
    return false;
}
