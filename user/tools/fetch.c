/* What system this is, beside its sign. Lines whose figures cannot be read are left out. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "user/tools/common/processes.h"
#include "user/tools/tool.h"

#define ROWS 6

/* Three stripes: blue, violet, green. */
static const char *const sign[ROWS] = {
    "\033[34m       ▄███████▀", "\033[34m      ▟██████▛  ", "\033[35m     ▗█████▛    ",
    "\033[35m    ▄████▛      ", "\033[36m   ▟██▛         ", "\033[36m  ▟██▛          ",
};
static char rows[ROWS][256];
static int count;

static void add(const char *name, const char *text)
{
    if (count < ROWS && *text)
        snprintf(rows[count++], sizeof(rows[0]), "\033[1;34m%-9s\033[0m%s", name, text);
}

/* What stands behind the ':' of the first line that begins so. */
static const char *value(const char *text, const char *name, char to[100])
{
    const char *at = text ? strstr(text, name) : NULL;

    to[0] = 0;
    if (!at || !(at = strchr(at, ':')))
        return to;
    at += 1 + strspn(at + 1, " \t");
    snprintf(to, 100, "%.*s", (int)strcspn(at, "\n"), at);
    return to;
}

static void add_kernel(void)
{
    struct utsname name;
    struct stat kernel;
    char text[220];

    if (uname(&name))
        return;
    snprintf(text, sizeof(text), "%s %s (%s, BIOS)", name.sysname, name.release, name.machine);
    add("OS", text);
    if (stat("/boot/kernel.elf", &kernel))
        return;
    snprintf(text, sizeof(text), "hybrid, %lld KiB", (long long)kernel.st_size / 1024);
    add("Kernel", text);
}

static void add_uptime(void)
{
    char *text = read_file("/proc/uptime"), shown[80];
    long seconds = text ? strtol(text, NULL, 10) : 0;

    if (text) {
        snprintf(shown, sizeof(shown), "%ld h %02ld min", seconds / 3600, seconds / 60 % 60);
        add("Uptime", shown);
    }
    free(text);
}

static void add_cpu(void)
{
    char *text = read_file("/proc/cpuinfo"), name[100];

    add("CPU", value(text, "model name", name));
    free(text);
}

static void add_memory(void)
{
    char *text = read_file("/proc/meminfo"), shown[80];

    if (text) {
        uint64_t total = memory_figure(text, "MemTotal"), available = memory_figure(text, "MemAvailable");

        snprintf(shown, sizeof(shown), "%llu MiB of %llu", (unsigned long long)(total - available) >> 20,
                 (unsigned long long)total >> 20);
        add("Memory", shown);
    }
    free(text);
}

static void add_terminal(void)
{
    const char *kind = getenv("TERM");
    struct winsize size;
    char text[80];

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
        return;
    snprintf(text, sizeof(text), "%s, %d × %d", kind ? kind : "?", size.ws_col, size.ws_row);
    add("Terminal", text);
}

static int fetch_(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 0);
    count = 0;
    add_kernel();
    add_uptime();
    add_cpu();
    add_memory();
    add_terminal();
    for (int i = 0; i < ROWS; i++)
        printf("%s\033[0m  %s\n", sign[i], i < count ? rows[i] : "");
    printf("%19s", "");
    for (int i = 0; i < 8; i++)
        printf("\033[%dm███\033[0m ", 30 + i);
    putchar_unlocked('\n');
    return finish_output();
}

TOOL(fetch_, "fetch", "", "print what system this is, beside its sign", "")
