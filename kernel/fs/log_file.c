/* /dev/kmsg: a write of user 0's is a line of the kernel's log, `area: text`, without its end. A longer one
   is cut; control characters become '?' there. So many in a second, however many programs write: the
   log is for people, and COM1 is slow. Number: Linux's. */
#include "kernel/core/log/log.h"
#include "kernel/core/sync/mutex.h"
#include "kernel/core/time/time.h"
#include "kernel/fs/device.h"
#include "lib/span.h"
#include "lib/string.h"

#define NUMBER       DEVICE(1, 11)
#define LINE_BYTES   200u
#define AREA_BYTES   16u
#define LINES_SECOND 64u

static struct mutex lock = MUTEX("kmsg");
static uint64_t second;      /* under the lock: since the boot, … */
static unsigned lines, lost; /* … and the lines written and not written in it */

static bool may_say(void)
{
    uint64_t now = time_now_ns() / NS_PER_SECOND;
    unsigned missed = 0;
    bool may;

    mutex_lock(&lock);
    if (now != second) {
        second = now;
        missed = lost;
        lines = lost = 0;
    }
    may = lines < LINES_SECOND;
    lines += may;
    lost += !may;
    mutex_unlock(&lock);
    if (missed > 0)
        log_info("kmsg", "%u lines too many in one second", missed);
    return may;
}

/* Where the text begins behind `area: `; 0: there is no area. */
static size_t area_size(struct text line)
{
    for (size_t i = 0; i + 1 < line.size && i < AREA_BYTES; i++) {
        if (text_at(line, i) == ':' && text_at(line, i + 1) == ' ')
            return i > 0 ? i + 2 : 0;
        if (text_at(line, i) <= ' ')
            break;
    }
    return 0;
}

static void say(struct text line)
{
    char area[AREA_BYTES + 1] = "user";
    size_t size = area_size(line);
    struct text rest = text_from(line, size);

    if (size > 0) {
        memcpy(area, line.chars, size - 2);
        area[size - 2] = '\0';
    }
    log_info(area, "%.*s", (int)rest.size, rest.chars);
}

static int64_t write(struct file *file, struct io *io, uint64_t *position)
{
    char line[LINE_BYTES];
    size_t size = io_left(io) < sizeof(line) ? io_left(io) : sizeof(line);
    int error = io_take(io, line, size);

    (void)file;
    (void)position;
    if (error)
        return error;
    while (size > 0 && line[size - 1] == '\n')
        size--;
    io->done = io->size;
    if (size > 0 && may_say())
        say(text_of(line, size));
    return (int64_t)io->size;
}

int log_file_init(void)
{
    static const struct file_operations operations = {.write = write};

    return device_register(NUMBER, "kmsg", S_IFCHR | 0600, &operations, NULL);
}
