/* vmode: the screen's mode, by /dev/fb0 (lib/abi/screen.h). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "lib/abi/screen.h"
#include "user/tools/tool.h"

#define SCREEN "/dev/fb0"

static int print(int fd)
{
    struct abi_screen screen;

    if (ioctl(fd, SCREEN_INFO, &screen) < 0)
        return failed(SCREEN);
    printf("%ux%ux%u\n", screen.width, screen.height, screen.bits_per_pixel);
    return finish_output();
}

static bool read_mode(const char *text, struct abi_screen_mode *mode)
{
    char behind;

    mode->bits_per_pixel = 32;
    return sscanf(text, "%ux%ux%u%c", &mode->width, &mode->height, &mode->bits_per_pixel, &behind) == 3
           || sscanf(text, "%ux%u%c", &mode->width, &mode->height, &behind) == 2;
}

static int set(int fd, const char *text)
{
    struct abi_screen_mode mode = {0};

    if (!read_mode(text, &mode))
        wrong_use("%s: a mode is 1024x768x32 or its like", text);
    if (ioctl(fd, SCREEN_SET, &mode) == 0)
        return 0;
    switch (errno) {
    case ENODEV: return wrong("this card has no modes to choose from");
    case EINVAL: return wrong("%s: no such mode (a width is a multiple of 8; 15, 16, 24 or 32 bits)", text);
    case ENOSPC: return wrong("%s: the card has too little memory", text);
    case EBUSY: return wrong("a program has the screen");
    default: return failed("%s", text);
    }
}

static int vmode(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 1);
    int fd = open(SCREEN, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return failed(SCREEN);
    int status = words->count ? set(fd, words->at[0]) : print(fd);

    close(fd);
    return status;
}

TOOL(vmode, "vmode", "[WIDTHxHEIGHT[xBITS]]", "print or change the screen's mode", "")
