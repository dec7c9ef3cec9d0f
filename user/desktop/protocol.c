/*
 * The one reader of the protocol's bytes. See protocol.h, whose structures these are; here is which type
 * has which, what text it holds and whether a file goes along. No state, no locks.
 */
#include "user/desktop/protocol.h"

#include <errno.h>
#include <string.h>

#define TEXTS 3 /* fields of a message that must end within themselves */

struct shape {
    const char *name;
    uint16_t size;
    struct {
        uint16_t at, size;
    } texts[TEXTS];
};

#define FIELD(structure, field) \
    {offsetof(struct structure, field), sizeof(((struct structure *)0)->field)}
#define PLAIN(type, structure)       [MESSAGE_##type] = {#type, sizeof(struct structure), {{0, 0}}}
#define TEXT(type, structure, field)                                                                         \
    [MESSAGE_##type] = {#type, sizeof(struct structure), {FIELD(structure, field)}}

static const struct shape shapes[MESSAGE_SERVER_END] = {
    TEXT(HELLO, message_hello, name),
    PLAIN(SURFACE, message_surface),
    PLAIN(SURFACE_END, message_plain),
    PLAIN(BUFFER, message_buffer),
    PLAIN(BUFFER_END, message_number),
    PLAIN(ATTACH, message_number),
    PLAIN(DAMAGE, message_rect),
    PLAIN(OPAQUE, message_rect),
    PLAIN(SCROLL, message_scroll),
    PLAIN(COMMIT, message_plain),
    PLAIN(ACK, message_number),
    TEXT(TITLE, message_text, text),
    TEXT(ICON, message_text, text),
    PLAIN(STATE, message_number),
    PLAIN(LIMITS, message_limits),
    PLAIN(POINTER_SHAPE, message_number),
    TEXT(CLIPBOARD_SET, message_data, type),
    TEXT(CLIPBOARD_GET, message_data, type),
    [MESSAGE_NOTIFY] = {"NOTIFY",
                        sizeof(struct message_notify),
                        {FIELD(message_notify, icon), FIELD(message_notify, title),
                         FIELD(message_notify, text)}},
    TEXT(DRAG, message_data, type),
    PLAIN(PONG, message_number),
    PLAIN(CAPTURE, message_number),
    TEXT(SET, message_text, text),
    PLAIN(STATS, message_plain),

    [MESSAGE_WELCOME] = {"WELCOME",
                         sizeof(struct message_welcome),
                         {FIELD(message_welcome, theme), FIELD(message_welcome, language),
                          FIELD(message_welcome, layout)}},
    PLAIN(CONFIGURE, message_configure),
    PLAIN(FRAME, message_number),
    PLAIN(RELEASE, message_number),
    PLAIN(FOCUS, message_number),
    TEXT(KEY, message_key, text),
    PLAIN(ENTER, message_pointer),
    PLAIN(LEAVE, message_plain),
    PLAIN(MOTION, message_pointer),
    PLAIN(BUTTON, message_pointer),
    PLAIN(WHEEL, message_pointer),
    PLAIN(CLOSE, message_plain),
    PLAIN(POPUP_DONE, message_number),
    PLAIN(PING, message_number),
    TEXT(CLIPBOARD, message_data, type),
    TEXT(CLIPBOARD_TYPES, message_data, type),
    TEXT(DRAG_OVER, message_data, type),
    TEXT(DROP, message_data, type),
    PLAIN(DRAG_END, message_number),
    PLAIN(CAPTURED, message_captured),
    PLAIN(STATISTICS, message_statistics),
    TEXT(ERROR, message_error, text),
};

size_t protocol_size(unsigned type)
{
    return type < MESSAGE_SERVER_END ? shapes[type].size : 0;
}

const char *protocol_name(unsigned type)
{
    return protocol_size(type) ? shapes[type].name : "?";
}

static int is_of(unsigned type, int server)
{
    return server ? type >= MESSAGE_WELCOME : type < MESSAGE_CLIENT_END;
}

static int texts_end(const struct shape *shape, const union message *message)
{
    for (int i = 0; i < TEXTS && shape->texts[i].size; i++) {
        if (!memchr((const char *)message + shape->texts[i].at, '\0', shape->texts[i].size))
            return 0;
    }
    return 1;
}

int protocol_next(const void *bytes, size_t size, int server, union message *message)
{
    struct message_head head;

    if (size == 0)
        return 0;
    if (size < sizeof(head))
        return -EBADMSG;
    memcpy(&head, bytes, sizeof(head));
    if (!is_of(head.type, server) || protocol_size(head.type) == 0)
        return -EBADMSG;
    if (head.size != protocol_size(head.type) || head.size > size)
        return -EBADMSG;
    memcpy(message, bytes, head.size);
    return texts_end(&shapes[head.type], message) ? head.size : -EBADMSG;
}

unsigned protocol_fds(const union message *message)
{
    switch (message->head.type) {
    case MESSAGE_BUFFER:
        return 1;
    case MESSAGE_CLIPBOARD_SET:
    case MESSAGE_DRAG:
    case MESSAGE_CLIPBOARD:
    case MESSAGE_DROP:
        return message->data.size != 0;
    case MESSAGE_CAPTURED:
        return message->captured.size != 0;
    default:
        return 0;
    }
}
