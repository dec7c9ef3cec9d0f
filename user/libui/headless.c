/*
 * The display server of tests (headless.h): the protocol's other side in memory. One struct shown for each
 * surface, with the picture a user would see; after each commit it is compared with the whole buffer, so
 * that damage that was not said is found.
 */
#include "user/libui/headless.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libui/internal.h"
#include "user/libui/picture.h"

#define FRAMES_MAX 200

struct held_buffer {
    uint32_t *mapped;
    size_t mapped_size;
    struct message_buffer said;
};
struct shown {
    bool used, configured, frame_due;
    struct message_surface said;
    char title[128];
    unsigned attached, on_screen, release_due;
    struct region damage;
    struct message_scroll scrolls[8];
    unsigned scroll_count;
    int width, height; /* as configured */
    uint32_t serial;
    struct canvas picture;
};
struct queued {
    struct queued *next;
    size_t size;
    int fd;
    _Alignas(8) unsigned char bytes[PROTOCOL_BYTES];
};

static struct {
    struct headless_options options;
    bool connected, gone, hold;
    int64_t now_ns;
    struct shown shown[SURFACES_MAX + 1];
    struct held_buffer buffers[BUFFERS_MAX + 1];
    struct queued *first, *last;
    uint32_t serial;
    unsigned focus;       /* surface */
    unsigned pointer_on;
    int x, y;
    unsigned commits;
    int frames_left;
    long damaged;
    char *clipboard, *dragged;
    char clipboard_type[64];
    char notified[400], setting[160];
    void (*idle)(void);
} server;

static void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
static void give_up(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fprintf(stderr, "headless: ");
    vfprintf(stderr, format, arguments);
    fprintf(stderr, "\n");
    va_end(arguments);
    abort();
}

/* ---- to the client --------------------------------------------------------------------------- */

static void queue_bytes(const void *bytes, size_t size, int fd)
{
    struct queued *queued = calloc(1, sizeof(*queued));

    assert(queued && size <= sizeof(queued->bytes));
    memcpy(queued->bytes, bytes, size);
    queued->size = size;
    queued->fd = fd;
    if (server.last)
        server.last->next = queued;
    else
        server.first = queued;
    server.last = queued;
}

static void say(void *message, unsigned type, unsigned surface, int fd)
{
    struct message_head *head = message;

    *head = (struct message_head){(uint16_t)type, (uint16_t)protocol_size(type), surface};
    queue_bytes(message, head->size, fd);
}

static void say_number(unsigned type, unsigned surface, uint32_t number)
{
    struct message_number message = {.number = number};

    say(&message, type, surface, -1);
}

static void say_welcome(void)
{
    struct message_welcome welcome = {.version = PROTOCOL_VERSION, .width = server.options.width,
                                      .height = server.options.height, .scale = server.options.scale};

    welcome.accent = server.options.accent;
    strncpy(welcome.theme, server.options.theme, sizeof(welcome.theme) - 1);
    strncpy(welcome.language, server.options.language, sizeof(welcome.language) - 1);
    strcpy(welcome.layout, "us");
    say(&welcome, MESSAGE_WELCOME, 0, -1);
}

static void configure(unsigned surface)
{
    struct shown *shown = &server.shown[surface];
    struct message_configure message = {.serial = ++server.serial, .width = shown->width,
                                        .height = shown->height, .state = CONFIGURE_ACTIVE};

    shown->serial = server.serial;
    say(&message, MESSAGE_CONFIGURE, surface, -1);
}

static void set_focus(unsigned surface)
{
    if (server.focus == surface)
        return;
    if (server.focus)
        say_number(MESSAGE_FOCUS, server.focus, 0);
    server.focus = surface;
    if (surface)
        say_number(MESSAGE_FOCUS, surface, 1);
}

/* Games never come to rest: their frames end when there were FRAMES_MAX of them. */
static void frames_out(void)
{
    for (unsigned i = 1; i <= SURFACES_MAX && !server.hold && server.frames_left > 0; i++) {
        struct shown *shown = &server.shown[i];

        if (shown->release_due)
            say_number(MESSAGE_RELEASE, 0, shown->release_due);
        shown->release_due = 0;
        if (shown->frame_due)
            say_number(MESSAGE_FRAME, i, 0);
        server.frames_left -= shown->frame_due;
        shown->frame_due = false;
    }
}

/* ---- from the client ------------------------------------------------------------------------- */

static void buffer_end(unsigned number)
{
    struct held_buffer *buffer = &server.buffers[number];

    if (buffer->mapped)
        munmap(buffer->mapped, buffer->mapped_size);
    memset(buffer, 0, sizeof(*buffer));
}

static void take_buffer(const struct message_buffer *said, int fd)
{
    struct held_buffer *buffer = &server.buffers[said->buffer];
    struct stat stat;

    if (said->buffer < 1 || said->buffer > BUFFERS_MAX || buffer->mapped)
        give_up("buffer number %u", said->buffer);
    if (fstat(fd, &stat) != 0 || !(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK))
        give_up("a buffer's memory can shrink");
    if (said->offset + (uint64_t)said->stride * (uint64_t)said->height > (uint64_t)stat.st_size)
        give_up("a buffer beyond its memory");
    buffer->mapped_size = (size_t)stat.st_size;
    buffer->mapped = mmap(NULL, buffer->mapped_size, PROT_READ, MAP_SHARED, fd, 0);
    assert(buffer->mapped != MAP_FAILED);
    buffer->said = *said;
}

static struct canvas buffer_picture(unsigned number)
{
    const struct held_buffer *buffer = &server.buffers[number];

    if (!buffer->mapped)
        give_up("buffer %u is not known", number);
    return canvas_of(buffer->mapped + buffer->said.offset / 4, buffer->said.width, buffer->said.height,
                     buffer->said.stride / 4);
}

static void picture_size(struct shown *shown, int width, int height)
{
    if (shown->picture.width == width && shown->picture.height == height)
        return;
    free(shown->picture.pixels);
    shown->picture =
        canvas_of(calloc((size_t)width * (size_t)height, sizeof(uint32_t)), width, height, width);
    assert(shown->picture.pixels);
    shown->scroll_count = 0;
}

static void copy_rect(struct canvas *to, const struct canvas *from, struct rect at)
{
    at = rect_and(at, (struct rect){0, 0, to->width, to->height});
    for (int y = at.y; y < at.y + at.h; y++)
        memcpy(to->pixels + (ptrdiff_t)y * to->stride + at.x,
               from->pixels + (ptrdiff_t)y * from->stride + at.x, (size_t)at.w * sizeof(uint32_t));
}

/* What moved is copied from where it was; written apart from draw_scroll, which the toolkit uses. */
static void move_rect(struct canvas *canvas, const struct message_scroll *scroll)
{
    const size_t size = (size_t)canvas->width * (size_t)canvas->height * sizeof(uint32_t);
    uint32_t *old = malloc(size);

    assert(old);
    memcpy(old, canvas->pixels, size);
    for (int y = scroll->y; y < scroll->y + scroll->height; y++)
        for (int x = scroll->x; x < scroll->x + scroll->width; x++) {
            const int from_x = x - scroll->dx, from_y = y - scroll->dy;
            const struct rect at = {scroll->x, scroll->y, scroll->width, scroll->height};

            if (rect_has(at, from_x, from_y))
                canvas->pixels[(ptrdiff_t)y * canvas->stride + x] =
                    old[(ptrdiff_t)from_y * canvas->stride + from_x];
        }
    free(old);
}

static void must_be_the_same(unsigned surface, const struct canvas *seen, const struct canvas *meant)
{
    for (int y = 0; y < seen->height; y++)
        for (int x = 0; x < seen->width; x++)
            if (seen->pixels[(ptrdiff_t)y * seen->stride + x] !=
                meant->pixels[(ptrdiff_t)y * meant->stride + x])
                give_up("surface %u: pixel (%d, %d) changed, but no damage says so", surface, x, y);
}

static void show_attached(unsigned surface)
{
    struct shown *shown = &server.shown[surface];
    const struct canvas buffer = buffer_picture(shown->attached);

    if (buffer.width != shown->width || buffer.height != shown->height)
        give_up("surface %u: a buffer of %d × %d where %d × %d was configured", surface, buffer.width,
                buffer.height, shown->width, shown->height);
    picture_size(shown, buffer.width, buffer.height);
    for (unsigned i = 0; i < shown->scroll_count; i++)
        move_rect(&shown->picture, &shown->scrolls[i]);
    for (size_t i = 0; i < shown->damage.count; i++)
        copy_rect(&shown->picture, &buffer, shown->damage.rects[i]);
    must_be_the_same(surface, &shown->picture, &buffer);
    server.commits++;
    server.damaged += region_pixels(&shown->damage);
    if (shown->on_screen && shown->on_screen != shown->attached)
        shown->release_due = shown->on_screen;
    shown->on_screen = shown->attached;
    shown->attached = 0;
    shown->frame_due = true;
}

static void take_commit(unsigned surface)
{
    struct shown *shown = &server.shown[surface];

    if (shown->attached)
        show_attached(surface);
    region_clear(&shown->damage);
    shown->scroll_count = 0;
    if (shown->configured)
        return;
    shown->configured = true;
    configure(surface);
    if (shown->said.kind != SURFACE_POPUP)
        set_focus(surface);
}

static void take_surface(unsigned surface, const struct message_surface *said)
{
    struct shown *shown = &server.shown[surface];

    if (surface < 1 || surface > SURFACES_MAX || shown->used)
        give_up("surface number %u", surface);
    if (said->kind != SURFACE_WINDOW && (said->parent < 1 || !server.shown[said->parent].used))
        give_up("surface %u without its parent", surface);
    *shown = (struct shown){.used = true, .said = *said, .width = said->width, .height = said->height};
    if (shown->width == 0)
        shown->width = 640;
    if (shown->height == 0)
        shown->height = 480;
}

static void focus_next(void)
{
    set_focus(0);
    for (const struct ui_window *window = ui.windows; window; window = window->next)
        if (window->surface && window->kind != SURFACE_POPUP && server.shown[window->surface].configured) {
            set_focus(window->surface);
            return;
        }
}

static void surface_end(unsigned surface)
{
    struct shown *shown = &server.shown[surface];

    if (shown->on_screen)
        say_number(MESSAGE_RELEASE, 0, shown->on_screen);
    free(shown->picture.pixels);
    memset(shown, 0, sizeof(*shown));
    if (server.pointer_on == surface)
        server.pointer_on = 0;
    if (server.focus == surface) {
        server.focus = 0;
        focus_next();
    }
}

static char *file_text(int fd, size_t size)
{
    char *text = calloc(1, size + 1);

    assert(text && pread(fd, text, size, 0) == (ssize_t)size);
    return text;
}

static void answer_clipboard(const struct message_data *get)
{
    struct message_data data = {.number = get->number};
    const bool has = server.clipboard && strcmp(get->type, server.clipboard_type) == 0;
    int fd = -1;

    memcpy(data.type, get->type, sizeof(data.type));
    if (has && *server.clipboard) {
        data.size = strlen(server.clipboard);
        fd = memory_file(server.clipboard, data.size);
        assert(fd >= 0);
    }
    say(&data, MESSAGE_CLIPBOARD, 0, fd);
}

static void answer_capture(void)
{
    struct message_captured message = {.width = 2, .height = 2, .size = 16};
    const uint32_t pixels[4] = {0xFF000001, 0xFF000002, 0xFF000003, 0xFF000004};

    say(&message, MESSAGE_CAPTURED, 0, memory_file(pixels, sizeof(pixels)));
}

static void answer_statistics(void)
{
    struct message_statistics message = {.frames = server.commits, .clients = 1, .surfaces = 1};

    say(&message, MESSAGE_STATISTICS, 0, -1);
}

static void take_data(const union message *message, int fd)
{
    switch (message->head.type) {
    case MESSAGE_CLIPBOARD_SET:
        memcpy(server.clipboard_type, message->data.type, sizeof(server.clipboard_type));
        free(server.clipboard);
        server.clipboard = fd < 0 ? strdup("") : file_text(fd, message->data.size);
        break;
    case MESSAGE_CLIPBOARD_GET:
        answer_clipboard(&message->data);
        break;
    case MESSAGE_DRAG:
        free(server.dragged);
        server.dragged = fd < 0 ? strdup("") : file_text(fd, message->data.size);
        break;
    case MESSAGE_CAPTURE:
        answer_capture();
        break;
    case MESSAGE_STATS:
        answer_statistics();
        break;
    case MESSAGE_NOTIFY:
        snprintf(server.notified, sizeof(server.notified), "%s: %s", message->notify.title,
                 message->notify.text);
        break;
    case MESSAGE_SET:
        memcpy(server.setting, message->text.text, sizeof(message->text.text));
        break;
    default:
        break;
    }
}

static struct rect rect_said(const struct message_rect *rect)
{
    return (struct rect){rect->x, rect->y, rect->width, rect->height};
}

static void take_of_surface(const union message *message)
{
    const unsigned surface = message->head.surface;
    struct shown *shown = &server.shown[surface];

    if (surface < 1 || surface > SURFACES_MAX || !shown->used)
        give_up("%s for surface %u, which is not there", protocol_name(message->head.type), surface);
    switch (message->head.type) {
    case MESSAGE_SURFACE_END:
        surface_end(surface);
        break;
    case MESSAGE_ATTACH:
        shown->attached = message->number.number;
        break;
    case MESSAGE_DAMAGE:
        if (!rect_inside(rect_said(&message->rect), (struct rect){0, 0, shown->width, shown->height}))
            give_up("damage outside of surface %u", surface);
        region_add(&shown->damage, rect_said(&message->rect));
        break;
    case MESSAGE_SCROLL:
        assert(shown->scroll_count < 8);
        shown->scrolls[shown->scroll_count++] = message->scroll;
        break;
    case MESSAGE_COMMIT:
        take_commit(surface);
        break;
    case MESSAGE_ACK:
        if (message->number.number != shown->serial && message->number.number > server.serial)
            give_up("ACK %u", message->number.number);
        break;
    case MESSAGE_TITLE:
        memcpy(shown->title, message->text.text, sizeof(shown->title));
        break;
    default:
        break;
    }
}

static void take(const union message *message, int fd)
{
    switch (message->head.type) {
    case MESSAGE_HELLO:
        say_welcome();
        break;
    case MESSAGE_SURFACE:
        take_surface(message->head.surface, &message->surface);
        break;
    case MESSAGE_BUFFER:
        take_buffer(&message->buffer, fd);
        break;
    case MESSAGE_BUFFER_END:
        buffer_end(message->number.number);
        break;
    case MESSAGE_PONG:
        break;
    case MESSAGE_CLIPBOARD_SET: case MESSAGE_CLIPBOARD_GET: case MESSAGE_DRAG: case MESSAGE_CAPTURE:
    case MESSAGE_STATS: case MESSAGE_NOTIFY: case MESSAGE_SET:
        take_data(message, fd);
        break;
    default:
        take_of_surface(message);
    }
}

/* ---- as a backend ---------------------------------------------------------------------------- */

static void forget_client(void)
{
    while (server.first) {
        struct queued *queued = server.first;

        server.first = queued->next;
        if (queued->fd >= 0)
            close(queued->fd);
        free(queued);
    }
    server.last = NULL;
    for (unsigned i = 1; i <= SURFACES_MAX; i++)
        free(server.shown[i].picture.pixels);
    memset(server.shown, 0, sizeof(server.shown));
    for (unsigned i = 1; i <= BUFFERS_MAX; i++)
        buffer_end(i);
    server.focus = server.pointer_on = 0;
}

static int backend_connect(void)
{
    if (server.gone)
        return -ECONNREFUSED;
    server.connected = true;
    return 0;
}

static void backend_disconnect(void)
{
    server.connected = false;
    forget_client();
}

static int backend_fd(void)
{
    return -1;
}

static int backend_send(const void *bytes, size_t size, const int *fds, unsigned count)
{
    const unsigned char *at = bytes;
    unsigned used = 0;
    union message message;

    if (!server.connected || server.gone)
        return -EPIPE;
    while (size > 0) {
        int length = protocol_next(at, size, 0, &message), fd = -1;

        if (length <= 0)
            give_up("the toolkit said what is no message");
        if (protocol_fds(&message)) {
            if (used == count)
                give_up("%s without its file", protocol_name(message.head.type));
            fd = fds[used++];
        }
        take(&message, fd);
        at += length;
        size -= (size_t)length;
    }
    return 0;
}

static int backend_receive(void *room, size_t size, int *fds, unsigned *count)
{
    struct queued *queued = server.first;
    int length;

    if (server.gone)
        return -EPIPE;
    if (!queued)
        return -EAGAIN;
    assert(queued->size <= size);
    memcpy(room, queued->bytes, queued->size);
    length = (int)queued->size;
    *count = queued->fd >= 0;
    fds[0] = queued->fd;
    server.first = queued->next;
    if (!server.first)
        server.last = NULL;
    free(queued);
    return length;
}

/* Time goes by itself when nothing else can happen. */
static int wait_idle(int timeout_ms)
{
    if (timeout_ms > 0)
        server.now_ns += (int64_t)timeout_ms * 1000000;
    else if (timeout_ms < 0 && server.idle)
        server.idle();
    else if (timeout_ms < 0)
        ui_quit(0);
    return 0;
}

static int backend_wait(struct pollfd *fds, unsigned count, int timeout_ms)
{
    int ready;

    frames_out();
    ready = poll(fds + 1, count - 1, 0);
    fds[0].revents = server.connected && (server.first || server.gone) ? POLLIN : 0;
    if (fds[0].revents)
        ready = (ready > 0 ? ready : 0) + 1;
    return ready > 0 ? ready : wait_idle(timeout_ms);
}

static int64_t backend_now_ns(void)
{
    return server.now_ns;
}

static const struct backend backend_headless = {backend_connect, backend_disconnect, backend_fd,
                                                backend_send,    backend_receive,    backend_wait,
                                                backend_now_ns};

/* ---- the test's side ------------------------------------------------------------------------- */

void headless_use(const struct headless_options *options, void (*idle)(void))
{
    memset(&server, 0, sizeof(server));
    if (options)
        server.options = *options;
    server.idle = idle;
    server.now_ns = 1000000000;
    server.frames_left = FRAMES_MAX;
    if (!server.options.theme)
        server.options.theme = "dark";
    if (!server.options.language)
        server.options.language = "en";
    if (server.options.scale == 0)
        server.options.scale = 100;
    if (server.options.width == 0) {
        server.options.width = 1024;
        server.options.height = 768;
    }
    backend_used = &backend_headless;
    font_folder("build/fonts");
    theme_folder("user/draw/themes");
}

void headless_start(const char *program, const struct headless_options *options)
{
    int error;

    headless_use(options, NULL);
    error = ui_start(program);
    if (error != 0)
        give_up("ui_start: %d", error);
}

void headless_end(void)
{
    ui_end();
    forget_client();
    free(server.clipboard);
    free(server.dragged);
    server.clipboard = server.dragged = NULL;
}

void headless_settle(void)
{
    server.frames_left = FRAMES_MAX;
    for (int quiet = 0, i = 0; quiet < 2; i++) {
        quiet = loop_turn(0) || server.first ? 0 : quiet + 1;
        if (i > 100000)
            give_up("the program never comes to rest");
    }
}

void headless_advance(int ms)
{
    headless_settle();
    for (int i = 0; i < ms; i++) {
        server.now_ns += 1000000;
        loop_turn(0);
    }
    headless_settle();
}

static struct ui_window *newest(bool popup)
{
    for (struct ui_window *window = ui.windows; window; window = window->next)
        if (window->shown && (window->kind == SURFACE_POPUP) == popup)
            return window;
    return NULL;
}

struct ui_window *headless_top(void)
{
    headless_settle();
    return newest(false);
}

struct ui_window *headless_popup(void)
{
    headless_settle();
    return newest(true);
}

static unsigned surface_of(struct ui_window *window)
{
    headless_settle();
    if (!window)
        window = newest(false);
    if (!window || window->surface == 0 || !server.shown[window->surface].used)
        give_up("no such window");
    return window->surface;
}

unsigned headless_surface(struct ui_window *window)
{
    return surface_of(window);
}

/* ---- keys ------------------------------------------------------------------------------------ */

void headless_key(unsigned code, unsigned modifiers, const char *text, int value)
{
    struct message_key message = {.time_ns = (uint64_t)server.now_ns, .code = (uint16_t)code,
                                  .value = (uint16_t)value, .modifiers = modifiers};

    headless_settle();
    if (text)
        strncpy(message.text, text, sizeof(message.text) - 1);
    if (server.focus)
        say(&message, MESSAGE_KEY, server.focus, -1);
    headless_settle();
}

void headless_keys(const char *keys)
{
    uint16_t code;
    uint32_t modifiers;

    if (keys_parse(keys, &code, &modifiers) != 0)
        give_up("no key is called %s", keys);
    headless_key(code, modifiers, code == KEY_SPACE && modifiers == 0 ? " " : NULL, 1);
    headless_key(code, modifiers, NULL, 0);
}

/* The key of a US keyboard; 0 for what it has not. */
static unsigned typed_code(const char *one)
{
    uint16_t code;
    uint32_t modifiers;

    if (*one == '\n')
        return KEY_ENTER;
    return keys_parse(one, &code, &modifiers) == 0 ? code : 0;
}

void headless_type(const char *text)
{
    while (*text) {
        char one[8] = {0};
        size_t used;

        utf8_read(text, strlen(text), &used);
        memcpy(one, text, used);
        text += used;
        headless_key(typed_code(one), 0, *one == '\n' ? NULL : one, 1);
        headless_key(typed_code(one), 0, NULL, 0);
    }
}

/* ---- pointer --------------------------------------------------------------------------------- */

static void point(unsigned surface, unsigned type, struct message_pointer message)
{
    message.time_ns = (uint64_t)server.now_ns;
    message.x = server.x;
    message.y = server.y;
    say(&message, type, surface, -1);
    headless_settle();
}

void headless_move(struct ui_window *window, int x, int y)
{
    const unsigned surface = surface_of(window);
    struct message_plain leave = {0};

    server.x = x;
    server.y = y;
    if (server.pointer_on == surface) {
        point(surface, MESSAGE_MOTION, (struct message_pointer){0});
        return;
    }
    if (server.pointer_on)
        say(&leave, MESSAGE_LEAVE, server.pointer_on, -1);
    server.pointer_on = surface;
    point(surface, MESSAGE_ENTER, (struct message_pointer){0});
}

void headless_button(struct ui_window *window, unsigned button, int value, unsigned clicks)
{
    const unsigned surface = surface_of(window);

    if (value && server.shown[surface].said.kind != SURFACE_POPUP)
        set_focus(surface);
    point(surface, MESSAGE_BUTTON,
          (struct message_pointer){.code = (uint16_t)button, .value = (uint16_t)value, .clicks = clicks});
}

void headless_wheel(struct ui_window *window, int notches_up)
{
    point(surface_of(window), MESSAGE_WHEEL, (struct message_pointer){.wheel_y = notches_up});
}

void headless_click_at(struct ui_window *window, int x, int y, unsigned button, unsigned clicks)
{
    const unsigned surface = surface_of(window);

    headless_move(window, x, y);
    for (unsigned i = 1; i <= clicks; i++) {
        if (!server.shown[surface].used)
            return;
        headless_button(window, button, 1, i);
        if (server.shown[surface].used)
            point(surface, MESSAGE_BUTTON, (struct message_pointer){.code = (uint16_t)button});
    }
}

void headless_click(struct ui_window *window, const char *name)
{
    struct widget *widget;

    surface_of(window);
    widget = ui_find(window ? window : newest(false), name);
    if (!widget || rect_empty(widget->view))
        give_up("no widget is called %s", name);
    headless_click_at(widget->window, widget->view.x + widget->view.w / 2,
                      widget->view.y + widget->view.h / 2, BUTTON_LEFT, 1);
}

void headless_drag(struct ui_window *window, int from_x, int from_y, int to_x, int to_y)
{
    headless_move(window, from_x, from_y);
    headless_button(window, BUTTON_LEFT, 1, 1);
    headless_move(window, (from_x + to_x) / 2, (from_y + to_y) / 2);
    headless_move(window, to_x, to_y);
    headless_button(window, BUTTON_LEFT, 0, 1);
}

void headless_drop(struct ui_window *window, int x, int y, const char *type, const char *text,
                   unsigned action)
{
    struct message_data data = {.x = x, .y = y, .action = action};
    const unsigned surface = surface_of(window);

    strncpy(data.type, type, sizeof(data.type) - 1);
    say(&data, MESSAGE_DRAG_OVER, surface, -1);
    headless_settle();
    data.size = strlen(text);
    say(&data, MESSAGE_DROP, surface, memory_file(text, data.size));
    headless_settle();
}

void headless_drag_took(unsigned action)
{
    say_number(MESSAGE_DRAG_END, 0, action);
    headless_settle();
}

/* ---- the rest -------------------------------------------------------------------------------- */

void headless_resize(struct ui_window *window, int width, int height)
{
    const unsigned surface = surface_of(window);

    server.shown[surface].width = width;
    server.shown[surface].height = height;
    configure(surface);
    headless_settle();
}

void headless_close(struct ui_window *window)
{
    struct message_plain close = {0};

    say(&close, MESSAGE_CLOSE, surface_of(window), -1);
    headless_settle();
}

void headless_set(const char *theme, const char *language, int scale)
{
    if (theme)
        server.options.theme = theme;
    if (language)
        server.options.language = language;
    if (scale)
        server.options.scale = scale;
    say_welcome();
    headless_settle();
}

void headless_break(void)
{
    headless_settle();
    server.gone = true;
    headless_settle();
}

void headless_return(void)
{
    server.gone = false;
    headless_advance(300);
}

void headless_gone(bool gone)
{
    server.gone = gone;
}

void headless_hold(bool hold)
{
    server.hold = hold;
    headless_settle();
}

void headless_say(const void *bytes, size_t size)
{
    queue_bytes(bytes, size, -1);
    headless_settle();
}

void headless_clipboard_set(const char *text)
{
    free(server.clipboard);
    strcpy(server.clipboard_type, TYPE_TEXT);
    server.clipboard = strdup(text);
}

const char *headless_clipboard(void)
{
    headless_settle();
    return server.clipboard ? server.clipboard : "";
}
const char *headless_notified(void)
{
    headless_settle();
    return server.notified;
}
const char *headless_setting(void)
{
    headless_settle();
    return server.setting;
}
const char *headless_dragged(void)
{
    headless_settle();
    return server.dragged ? server.dragged : "";
}

unsigned headless_commits(void)
{
    unsigned commits = server.commits;

    server.commits = 0;
    return commits;
}

long headless_damaged(void)
{
    long damaged = server.damaged;

    server.damaged = 0;
    return damaged;
}

/* ---- pictures -------------------------------------------------------------------------------- */

struct canvas headless_picture(struct ui_window *window)
{
    const struct shown *shown = &server.shown[surface_of(window)];

    if (!shown->picture.pixels)
        give_up("nothing was drawn yet");
    return shown->picture;
}

/* Where pictures go that are to be looked at. */
static void make_folder(void)
{
    mkdir("build", 0777);
    mkdir("build/pictures", 0777);
}

void headless_save(struct ui_window *window, const char *path)
{
    const struct canvas picture = headless_picture(window);

    make_folder();
    if (picture_write(path, &picture) != 0)
        give_up("cannot write %s", path);
}

static long differences(const struct canvas *a, const struct canvas *b, uint32_t *marks)
{
    long count = 0;

    for (int i = 0; i < a->width * a->height; i++) {
        const bool other = (a->pixels[i] ^ b->pixels[i]) & 0xFFFFFF;

        count += other;
        marks[i] = other ? 0xFFFF0000 : colour_mix(a->pixels[i], 0xFF808080, 200);
    }
    return count;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Leaves what there is, and where it differs. */
static void report_difference(const struct canvas *seen, const uint32_t *marks, const char *golden,
                              long count)
{
    char path[256];

    make_folder();
    snprintf(path, sizeof(path), "build/pictures/%s", base_name(golden));
    picture_write(path, seen);
    if (marks) {
        const struct canvas picture = canvas_of((uint32_t *)marks, seen->width, seen->height, seen->width);

        snprintf(path, sizeof(path), "build/pictures/%s.diff.png", base_name(golden));
        picture_write(path, &picture);
    }
    give_up("%s: %ld pixels differ (build/pictures has both; GOLDEN=new writes it anew)", golden, count);
}

void headless_compare(struct ui_window *window, const char *golden)
{
    const struct canvas seen = headless_picture(window);
    struct canvas wanted;
    uint32_t *marks;
    long count;

    if (getenv("GOLDEN")) {
        headless_save(window, golden);
        return;
    }
    if (picture_read(golden, &wanted) != 0)
        report_difference(&seen, NULL, golden, -1);
    if (wanted.width != seen.width || wanted.height != seen.height)
        report_difference(&seen, NULL, golden, (long)seen.width * seen.height);
    marks = malloc((size_t)seen.width * (size_t)seen.height * sizeof(*marks));
    assert(marks);
    count = differences(&seen, &wanted, marks);
    if (count > 0)
        report_difference(&seen, marks, golden, count);
    free(marks);
    free(wanted.pixels);
}
