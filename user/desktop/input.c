/* See input.h. */
#include "user/desktop/input.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/desktop/magnifier.h"
#include "user/desktop/pointer.h"
#include "user/desktop/scene.h"
#include "user/desktop/settings.h"
#include "user/desktop/system.h"

#define BATCH 64u

struct keyboard keyboard;
static int fd = -1;
static struct {
    unsigned code;   /* of the key that repeats; 0: none */
    uint64_t due_ns; /* when it does */
} held;

int input_start(void)
{
    magnifier_typed(0);
    held.code = 0;
    fd = system_input();
    return fd < 0 ? fd : 0;
}

int input_fd(void)
{
    return fd;
}

void input_end(void)
{
    if (fd >= 0)
        close(fd);
    fd = -1;
}

static void send_key(const struct key *key)
{
    struct surface *surface = scene_focused();
    struct message_key message = {.head = {MESSAGE_KEY, sizeof(message), 0}, .time_ns = key->time_ns,
                                  .code = (uint16_t)key->code, .value = (uint16_t)key->value,
                                  .modifiers = key->modifiers};

    if (!surface)
        return;
    client_ask(surface->client);
    if (surface->client->hung)
        return;
    message.head.surface = surface->number;
    snprintf(message.text, sizeof(message.text), "%s", key->text);
    client_send(surface->client, &message, -1);
}

static void note_held(const struct abi_input_event *event)
{
    if (event->value == INPUT_RELEASED && event->code == held.code)
        held.code = 0;
    if (event->value != INPUT_PRESSED)
        return;
    held.code = settings.repeat_rate && !keyboard_is_modifier(event->code) ? event->code : 0;
    held.due_ns = system_now_ns() + (uint64_t)settings.repeat_delay_ms * 1000000u;
}

/* A key whose press was the desktop's own is so until it is released, whatever was closed meanwhile. */
static bool is_own(const struct key *key)
{
    static uint8_t own[INPUT_CODES / 8];
    uint8_t bit = (uint8_t)(1u << key->code % 8), *byte = &own[key->code / 8 % sizeof(own)];
    bool taken = keys_take(key), was = key->value != INPUT_PRESSED && (*byte & bit);

    *byte &= (uint8_t)~bit;
    if (key->value == INPUT_PRESSED ? taken : was && key->value == INPUT_REPEATED)
        *byte |= bit;
    return taken || was;
}

static void take_key(const struct abi_input_event *event)
{
    char text[KEYBOARD_TEXT];
    struct key key = {event->time_ns, event->code, 0, event->value, text};

    magnifier_typed(system_now_ns());
    key.modifiers = keyboard_key(&keyboard, event->code, event->value, text);
    if (!is_own(&key))
        send_key(&key);
}

uint64_t input_watch(uint64_t now_ns)
{
    struct abi_input_event event = {now_ns, INPUT_KEY, (uint16_t)held.code, INPUT_REPEATED};

    if (!held.code)
        return UINT64_MAX;
    if (now_ns < held.due_ns)
        return held.due_ns;
    held.due_ns = now_ns + 1000000000u / (uint64_t)(settings.repeat_rate ? settings.repeat_rate : 1);
    take_key(&event);
    return held.code ? held.due_ns : UINT64_MAX;
}

/* What was released meanwhile is released for the client, too. */
static void catch_up(void)
{
    struct abi_input_keys now;
    struct keyboard before = keyboard;

    if (system_keys_held(fd, &now))
        return;
    for (unsigned code = 1; code < 256; code++) {
        struct abi_input_event event = {.type = INPUT_KEY, .code = (uint16_t)code, .value = INPUT_RELEASED};

        if (keyboard_is_held(&before, code) && !(now.held[code / 8] >> code % 8 & 1)) {
            note_held(&event);
            take_key(&event);
        }
    }
    keyboard_set_held(&keyboard, &now);
}

static void take(const struct abi_input_event *event)
{
    if (event->type == INPUT_KEY && event->value == INPUT_REPEATED)
        return;
    if (event->type == INPUT_KEY) {
        note_held(event);
        take_key(event);
    } else if (event->type == INPUT_SYNC && event->code == INPUT_LOST) {
        catch_up();
    } else {
        pointer_event(event, keyboard_modifiers(&keyboard));
    }
}

void input_read(void)
{
    static const struct abi_input_event end = {.type = INPUT_SYNC, .code = INPUT_REPORT};
    struct abi_input_event events[BATCH];
    int count = system_read_input(fd, events, BATCH);

    for (int i = 0; i < count; i++) {
        /* Motion is one motion, however many reports it came in. */
        if (events[i].type != INPUT_SYNC || events[i].code != INPUT_REPORT)
            take(&events[i]);
    }
    if (count > 0)
        pointer_event(&end, keyboard_modifiers(&keyboard));
}
