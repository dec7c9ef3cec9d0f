/*
 * See clipboard.h. What is held is the client's file, sealed so that it stays as large as it was said to be:
 * the copy lives on when its client ends. A new CLIPBOARD_SET of another client, or of the same one later
 * than one turn, replaces all types; those of one turn belong together.
 */
#include "user/desktop/clipboard.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/desktop/scene.h"
#include "user/desktop/turn.h"

#define TYPES_MAX 8u

static struct entry {
    char type[64];
    uint64_t size;
    int fd;
} entries[TYPES_MAX];
static unsigned count;
static const struct client *owner; /* to be compared alone */
static uint64_t owner_turn;

static void clear(void)
{
    for (unsigned i = 0; i < count; i++)
        close(entries[i].fd);
    count = 0;
}

static bool has_focus(const struct client *client)
{
    const struct surface *surface = scene_focused();

    return surface && surface->client == client;
}

/* What it is said to be it is, and stays. */
static const char *check(const struct message_data *data, int fd)
{
    struct stat stat;

    if (data->size > CLIPBOARD_MAX_BYTES)
        return "the clipboard takes 64 MiB";
    if (fstat(fd, &stat) || !S_ISREG(stat.st_mode) || (uint64_t)stat.st_size < data->size)
        return "the clipboard's file is shorter than it says";
    if (fcntl(fd, F_GET_SEALS) < 0 || !(fcntl(fd, F_GET_SEALS) & F_SEAL_SHRINK))
        return "the clipboard's file is not sealed (F_SEAL_SHRINK)";
    return NULL;
}

static struct entry *find(const char *type)
{
    for (unsigned i = 0; i < count; i++) {
        if (strcmp(entries[i].type, type) == 0)
            return &entries[i];
    }
    return NULL;
}

static void put(const struct message_data *data, int fd)
{
    struct entry *entry = find(data->type);

    if (entry)
        close(entry->fd);
    else
        entry = count < TYPES_MAX ? &entries[count] : NULL;
    if (!entry) {
        close(fd);
        return;
    }
    count += entry == &entries[count];
    memcpy(entry->type, data->type, sizeof(entry->type));
    entry->size = data->size;
    entry->fd = fd;
}

void clipboard_set(struct client *client, const struct message_data *data, int fd)
{
    const char *wrong = data->size ? check(data, fd) : NULL;

    if (wrong) {
        client_fault(client, MESSAGE_CLIPBOARD_SET, "%s", wrong);
        return;
    }
    if (!has_focus(client))
        return; /* it lost it while the message came */
    if (owner != client || owner_turn != turn_number())
        clear();
    owner = client;
    owner_turn = turn_number();
    fd = data->size ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
    if (fd >= 0)
        put(data, fd);
    clipboard_tell(client);
}

void clipboard_get(struct client *client, const struct message_data *data)
{
    const struct entry *entry = has_focus(client) ? find(data->type) : NULL;
    struct message_data answer = *data;
    int fd = entry ? fcntl(entry->fd, F_DUPFD_CLOEXEC, 0) : -1;

    answer.head = (struct message_head){MESSAGE_CLIPBOARD, sizeof(answer), data->head.surface};
    answer.size = fd >= 0 ? entry->size : 0;
    client_send(client, &answer, fd);
}

void clipboard_tell(struct client *client)
{
    for (unsigned i = 0; i < count; i++) {
        struct message_data message = {.head = {MESSAGE_CLIPBOARD_TYPES, sizeof(message), 0},
                                       .size = entries[i].size, .number = i};

        memcpy(message.type, entries[i].type, sizeof(message.type));
        client_send(client, &message, -1);
    }
}

void clipboard_forget(struct client *client)
{
    if (owner == client)
        owner = NULL;
}
