/*
 * The whole screen in one go, of FastOS alone (tests/bench/bench.py): copied by a bare loop into a mapping of
 * /dev/fb0, written to it, and drawn again by the console when the device is closed. Nanoseconds each.
 */
#include <stddef.h>
#include <stdint.h>

#include "lib/abi/screen.h"
#include "user/bench/say.h"
#include "user/bench/start.h"

#define ROUNDS 4u /* the least of them */

static struct abi_screen screen;
static const uint64_t *shadow;
static uint64_t since_ns;

static void start_clock(void)
{
    since_ns = os_clock_ns();
}

static void stop_clock(uint64_t *least_ns)
{
    uint64_t ns = os_clock_ns() - since_ns;

    *least_ns = ns < *least_ns ? ns : *least_ns;
}

static void copy(volatile uint64_t *to)
{
    for (uint64_t i = 0; i < screen.bytes / 8; i++)
        to[i] = shadow[i];
}

void run_all(void)
{
    uint64_t copy_ns = UINT64_MAX, write_ns = UINT64_MAX, redraw_ns = UINT64_MAX;

    for (unsigned i = 0; i < ROUNDS; i++) {
        int fd = (int)fastos_open("/dev/fb0", O_RDWR);

        if (fastos_ioctl(fd, SCREEN_INFO, &screen))
            return; /* there is none */
        shadow = os_map(screen.bytes);
        void *at = (void *)fastos_mmap_file(NULL, screen.bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        copy(at); /* its pages are there now */
        start_clock();
        copy(at);
        stop_clock(&copy_ns);
        start_clock();
        fastos_pwrite(fd, shadow, screen.bytes, 0);
        stop_clock(&write_ns);
        fastos_munmap(at, screen.bytes);
        os_unmap((void *)shadow, screen.bytes);
        start_clock();
        fastos_close(fd);
        stop_clock(&redraw_ns);
    }
    say_figure("screen", "-bytes", screen.bytes);
    say_figure("screen", "-copy-ns", copy_ns);
    say_figure("screen", "-write-ns", write_ns);
    say_figure("screen", "-redraw-ns", redraw_ns);
}
