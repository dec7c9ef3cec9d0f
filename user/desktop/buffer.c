/* Memory of clients, checked before it is mapped. See buffer.h. */
#include "user/desktop/buffer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define PIXEL_BYTES 4
#define PAGE_BYTES  4096u
#define STRIDE_MAX  (SIZE_MAX_PX * PIXEL_BYTES * 2) /* room for any padding */

/* What is asked for makes sense by itself. */
static const char *check_shape(const struct message_buffer *wanted)
{
    if (wanted->width < 1 || wanted->width > SIZE_MAX_PX || wanted->height < 1 ||
        wanted->height > SIZE_MAX_PX)
        return "a buffer's width and height are 1 to 8192";
    if (wanted->format > PIXELS_ARGB)
        return "no such pixel format";
    if (wanted->stride % PIXEL_BYTES || wanted->offset % PIXEL_BYTES)
        return "a buffer's stride and offset are multiples of 4";
    if (wanted->stride < wanted->width * PIXEL_BYTES || wanted->stride > STRIDE_MAX)
        return "a buffer's stride is shorter than its lines, or far too long";
    return NULL;
}

/* Behind the last pixel, in the file; check_shape keeps it from overflowing. */
static uint64_t end_of(const struct message_buffer *wanted)
{
    return wanted->offset + (uint64_t)wanted->stride * (uint64_t)(wanted->height - 1) +
           (uint64_t)wanted->width * PIXEL_BYTES;
}

/* The file has all that, and will have it. */
static const char *check_file(const struct message_buffer *wanted, int fd)
{
    struct stat stat;
    int seals;

    if (fstat(fd, &stat) || !S_ISREG(stat.st_mode))
        return "a buffer's file is none of memfd_create";
    seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || !(seals & F_SEAL_SHRINK))
        return "a buffer's file is not sealed (F_SEAL_SHRINK)";
    if (wanted->offset > (uint64_t)stat.st_size || end_of(wanted) > (uint64_t)stat.st_size)
        return "a buffer is larger than its file";
    return NULL;
}

static const char *map(struct buffer *buffer, const struct message_buffer *wanted, int fd)
{
    uint64_t from = wanted->offset / PAGE_BYTES * PAGE_BYTES;

    buffer->mapped = end_of(wanted) - from;
    buffer->memory = mmap(NULL, buffer->mapped, PROT_READ, MAP_SHARED, fd, (off_t)from);
    if (buffer->memory == MAP_FAILED)
        return "a buffer's memory cannot be mapped";
    buffer->pixels = (uint32_t *)((char *)buffer->memory + (wanted->offset - from));
    return NULL;
}

const char *buffer_make(const struct message_buffer *wanted, int fd, struct buffer **made)
{
    const char *wrong = check_shape(wanted);
    struct buffer *buffer;

    if (!wrong)
        wrong = check_file(wanted, fd);
    if (wrong)
        return wrong;
    buffer = malloc(sizeof(*buffer));
    if (!buffer)
        return "no memory for a buffer";
    *buffer = (struct buffer){.number = wanted->buffer,
                              .references = 1,
                              .alpha = wanted->format == PIXELS_ARGB,
                              .width = wanted->width,
                              .height = wanted->height,
                              .stride = wanted->stride / PIXEL_BYTES};
    wrong = map(buffer, wanted, fd);
    if (wrong)
        free(buffer);
    else
        *made = buffer;
    return wrong;
}

struct buffer *buffer_hold(struct buffer *buffer)
{
    if (buffer)
        buffer->references++;
    return buffer;
}

void buffer_drop(struct buffer *buffer)
{
    if (!buffer || --buffer->references)
        return;
    munmap(buffer->memory, buffer->mapped);
    free(buffer);
}

struct canvas buffer_picture(const struct buffer *buffer)
{
    return canvas_of(buffer->pixels, buffer->width, buffer->height, buffer->stride);
}
