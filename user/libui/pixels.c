/*
 * A window's pixels: two buffers in one memory file. While the server looks at one, the other is drawn;
 * before that it gets what the first has newer, so that only what changed is painted. Use: window_memory →
 * window_back → paint → window_commit.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "user/libui/internal.h"

static uint64_t numbers_used; /* of buffers: bit 0 is number 1 */

/* ---- memory ---------------------------------------------------------------------------------- */

static unsigned next_number(void)
{
    static unsigned last;

    for (unsigned i = 0; i < BUFFERS_MAX; i++) {
        unsigned bit = (last + i) % BUFFERS_MAX;

        if (!(numbers_used >> bit & 1)) {
            numbers_used |= (uint64_t)1 << bit;
            last = bit + 1;
            return bit + 1;
        }
    }
    return 0;
}

static void forget_buffer(struct ui_window *window, struct buffer *buffer)
{
    if (buffer->number == 0)
        return;
    if (window->surface && ui.connected)
        connection_say_number(MESSAGE_BUFFER_END, 0, buffer->number);
    numbers_used &= ~((uint64_t)1 << (buffer->number - 1));
    buffer->number = 0;
}

void window_memory_end(struct ui_window *window)
{
    for (int i = 0; i < 2; i++) {
        forget_buffer(window, &window->buffers[i]);
        memset(&window->buffers[i], 0, sizeof(window->buffers[i]));
    }
    if (window->mapped)
        munmap(window->mapped, window->memory_size);
    if (window->memory >= 0)
        close(window->memory);
    window->mapped = NULL;
    window->memory = -1;
    window->front = NULL;
}

static int make_memory(struct ui_window *window)
{
    const size_t each = (size_t)window->width * (size_t)window->height;
    const int fd = memory_file(NULL, 2 * each * sizeof(uint32_t));

    if (fd < 0)
        return fd;
    window->memory_size = 2 * each * sizeof(uint32_t);
    window->mapped = mmap(NULL, window->memory_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (window->mapped == MAP_FAILED) {
        window->mapped = NULL;
        close(fd);
        return -ENOMEM;
    }
    window->memory = fd;
    window->buffer_width = window->width;
    window->buffer_height = window->height;
    for (int i = 0; i < 2; i++)
        window->buffers[i].pixels = window->mapped + (size_t)i * each;
    return 0;
}

static void say_buffer(struct ui_window *window, struct buffer *buffer)
{
    struct message_buffer message = {
        .format = window->kind == SURFACE_POPUP ? PIXELS_ARGB : PIXELS_XRGB,
        .width = window->buffer_width, .height = window->buffer_height,
        .stride = window->buffer_width * (int)sizeof(uint32_t),
        .offset = (uint64_t)(buffer->pixels - window->mapped) * sizeof(uint32_t)};

    if (buffer->number == 0)
        buffer->number = next_number();
    message.buffer = buffer->number;
    connection_say(&message, MESSAGE_BUFFER, 0, &window->memory, 1);
}

int window_memory(struct ui_window *window)
{
    int error = 0;

    if (!window->mapped || window->buffer_width != window->width || window->buffer_height != window->height) {
        window_memory_end(window);
        error = make_memory(window);
        if (error == 0)
            window->scroll_count = 0;
    }
    return error;
}

/* ---- the two of them ------------------------------------------------------------------------- */

static void bring_up_to_date(struct ui_window *window, struct buffer *back)
{
    const struct canvas from = canvas_of(window->front->pixels, window->width, window->height, window->width);
    const struct canvas to = canvas_of(back->pixels, window->width, window->height, window->width);

    for (size_t i = 0; i < back->stale.count; i++) {
        struct canvas part = canvas_clipped(&from, back->stale.rects[i]);

        /* draw_copy puts the clip where its picture's (0, 0) would come to lie. */
        part = canvas_part(&part, back->stale.rects[i]);
        draw_copy(&to, back->stale.rects[i].x, back->stale.rects[i].y, &part);
    }
    region_clear(&back->stale);
}

struct buffer *window_back(struct ui_window *window)
{
    struct buffer *back = window->front == &window->buffers[0] ? &window->buffers[1] : &window->buffers[0];

    if (back->held)
        return NULL;
    if (window->front)
        bring_up_to_date(window, back);
    return back;
}

static void say_scrolls(struct ui_window *window)
{
    for (unsigned i = 0; i < window->scroll_count; i++) {
        const struct scroll_step *step = &window->scrolls[i];
        struct message_scroll message = {.x = step->at.x, .y = step->at.y, .width = step->at.w,
                                         .height = step->at.h, .dx = step->dx, .dy = step->dy};

        connection_say(&message, MESSAGE_SCROLL, window->surface, NULL, 0);
    }
}

static void say_damage(struct ui_window *window, const struct region *changed)
{
    /* Many small ones cost more than they save. */
    if (changed->count > 16) {
        connection_say_rect(MESSAGE_DAMAGE, window->surface, region_bounds(changed));
        return;
    }
    for (size_t i = 0; i < changed->count; i++)
        connection_say_rect(MESSAGE_DAMAGE, window->surface, changed->rects[i]);
}

static void say_opaque(struct ui_window *window)
{
    const int radius = window->kind == SURFACE_POPUP ? ui_px(CONTROL_RADIUS + 2) : 0;

    connection_say_rect(MESSAGE_OPAQUE, window->surface,
                        (struct rect){0, radius, window->width, window->height - 2 * radius});
    if (radius)
        connection_say_rect(MESSAGE_OPAQUE, window->surface,
                            (struct rect){radius, 0, window->width - 2 * radius, window->height});
}

static void attach(struct ui_window *window, struct buffer *buffer, const struct region *changed)
{
    struct buffer *other = buffer == &window->buffers[0] ? &window->buffers[1] : &window->buffers[0];

    if (buffer->number == 0)
        say_buffer(window, buffer);
    connection_say_number(MESSAGE_ATTACH, window->surface, buffer->number);
    if (!window->front)
        say_opaque(window);
    else
        say_scrolls(window);
    say_damage(window, changed);
    region_add_all(&other->stale, changed);
    for (unsigned i = 0; i < window->scroll_count; i++)
        region_add(&other->stale, window->scrolls[i].at);
    window->scroll_count = 0;
    window->front = buffer;
    buffer->held = true;
    window->waiting = true;
}

void window_commit(struct ui_window *window, struct buffer *buffer, const struct region *changed)
{
    if (window->acknowledge)
        connection_say_number(MESSAGE_ACK, window->surface, window->serial);
    window->acknowledge = false;
    if (buffer)
        attach(window, buffer, changed);
    connection_say_plain(MESSAGE_COMMIT, window->surface);
}

void window_release(unsigned number)
{
    for (struct ui_window *window = ui.windows; window; window = window->next)
        for (int i = 0; i < 2; i++)
            if (number != 0 && window->buffers[i].number == number)
                window->buffers[i].held = false;
}

void buffers_lost(void)
{
    numbers_used = 0;
}

/* ---- raw pixels ------------------------------------------------------------------------------ */

void ui_window_on_frame(struct ui_window *window, ui_frame frame, void *context)
{
    if (!window)
        return;
    hook_set(&window->on_frame, frame, context);
    window->touched = true;
}

void ui_window_on_pointer(struct ui_window *window, ui_pointer_call call, void *context)
{
    if (window)
        hook_set(&window->on_pointer, call, context);
}

int ui_pixels(struct ui_window *window, struct canvas *canvas)
{
    struct buffer *back;
    int error;

    if (!window || window->dead || window->surface == 0 || window->serial == 0)
        return -EAGAIN;
    error = window_memory(window);
    if (error != 0)
        return error;
    back = window_back(window);
    if (!back) {
        window->touched = true;
        return -EAGAIN;
    }
    *canvas = canvas_of(back->pixels, window->width, window->height, window->width);
    return 0;
}

void ui_present(struct ui_window *window, struct rect at)
{
    struct region changed;
    struct buffer *back;

    if (!window || window->dead || !window->mapped || window->buffer_width != window->width ||
        window->buffer_height != window->height || window->surface == 0)
        return;
    back = window_back(window);
    if (!back)
        return;
    region_clear(&changed);
    at = rect_and(at, (struct rect){0, 0, window->width, window->height});
    if (!window->front)
        at = (struct rect){0, 0, window->width, window->height};
    if (rect_empty(at))
        return;
    region_add(&changed, at);
    window_commit(window, back, &changed);
}
