/*
 * What goes through the server beside windows: the clipboard, dragging, notifications, pictures of the
 * screen, statistics. Questions wait here for their answers; those of a server that went are answered with
 * nothing.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libui/internal.h"

#define QUESTIONS 32u

struct question {
    unsigned type; /* of the answer; 0: free */
    uint32_t number;
    char kind[64];
    struct hook call;
};

static struct question questions[QUESTIONS];
static uint32_t last_number;
static struct widget *drag_from;
static struct hook drag_done;

/* ---- questions ------------------------------------------------------------------------------- */

static struct question *question_new(unsigned type)
{
    for (size_t i = 0; i < QUESTIONS; i++)
        if (questions[i].type == 0) {
            questions[i] = (struct question){.type = type, .number = ++last_number};
            return &questions[i];
        }
    return NULL;
}

/* The oldest of that type, and of that number unless it is 0; it is taken out. */
static bool question_take(unsigned type, uint32_t number, struct question *taken)
{
    struct question *found = NULL;

    for (size_t i = 0; i < QUESTIONS; i++)
        if (questions[i].type == type && (number == 0 || questions[i].number == number) &&
            (!found || questions[i].number < found->number))
            found = &questions[i];
    if (!found)
        return false;
    *taken = *found;
    found->type = 0;
    return true;
}

/* A file's bytes, mapped; NULL when it is not what was said. */
static void *map_file(int fd, uint64_t size)
{
    struct stat stat;
    void *mapped;

    if (fd < 0 || size == 0 || size > CLIPBOARD_MAX_BYTES || fstat(fd, &stat) != 0 || stat.st_size < 0 ||
        (uint64_t)stat.st_size < size)
        return NULL;
    mapped = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    return mapped == MAP_FAILED ? NULL : mapped;
}

/* ---- clipboard ------------------------------------------------------------------------------- */

static int data_send(unsigned type, unsigned surface, const char *kind, const void *bytes, size_t size,
                     unsigned action)
{
    struct message_data message = {.size = size, .action = action};
    int fd = -1;

    if (size > CLIPBOARD_MAX_BYTES || strlen(kind) >= sizeof(message.type))
        return -EFBIG;
    strcpy(message.type, kind);
    if (size > 0)
        fd = memory_file(bytes, size);
    if (size > 0 && fd < 0)
        return -ENOMEM;
    connection_say(&message, type, surface, &fd, size > 0);
    if (fd >= 0)
        close(fd);
    return 0;
}

static unsigned keyboard_surface(void)
{
    return ui.keyboard ? ui.keyboard->surface : 0;
}

int ui_clipboard_set(const char *type, const void *bytes, size_t size)
{
    return data_send(MESSAGE_CLIPBOARD_SET, keyboard_surface(), type, bytes, size, 0);
}

void ui_clipboard_get(const char *type, ui_data call, void *context)
{
    struct message_data message = {0};
    struct question *question = NULL;

    if (strlen(type) < sizeof(message.type) && ui.connected)
        question = question_new(MESSAGE_CLIPBOARD);
    if (!question) {
        call(type, "", 0, context);
        return;
    }
    hook_set(&question->call, call, context);
    strcpy(question->kind, type);
    strcpy(message.type, type);
    message.number = question->number;
    connection_say(&message, MESSAGE_CLIPBOARD_GET, keyboard_surface(), NULL, 0);
}

static void take_clipboard(const struct message_data *message, int fd)
{
    struct question question;
    void *bytes = map_file(fd, message->size);

    if (question_take(MESSAGE_CLIPBOARD, message->number, &question) && question.call.call)
        hook_as(&question.call, ui_data)(question.kind, bytes ? bytes : "", bytes ? (size_t)message->size : 0,
                                         question.call.context);
    if (bytes)
        munmap(bytes, (size_t)message->size);
}

/* ---- dragging -------------------------------------------------------------------------------- */

int ui_drag(struct widget *widget, const char *type, const void *bytes, size_t size, unsigned actions,
            ui_drag_done done, void *context)
{
    int error;

    if (!widget || size == 0)
        return -EINVAL;
    error =
        data_send(MESSAGE_DRAG, widget->window->surface, type, bytes, size, actions & (UI_COPY | UI_MOVE));
    if (error != 0)
        return error;
    drag_from = widget;
    hook_set(&drag_done, done, context);
    widget->window->pressed = NULL; /* its release is the server's */
    widget->window->held = 0;
    return 0;
}

static void take_drag_end(unsigned action)
{
    struct widget *widget = drag_from;

    drag_from = NULL;
    if (widget && drag_done.call)
        hook_as(&drag_done, ui_drag_done)(widget, action & (UI_COPY | UI_MOVE), drag_done.context);
}

static void take_drop(const struct message_data *message, int fd)
{
    struct ui_window *window = ui.windows;
    struct ui_drop drop = {.type = message->type, .bytes = "", .action = message->action};
    struct widget *widget;
    void *bytes;

    while (window && (window->surface == 0 || window->surface != message->head.surface))
        window = window->next;
    if (!window || window->dialog || !window->root)
        return;
    window_layout(window);
    widget = widget_at(window->root, message->x, message->y);
    while (widget && (!widget->on_drop.call || !widget_usable(widget)))
        widget = widget->parent;
    if (!widget)
        return;
    bytes = map_file(fd, message->size);
    if (bytes) {
        drop.bytes = bytes;
        drop.size = (size_t)message->size;
    }
    drop.x = message->x - widget->area.x;
    drop.y = message->y - widget->area.y;
    if (bytes || message->head.type == MESSAGE_DRAG_OVER)
        hook_as(&widget->on_drop, ui_dropped)(widget, &drop, widget->on_drop.context);
    if (bytes)
        munmap(bytes, (size_t)message->size);
}

/* ---- notifications, capture, statistics ------------------------------------------------------ */

static void notify(const char *icon, const char *title, const char *text, enum urgency urgency)
{
    struct message_notify message = {.urgency = urgency};

    text_copy(message.icon, sizeof(message.icon), icon ? icon : "");
    text_copy(message.title, sizeof(message.title), title);
    text_copy(message.text, sizeof(message.text), text);
    connection_say(&message, MESSAGE_NOTIFY, 0, NULL, 0);
}

void ui_notify(const char *icon, const char *title, const char *text)
{
    notify(icon, title, text, URGENCY_NORMAL);
}

void ui_notify_critical(const char *icon, const char *title, const char *text)
{
    notify(icon, title, text, URGENCY_CRITICAL);
}

void ui_capture(int kind, ui_captured call, void *context)
{
    struct question *question = ui.connected ? question_new(MESSAGE_CAPTURED) : NULL;

    if (!question) {
        call(NULL, context);
        return;
    }
    hook_set(&question->call, call, context);
    connection_say_number(MESSAGE_CAPTURE, 0, (uint32_t)kind);
}

static void take_captured(const struct message_captured *message, int fd)
{
    const bool sane = message->width > 0 && message->height > 0 && message->width <= SIZE_MAX_PX &&
                      message->height <= SIZE_MAX_PX &&
                      message->size == (uint64_t)message->width * (uint64_t)message->height * 4;
    struct question question;
    struct canvas picture;
    struct stat stat;
    void *bytes = NULL;

    if (sane && fd >= 0 && fstat(fd, &stat) == 0 && (uint64_t)stat.st_size >= message->size)
        bytes = mmap(NULL, (size_t)message->size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        bytes = NULL;
    if (bytes)
        picture = canvas_of(bytes, message->width, message->height, message->width);
    if (question_take(MESSAGE_CAPTURED, 0, &question) && question.call.call)
        hook_as(&question.call, ui_captured)(bytes ? &picture : NULL, question.call.context);
    if (bytes)
        munmap(bytes, (size_t)message->size);
}

void ui_count(ui_counted call, void *context)
{
    struct question *question = ui.connected ? question_new(MESSAGE_STATISTICS) : NULL;

    if (!question)
        return;
    hook_set(&question->call, call, context);
    connection_say_plain(MESSAGE_STATS, 0);
}

static void take_statistics(const struct message_statistics *message)
{
    const struct ui_statistics statistics = {message->frames, message->pixels, message->last_frame_ns,
                                             message->busy_ns, message->clients, message->surfaces};
    struct question question;

    if (question_take(MESSAGE_STATISTICS, 0, &question) && question.call.call)
        hook_as(&question.call, ui_counted)(&statistics, question.call.context);
}

/* ---- all of them ----------------------------------------------------------------------------- */

void data_message(const union message *message, int fd)
{
    switch (message->head.type) {
    case MESSAGE_CLIPBOARD:
        take_clipboard(&message->data, fd);
        break;
    case MESSAGE_DRAG_OVER:
    case MESSAGE_DROP:
        take_drop(&message->data, fd);
        break;
    case MESSAGE_DRAG_END:
        take_drag_end(message->number.number);
        break;
    case MESSAGE_CAPTURED:
        take_captured(&message->captured, fd);
        break;
    case MESSAGE_STATISTICS:
        take_statistics(&message->statistics);
        break;
    default:
        break;
    }
}

void data_forget(const struct widget *widget)
{
    if (drag_from == widget)
        drag_from = NULL;
}

void data_lost(void)
{
    struct question question;

    while (question_take(MESSAGE_CLIPBOARD, 0, &question))
        hook_as(&question.call, ui_data)(question.kind, "", 0, question.call.context);
    while (question_take(MESSAGE_CAPTURED, 0, &question))
        hook_as(&question.call, ui_captured)(NULL, question.call.context);
    while (question_take(MESSAGE_STATISTICS, 0, &question))
        ;
    take_drag_end(0);
}

void data_end(void)
{
    memset(questions, 0, sizeof(questions));
    drag_from = NULL;
}
