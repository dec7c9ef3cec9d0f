/* Pieces of texts and growing texts; text.h says what each does. No locks: one thread's. */
#include "user/apps/system/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- pieces ---------------------------------------------------------------------------------------- */
struct piece piece_of(const char *text)
{
    return (struct piece){text, text ? strlen(text) : 0};
}

static struct piece behind(struct piece piece, size_t count)
{
    return (struct piece){piece.at + count, piece.size - count};
}

bool piece_line(struct piece *rest, struct piece *line)
{
    if (rest->size == 0)
        return false;
    if (!piece_until(rest, '\n', line)) {
        *line = *rest;
        *rest = behind(*rest, rest->size);
    }
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool piece_word(struct piece *rest, struct piece *word)
{
    struct piece left = *rest;
    size_t size = 0;

    while (left.size > 0 && is_blank(*left.at))
        left = behind(left, 1);
    if (left.size == 0)
        return false;
    while (size < left.size && !is_blank(left.at[size]))
        size++;
    *word = (struct piece){left.at, size};
    *rest = behind(left, size);
    return true;
}

bool piece_until(struct piece *rest, char mark, struct piece *before)
{
    const char *found = rest->size ? memchr(rest->at, mark, rest->size) : NULL;

    if (!found)
        return false;
    size_t size = (size_t)(found - rest->at);

    *before = (struct piece){rest->at, size};
    *rest = behind(*rest, size + 1);
    return true;
}

bool piece_is(struct piece piece, const char *text)
{
    return piece.size == strlen(text) && piece_begins(piece, text);
}

bool piece_begins(struct piece piece, const char *text)
{
    size_t size = strlen(text);

    return size == 0 || (piece.size >= size && memcmp(piece.at, text, size) == 0);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool piece_number(struct piece piece, unsigned base, uint64_t *number)
{
    uint64_t value = 0;

    for (size_t i = 0; i < piece.size; i++) {
        unsigned digit = (unsigned)digit_of(piece.at[i]);

        if (digit >= base || value > (UINT64_MAX - digit) / base)
            return false;
        value = value * base + digit;
    }
    *number = value;
    return piece.size > 0;
}

struct piece piece_trimmed(struct piece piece)
{
    while (piece.size > 0 && is_blank(*piece.at))
        piece = behind(piece, 1);
    while (piece.size > 0 && is_blank(piece.at[piece.size - 1]))
        piece.size--;
    return piece;
}

void piece_copy(struct piece piece, char *to, size_t room)
{
    size_t size = piece.size < room ? piece.size : room - 1;

    for (size_t i = 0; i < size; i++)
        to[i] = (unsigned char)piece.at[i] < ' ' || piece.at[i] == 0x7f ? '?' : piece.at[i];
    to[size] = '\0';
}

/* ---- growing texts --------------------------------------------------------------------------------- */
static bool text_make_room(struct text *text, size_t more)
{
    if (text->broken || more >= SIZE_MAX / 4 - text->size) {
        text->broken = true;
        return false;
    }
    size_t want = text->size + more + 1, room = text->room ? text->room : 256;

    while (room < want)
        room *= 2;
    if (room == text->room)
        return true;
    char *at = realloc(text->at, room);

    if (!at) {
        text->broken = true;
        return false;
    }
    text->at = at;
    text->room = room;
    return true;
}

void text_add(struct text *text, const char *bytes, size_t size)
{
    if (size == 0 || !text_make_room(text, size))
        return;
    memcpy(text->at + text->size, bytes, size);
    text->size += size;
    text->at[text->size] = '\0';
}

void text_print(struct text *text, const char *format, ...)
{
    char line[1024];
    va_list args;

    va_start(args, format);
    int size = vsnprintf(line, sizeof(line), format, args);

    va_end(args);
    if (size > 0)
        text_add(text, line, (size_t)size < sizeof(line) ? (size_t)size : sizeof(line) - 1);
}

void text_free(struct text *text)
{
    free(text->at);
    *text = (struct text){0};
}

static int text_read_fd(struct text *text, int fd, size_t most)
{
    while (most > 0) {
        size_t want = most < 4096 ? most : 4096;

        if (!text_make_room(text, want))
            return -ENOMEM;
        ssize_t got = read(fd, text->at + text->size, want);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            text->at[text->size] = '\0';
            return got < 0 ? -errno : 0;
        }
        text->size += (size_t)got;
        text->at[text->size] = '\0';
        most -= (size_t)got;
    }
    return 0;
}

int text_read(struct text *text, const char *path, size_t most)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;
    int error = text_read_fd(text, fd, most);

    close(fd);
    return error;
}

struct piece text_piece(const struct text *text)
{
    return (struct piece){text->at ? text->at : "", text->size};
}
