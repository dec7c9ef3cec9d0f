/* /dev/fb0: screen_file.h. A mapping is the device's own pages; it keeps the file open. Locks:
   `lock` for how many have it open, held while the console stops or goes on. */
#include "kernel/fs/screen_file.h"

#include "kernel/arch/arch.h"
#include "kernel/core/console/console.h"
#include "kernel/core/console/screen_mode.h"
#include "kernel/fs/tty/hardware.h"
#include "kernel/fs/vfs.h"
#include "lib/abi/boot_info.h"
#include "lib/abi/screen.h"
#include "lib/errno.h"

#define NUMBER DEVICE(29, 0)

static struct boot_framebuffer *screen; /* changes under the lock */
static struct mutex lock = MUTEX("screen file");
static uint32_t users; /* under the lock */

static uint64_t screen_bytes(void)
{
    return (uint64_t)screen->pitch * screen->height;
}

static int open(struct file *file)
{
    (void)file;
    mutex_lock(&lock);
    if (users++ == 0)
        console_pause(true);
    mutex_unlock(&lock);
    return 0;
}

static void close(struct file *file)
{
    (void)file;
    mutex_lock(&lock);
    if (--users == 0)
        console_pause(false);
    mutex_unlock(&lock);
}

/* How much of the transfer lies on the screen. */
static size_t part(const struct io *io, uint64_t position)
{
    uint64_t left = position < screen_bytes() ? screen_bytes() - position : 0;

    return io_left(io) < left ? io_left(io) : (size_t)left;
}

static void *pixels_at(uint64_t position)
{
    return (void *)(uintptr_t)(screen->virt + position);
}

static int64_t read(struct file *file, struct io *io, uint64_t *position)
{
    size_t size = part(io, *position);
    int error = io_put(io, pixels_at(*position), size);

    (void)file;
    if (error)
        return error;
    *position += size;
    return (int64_t)size;
}

static int64_t write(struct file *file, struct io *io, uint64_t *position)
{
    size_t size = part(io, *position);
    int error = size ? io_take(io, pixels_at(*position), size) : -ENOSPC;

    (void)file;
    if (error)
        return error;
    *position += size;
    return (int64_t)size;
}

static int64_t seek(struct file *file, int64_t offset, int whence)
{
    uint64_t base = whence == SEEK_SET   ? 0
                    : whence == SEEK_CUR ? file->position
                                         : screen_bytes();
    int64_t to;

    if (__builtin_add_overflow((int64_t)base, offset, &to))
        return -EOVERFLOW;
    if (to < 0)
        return -EINVAL;
    file->position = (uint64_t)to;
    return to;
}

static struct abi_colour colour(struct boot_colour of)
{
    return (struct abi_colour){of.position, of.bits};
}

/* Nobody else draws meanwhile: the one who asks is the only one who has it open. */
static int64_t set_mode(struct user argument)
{
    struct abi_screen_mode mode;
    int error = copy_from_user(&mode, argument, sizeof(mode));

    if (error)
        return error;
    if (mode.reserved != 0)
        return -EINVAL;
    mutex_lock(&lock);
    error = users > 1 ? -EBUSY : screen_set_mode(screen, mode.width, mode.height, mode.bits_per_pixel);
    mutex_unlock(&lock);
    if (!error)
        terminals_resized();
    return error;
}

static int64_t tell(struct user argument)
{
    const struct abi_screen about = {
        .width = screen->width,
        .height = screen->height,
        .pitch = screen->pitch,
        .bits_per_pixel = screen->bits_per_pixel,
        .bytes = screen_bytes(),
        .red = colour(screen->red),
        .green = colour(screen->green),
        .blue = colour(screen->blue),
    };

    return copy_to_user(argument, &about, sizeof(about));
}

static int64_t ioctl(struct file *file, unsigned request, struct user argument)
{
    (void)file;
    return request == SCREEN_INFO ? tell(argument) : request == SCREEN_SET ? set_mode(argument) : -ENOTTY;
}

/* The last page may hold more than the screen: what else is there is the card's, too. One whose
   pixels do not begin with a page has no mapping. */
static int map_device(struct file *file, uint64_t offset, uint64_t *phys, unsigned *flags)
{
    (void)file;
    if (screen->phys % PAGE_SIZE)
        return -ENODEV;
    if (offset >= screen_bytes())
        return -ENXIO;
    *phys = screen->phys + offset;
    *flags = PAGE_WRITE_COMBINING;
    return 0;
}

int screen_file_register(struct boot_framebuffer *mode)
{
    static const struct file_operations operations = {
        .open = open,
        .close = close,
        .read = read,
        .write = write,
        .seek = seek,
        .ioctl = ioctl,
        .map_device = map_device,
    };

    if (mode->phys == 0 || mode->virt == 0)
        return 0;
    screen = mode;
    return device_register(NUMBER, "fb0", S_IFCHR | 0600, &operations, NULL);
}
