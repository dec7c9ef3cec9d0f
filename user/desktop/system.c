/* FastOS, as the server sees it: /dev/fb0, /dev/input, message channels, processes. See system.h. */
#include "user/desktop/system.h"

#include <errno.h>
#include <fastos/syscalls.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/abi/channel.h"
#include "lib/cmdline.h"
#include "user/desktop/protocol.h"

const struct system_paths system_paths = {
    .layouts = "/usr/share/keyboard",
    .applications = "/usr/share/applications",
    .settings = NULL,
    .windows = "/tmp/desktop.windows",
    .load = "/proc/stat",
    .autostart = NULL,
};

/* ---- screen and time --------------------------------------------------------------------------- */

static int screen_fd = -1; /* kept: only who has it open alone may set another mode */
static struct {
    void *memory;
    size_t bytes;
} mapped;

static int map_screen(struct abi_screen *info, uint8_t **pixels)
{
    if (ioctl(screen_fd, SCREEN_INFO, info))
        return -errno;
    mapped.bytes = info->bytes;
    mapped.memory = mmap(NULL, info->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, screen_fd, 0);
    if (mapped.memory == MAP_FAILED)
        return -errno;
    *pixels = mapped.memory;
    return 0;
}

int system_screen(struct abi_screen *info, uint8_t **pixels)
{
    screen_fd = open("/dev/fb0", O_RDWR | O_CLOEXEC);
    return screen_fd < 0 ? -errno : map_screen(info, pixels);
}

int system_set_mode(const struct abi_screen_mode *mode, struct abi_screen *info, uint8_t **pixels)
{
    int error;

    munmap(mapped.memory, mapped.bytes);
    error = ioctl(screen_fd, SCREEN_SET, mode) ? -errno : 0;
    return map_screen(info, pixels) ? -ENXIO : error;
}

static void read_cmdline(char line[2048])
{
    int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, line, 2047);

    if (fd >= 0)
        close(fd);
    line[size < 0 ? 0 : size] = '\0';
}

bool system_mode_is_given(void)
{
    char line[2048];

    read_cmdline(line);
    return cmdline_has(line, "video") || cmdline_has(line, "safe");
}

bool system_is_plain(void)
{
    char line[2048], value[8];

    read_cmdline(line);
    return cmdline_get(line, "desktop", value, sizeof(value)) == 0 &&
           (strcmp(value, "plain") == 0 || strcmp(value, "off") == 0);
}

/* /tmp does not outlive the machine. */
bool system_is_first(void)
{
    int fd = open("/tmp/desktop.started", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

uint64_t system_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

time_t system_time(void)
{
    return time(NULL);
}

int system_wait(struct pollfd files[], unsigned count, int timeout_ms)
{
    return poll(files, count, timeout_ms);
}

/* ---- input ------------------------------------------------------------------------------------- */

int system_input(void)
{
    int fd = open("/dev/input", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (ioctl(fd, INPUT_GRAB, 1)) {
        int error = -errno;

        close(fd);
        return error;
    }
    return fd;
}

int system_read_input(int fd, struct abi_input_event *events, unsigned most)
{
    ssize_t got = read(fd, events, most * sizeof(*events));

    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    return (int)((size_t)got / sizeof(*events));
}

int system_keys_held(int fd, struct abi_input_keys *keys)
{
    return ioctl(fd, INPUT_KEYS, keys) ? -errno : 0;
}

/* ---- channels ---------------------------------------------------------------------------------- */

static void set_flags(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, O_NONBLOCK);
}

/* Of the two ends the one with the name is enough. */
int system_listen(void)
{
    int ends[2], error = (int)fastos_channel_create(ends, O_NONBLOCK | O_CLOEXEC);

    if (error)
        return error;
    close(ends[1]);
    error = (int)fastos_channel_publish(ends[0], PROTOCOL_NAME);
    if (error)
        close(ends[0]);
    return error ? error : ends[0];
}

int system_accept(int listener, uint32_t *pid)
{
    struct abi_channel_caller caller;
    unsigned count;
    int fd, got = system_receive(listener, &caller, sizeof(caller), &fd, 1, &count);

    if (got < 0)
        return got;
    if (count != 1)
        return -EAGAIN;
    *pid = caller.pid;
    return fd;
}

int system_send(int fd, const void *bytes, size_t size, const int files[], unsigned count)
{
    return (int)fastos_channel_send(fd, bytes, size, files, count);
}

int system_receive(int fd, void *bytes, size_t room, int files[], unsigned most, unsigned *count)
{
    long got = (long)fastos_channel_receive(fd, bytes, room, files, most);

    *count = got < 0 ? 0 : (unsigned)(got >> 32);
    for (unsigned i = 0; i < *count; i++)
        set_flags(files[i]);
    return (int)(got < 0 ? got : got & 0xFFFFFFFF);
}

/* ---- processes --------------------------------------------------------------------------------- */

#define FILES_TO_CLOSE 256 /* those that do not close by themselves */

static void become(char *const words[])
{
    int null = open("/dev/null", O_RDWR), console = open("/dev/console", O_WRONLY | O_NOCTTY);
    const char *home = getenv("HOME");

    setsid();
    if (home)
        (void)!chdir(home);
    dup2(null, STDIN_FILENO);
    dup2(console < 0 ? null : console, STDOUT_FILENO);
    dup2(console < 0 ? null : console, STDERR_FILENO);
    for (int fd = 3; fd < FILES_TO_CLOSE; fd++)
        close(fd);
    execvp(words[0], words);
    dprintf(STDERR_FILENO, "desktop: %s: %s\n", words[0], strerror(errno));
    _exit(127);
}

bool system_can_run(const char *path)
{
    return access(path, X_OK) == 0;
}

int system_spawn(char *const words[])
{
    pid_t pid = fork();

    if (pid == 0)
        become(words);
    return pid < 0 ? -errno : (int)pid;
}

void system_end(uint32_t pid)
{
    if (pid > 1)
        kill((pid_t)pid, SIGKILL);
}

void system_reap(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

void system_log(const char *line)
{
    int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

    dprintf(fd < 0 ? STDERR_FILENO : fd, "desktop: %s\n", line);
    if (fd >= 0)
        close(fd);
}
