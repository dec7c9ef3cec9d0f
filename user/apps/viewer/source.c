/* See source.h. */
#include "user/apps/viewer/source.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

void source_of_file(struct source *source, int fd)
{
    source->fd = fd;
    source->memory = NULL;
    source->size = source->at = source->window_at = 0;
    source->window_size = 0;
}

void source_of_memory(struct source *source, const uint8_t *bytes, size_t size)
{
    source_of_file(source, -1);
    source->memory = bytes;
    source->size = size;
}

static size_t read_file(const struct source *source, uint64_t offset, uint8_t *to, size_t size)
{
    size_t all = 0;

    while (all < size) {
        ssize_t more = pread(source->fd, to + all, size - all, (off_t)(offset + all));

        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0)
            break;
        all += (size_t)more;
    }
    return all;
}

static size_t read_memory(const struct source *source, uint64_t offset, uint8_t *to, size_t size)
{
    if (offset >= source->size)
        return 0;
    if (size > source->size - offset)
        size = (size_t)(source->size - offset);
    memcpy(to, source->memory + offset, size);
    return size;
}

static bool in_window(const struct source *source, uint64_t offset, size_t size)
{
    return offset >= source->window_at && offset - source->window_at < source->window_size &&
           size <= source->window_size - (offset - source->window_at);
}

/* Small pieces come from the window, so that a file is not read byte by byte. */
static size_t read_window(struct source *source, uint64_t offset, uint8_t *to, size_t size)
{
    if (!in_window(source, offset, size)) {
        source->window_at = offset;
        source->window_size = read_file(source, offset, source->window, SOURCE_WINDOW);
    }
    size_t from = (size_t)(offset - source->window_at);

    if (size > source->window_size - from)
        size = source->window_size - from;
    memcpy(to, source->window + from, size);
    return size;
}

size_t source_read(struct source *source, uint64_t offset, void *to, size_t size)
{
    size_t got;

    if (offset > INT64_MAX - size)
        got = 0;
    else if (source->memory)
        got = read_memory(source, offset, to, size);
    else if (size > SOURCE_WINDOW / 2)
        got = read_file(source, offset, to, size);
    else
        got = read_window(source, offset, to, size);
    memset((uint8_t *)to + got, 0, size - got);
    return got;
}

size_t source_next(struct source *source, void *to, size_t size)
{
    size_t got = source_read(source, source->at, to, size);

    source->at += got;
    return got;
}
