/*
 * What the desktop's server and its clients say to each other, over a message channel (lib/abi, channel_…).
 *
 * A channel's message holds one or more of the messages below, one after the other, each with its head; at
 * most PROTOCOL_BYTES in all. Open files (memory of buffers, the clipboard) go along with it, one for each
 * message that says "+ fd", in their order. All structures have fixed sizes and no pointers; all numbers are
 * little-endian; text is UTF-8, ended by a 0 within its field. Unused bytes are 0.
 *
 * The objects are Wayland's: a surface shows a buffer; what a client says of a surface is collected and
 * becomes visible by COMMIT, whole. The server never waits for a client: one whose queue is full, or that
 * breaks a rule, gets ERROR (where there is room) and its channel is closed. A client that loses its channel
 * connects again and says everything anew; its memory is its own and is still there.
 *
 *     client                                server
 *     HELLO                              →
 *                                        ←  WELCOME           screen, scale, theme, language
 *     SURFACE, TITLE, ICON, COMMIT       →
 *                                        ←  CONFIGURE         the size it has; serial
 *     BUFFER + fd, ACK, ATTACH, DAMAGE,
 *     OPAQUE, COMMIT                     →                    it is on the screen
 *                                        ←  FRAME, RELEASE    draw the next; the old buffer is yours again
 *
 * Coordinates of a surface are its pixels, (0, 0) the top left of what the client draws: the frame with its
 * title is the server's. protocol_next (protocol.c) is the only reader of these bytes on both sides.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define PROTOCOL_NAME    "desktop" /* of the channel that the server publishes (channel_publish) */
#define PROTOCOL_VERSION 1u
#define PROTOCOL_BYTES   4096u /* of a channel's message */
#define PROTOCOL_FDS     4u    /* that go along with one */

/* Bounds for each client. */
#define SURFACES_MAX 32u    /* numbers 1 … */
#define BUFFERS_MAX  64u    /* numbers 1 … */
#define SIZE_MAX_PX  8192   /* width and height of a surface and a buffer */
#define CLIPBOARD_MAX_BYTES (64u << 20)

struct message_head {
    uint16_t type;    /* enum message_type */
    uint16_t size;    /* of the whole message with this head; a multiple of 4 */
    uint32_t surface; /* which one it is about; 0: none */
};

enum message_type {
    /* ---- from a client ---- */
    MESSAGE_HELLO = 1,       /* first of all */
    MESSAGE_SURFACE,         /* make it */
    MESSAGE_SURFACE_END,
    MESSAGE_BUFFER,          /* + fd: make it, of memory that cannot shrink (memfd with F_SEAL_SHRINK) */
    MESSAGE_BUFFER_END,      /* a buffer that is shown stays so until another is */
    MESSAGE_ATTACH,          /* show this buffer, from the next COMMIT on */
    MESSAGE_DAMAGE,          /* this part of it is new; several add up */
    MESSAGE_OPAQUE,          /* this part has no alpha; several add up, and replace those before COMMIT */
    MESSAGE_SCROLL,          /* this part is the old one, moved; DAMAGE says what came into view */
    MESSAGE_COMMIT,
    MESSAGE_ACK,             /* what is committed next is drawn for that CONFIGURE */
    MESSAGE_TITLE,
    MESSAGE_ICON,
    MESSAGE_STATE,           /* asks for another; CONFIGURE says what became of it */
    MESSAGE_LIMITS,          /* least and greatest size */
    MESSAGE_POINTER_SHAPE,   /* while it is over this surface */
    MESSAGE_CLIPBOARD_SET,   /* + fd: what was copied, of one type; only by who has the focus */
    MESSAGE_CLIPBOARD_GET,   /* CLIPBOARD comes; only to who has the focus */
    MESSAGE_NOTIFY,
    MESSAGE_DRAG,            /* + fd: begins while a button is held: text/uri-list or text/plain */
    MESSAGE_PONG,
    MESSAGE_CAPTURE,         /* CAPTURED comes: a picture of the screen */
    MESSAGE_SET,             /* a setting of the desktop's, by name; all clients get WELCOME anew */
    MESSAGE_STATS,           /* STATISTICS comes */
    MESSAGE_CLIENT_END,

    /* ---- from the server ---- */
    MESSAGE_WELCOME = 64,    /* after HELLO, and when something of it changed */
    MESSAGE_CONFIGURE,       /* size and state: draw for it and say ACK */
    MESSAGE_FRAME,           /* the last COMMIT is on the screen: a good time for the next */
    MESSAGE_RELEASE,         /* the server looks no more at this buffer */
    MESSAGE_FOCUS,           /* keys come to this surface, or no longer */
    MESSAGE_KEY,
    MESSAGE_ENTER,           /* the pointer is over it … */
    MESSAGE_LEAVE,           /* … and no longer */
    MESSAGE_MOTION,
    MESSAGE_BUTTON,
    MESSAGE_WHEEL,
    MESSAGE_CLOSE,           /* the user wants it closed; the client may ask back first */
    MESSAGE_POPUP_DONE,      /* somebody clicked elsewhere: take it away */
    MESSAGE_PING,            /* PONG within 5 s, or it is "not responding" */
    MESSAGE_CLIPBOARD,       /* + fd when size is not 0 */
    MESSAGE_CLIPBOARD_TYPES, /* what can be had now, one for each; `number` 0 begins the list anew */
    MESSAGE_DRAG_OVER,       /* something is held over this surface; action 0: no longer */
    MESSAGE_DROP,            /* + fd: … and was let go there */
    MESSAGE_DRAG_END,        /* of one's own drag: who took it */
    MESSAGE_CAPTURED,        /* + fd */
    MESSAGE_STATISTICS,
    MESSAGE_ERROR,           /* the channel closes */
    MESSAGE_SERVER_END
};

/* ---- from a client ----------------------------------------------------------------------------- */
struct message_hello {
    struct message_head head;
    uint32_t version; /* PROTOCOL_VERSION */
    uint32_t pid;     /* whom "end this program" ends */
    char name[32];    /* "terminal": which button of the panel it is, and which icon */
};

/* The pixels of a POPUP that have alpha are seen as they are; one without gets round corners and an edge.
   Keys go to the window that has the focus, popups or not; a click beside all popups says POPUP_DONE to each.
 */
enum surface_kind { SURFACE_WINDOW, SURFACE_DIALOG, SURFACE_POPUP };
struct message_surface {
    struct message_head head;
    uint32_t kind;         /* enum surface_kind */
    uint32_t parent;       /* of a dialog and a popup: a surface of the same client; else 0 */
    int32_t x, y;          /* of a popup, relative to the parent; the server keeps it on the screen */
    int32_t width, height; /* wanted; 0: the server's choice */
};

enum pixel_format { PIXELS_XRGB, PIXELS_ARGB /* multiplied in */ };
struct message_buffer {
    struct message_head head;
    uint32_t buffer;
    uint32_t format;        /* enum pixel_format */
    int32_t width, height;  /* pixels */
    int32_t stride;         /* bytes from one line to the next, a multiple of 4 */
    uint32_t reserved;
    uint64_t offset;        /* of the first pixel in the file, a multiple of 4 */
};
struct message_number { /* BUFFER_END, ATTACH: the buffer; ACK, PING, PONG, FRAME, RELEASE, POPUP_DONE, … */
    struct message_head head;
    uint32_t number;
    uint32_t reserved;
};
struct message_plain { /* SURFACE_END, COMMIT, LEAVE, CLOSE, STATS */
    struct message_head head;
};
struct message_rect { /* DAMAGE, OPAQUE */
    struct message_head head;
    int32_t x, y, width, height;
};
struct message_scroll {
    struct message_head head;
    int32_t x, y, width, height;
    int32_t dx, dy;
};
struct message_text { /* TITLE; ICON: a name of icon.h; SET: "name=value" */
    struct message_head head;
    char text[128];
};
enum window_state { STATE_NORMAL, STATE_MAXIMISED, STATE_MINIMISED, STATE_FULLSCREEN };
/* STATE: enum window_state, as message_number. POINTER_SHAPE: enum pointer of icon.h, as message_number. */
struct message_limits {
    struct message_head head;
    int32_t least_width, least_height, most_width, most_height; /* most 0: any */
};
#define TYPE_TEXT "text/plain"     /* UTF-8 */
#define TYPE_URIS "text/uri-list"  /* file:///…, a line each */
#define TYPE_PNG  "image/png"
struct message_data { /* CLIPBOARD_SET, CLIPBOARD_GET, DRAG, CLIPBOARD, CLIPBOARD_TYPES, DRAG_OVER, DROP */
    struct message_head head;
    char type[64];
    uint64_t size;   /* bytes of the file; 0: nothing, and no fd comes along */
    int32_t x, y;    /* DRAG_OVER, DROP: where */
    uint32_t number; /* CLIPBOARD answers the CLIPBOARD_GET of the same one */
    uint32_t action; /* DRAG: allowed, DROP: chosen: 1 copy, 2 move; both: 3 */
};
enum urgency { URGENCY_NORMAL, URGENCY_CRITICAL /* it stays until the user has seen it */ };
struct message_notify {
    struct message_head head;
    uint32_t urgency; /* enum urgency; another is NORMAL */
    uint32_t reserved;
    char icon[32];
    char title[64];
    char text[256];
};
enum capture_kind { CAPTURE_SCREEN, CAPTURE_WINDOW, CAPTURE_AREA };
/* CAPTURE: enum capture_kind, as message_number. WINDOW: the one that has the focus; AREA: the user draws it.
 */

/* ---- from the server --------------------------------------------------------------------------- */
struct message_welcome {
    struct message_head head;
    uint32_t version;
    int32_t width, height;   /* of the screen */
    int32_t scale;           /* percent: 100 to 200 */
    uint32_t accent;         /* 0xFFRRGGBB */
    uint32_t reserved;
    char theme[32];          /* theme.h */
    char language[8];        /* "en", "es" */
    char layout[8];          /* "us", "es" … of the keyboard */
};
#define CONFIGURE_ACTIVE     1u
#define CONFIGURE_MAXIMISED  2u
#define CONFIGURE_FULLSCREEN 4u
#define CONFIGURE_TILED      8u
struct message_configure {
    struct message_head head;
    uint32_t serial;
    int32_t width, height; /* of what the client draws */
    uint32_t state;        /* CONFIGURE_… */
};
#define MODIFIER_SHIFT 1u
#define MODIFIER_CTRL  2u
#define MODIFIER_ALT   4u
#define MODIFIER_SUPER 8u
#define MODIFIER_ALTGR 16u
#define MODIFIER_CAPS  32u
#define MODIFIER_NUM   64u
/* All but the locks. */
#define MODIFIERS_HELD (MODIFIER_SHIFT | MODIFIER_CTRL | MODIFIER_ALT | MODIFIER_SUPER | MODIFIER_ALTGR)
struct message_key {
    struct message_head head;
    uint64_t time_ns;    /* CLOCK_MONOTONIC, of the press */
    uint16_t code;       /* KEY_… of lib/abi/keys.h */
    uint16_t value;      /* INPUT_RELEASED, INPUT_PRESSED, INPUT_REPEATED */
    uint32_t modifiers;
    char text[16];       /* what it types by the layout, dead keys composed; often nothing. With Ctrl, Alt and
                            Super the key's letter, which is not typed then */
};
struct message_pointer { /* ENTER, MOTION, BUTTON, WHEEL */
    struct message_head head;
    uint64_t time_ns;
    int32_t x, y;        /* may lie outside while a button is held */
    uint16_t code;       /* BUTTON: BUTTON_… of keys.h */
    uint16_t value;      /* BUTTON: INPUT_PRESSED, INPUT_RELEASED */
    int32_t wheel_x, wheel_y; /* WHEEL: notches, right and up */
    uint32_t modifiers;
    uint32_t clicks;     /* BUTTON: 1, 2, 3: single, double, triple */
    uint32_t reserved;
};
struct message_captured {
    struct message_head head;
    int32_t width, height; /* of XRGB lines without gaps; 0: it was given up */
    uint64_t size;
};
struct message_statistics {
    struct message_head head;
    uint64_t frames;          /* composed since the server began */
    uint64_t pixels;          /* written to the screen */
    uint64_t last_frame_ns;   /* what the last one took */
    uint64_t busy_ns;         /* all of them */
    uint32_t clients, surfaces;
};
struct message_error {
    struct message_head head;
    int32_t error;      /* a negative error number */
    uint32_t type;      /* of the message that was wrong */
    char text[112];     /* what was wrong, for people */
};

union message {
    struct message_head head;
    struct message_hello hello;
    struct message_surface surface;
    struct message_buffer buffer;
    struct message_number number;
    struct message_rect rect;
    struct message_scroll scroll;
    struct message_text text;
    struct message_limits limits;
    struct message_data data;
    struct message_notify notify;
    struct message_welcome welcome;
    struct message_configure configure;
    struct message_key key;
    struct message_pointer pointer;
    struct message_captured captured;
    struct message_statistics statistics;
    struct message_error error;
};

/* The first message of the `size` bytes at `bytes`, copied to *message: its size, or 0: there is none; or
   -EBADMSG: no known type of that side, not that type's size, text without end. `server`: what a server may
   say, else a client. What numbers mean is not looked at. */
int protocol_next(const void *bytes, size_t size, int server, union message *message);
/* The size of a type's message, head included; 0: there is no such type. */
size_t protocol_size(unsigned type);
/* 1 when an open file goes along with it (of its type, and of data also its size). */
unsigned protocol_fds(const union message *message);
/* Its name, for logs: "COMMIT"; "?" when there is none. */
const char *protocol_name(unsigned type);
