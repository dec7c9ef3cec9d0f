#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/tool.h"

static int print_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return failed("%s", path);
    int status = copy_bytes(fd, STDOUT_FILENO);

    close(fd);
    return status == 1 ? failed("%s", path) : status == 2;
}

static int lsdev(struct words *words)
{
    const char *path = "/proc/drivers";

    for (int c; (c = option(words, "m"));)
        path = "/proc/manifests";
    need_operands(words, 0, 0);
    return print_file(path);
}

TOOL(lsdev, "lsdev", "[-m]", "list the drivers: where they are, how they are",
     "  -m  their manifests: what each may reach\n")

/* ---- drvctl ------------------------------------------------------------------------------------ */

#define ORDERS "/dev/drivers"

static int send_order(int fd, const char *order, const char *name)
{
    if (write(fd, order, strlen(order)) >= 0)
        return 0;
    if (errno == ENODEV)
        return wrong("%s: there is no such driver (lsdev lists them)", name);
    return failed("%s", name);
}

/* Its answer; an error is told, and *status set. */
static long read_answer(int fd, const char *name, int *status)
{
    char answer[32] = "";
    long value = read(fd, answer, sizeof(answer) - 1) < 0 ? -errno : strtol(answer, NULL, 10);

    *status = 0;
    if (value == -EAGAIN)
        *status = wrong("%s: it does not run, or ended meanwhile", name);
    if (value >= 0 || value <= -4096 || *status)
        return value;
    errno = (int)-value;
    *status = failed("%s", name);
    return value;
}

static int print_answer(int fd, const char *name)
{
    int status;
    long value = read_answer(fd, name, &status);

    if (status)
        return status;
    printf("%ld\n", value);
    return finish_output();
}

/* 0, or 1 after a message; prints what the driver answered when it is asked for. */
static int order_driver(const char *order, const char *name, int (*answer)(int fd, const char *name))
{
    int fd = open(ORDERS, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return failed(ORDERS);
    int status = send_order(fd, order, name);

    if (!status && answer)
        status = answer(fd, name);
    close(fd);
    return status;
}

static const char *const verbs[] = {"start", "stop", "restart", "kill", "request", "placement"};

static void check_order(const struct words *words)
{
    bool known = false;

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        known |= strcmp(words->at[1], verbs[i]) == 0;
    if (!known)
        wrong_use("%s: not one of start, stop, restart, kill, request, placement", words->at[1]);
    if (strcmp(words->at[1], "request") == 0) {
        if (words->count < 3)
            wrong_use("request WHAT [VALUE]: numbers");
    } else if (strcmp(words->at[1], "placement") == 0) {
        if (words->count != 3 || (strcmp(words->at[2], "kernel") && strcmp(words->at[2], "user")
                                  && strcmp(words->at[2], "off")))
            wrong_use("placement kernel|user|off");
    } else if (words->count > 2) {
        wrong_use("too many words");
    }
}

/* A name is one of /lib/drivers; the kernel wants paths from the root. */
static const char *module_path(const char *name)
{
    size_t length = strlen(name);
    const char *ending = length > 4 && strcmp(name + length - 4, ".fko") == 0 ? "" : ".fko";
    char here[256];

    if (!strchr(name, '/'))
        return take_text("/lib/drivers/%s%s", name, ending);
    if (name[0] == '/')
        return take_text("%s%s", name, ending);
    if (!getcwd(here, sizeof(here)))
        here[0] = '\0';
    return take_text("%s/%s%s", here, name, ending);
}

static char *order_of(const struct words *words)
{
    if (strcmp(words->at[0], "load") == 0)
        return take_text("load %s", module_path(words->at[1]));
    if (strcmp(words->at[0], "unload") == 0)
        return take_text("unload %s", words->at[1]);
    check_order(words);
    return take_text("%s %s %s %s", words->at[0], words->at[1], words->count > 2 ? words->at[2] : "",
                     words->count > 3 ? words->at[3] : "");
}

static int drvctl(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 2, 4);
    bool file = strcmp(words->at[0], "load") == 0 || strcmp(words->at[0], "unload") == 0;
    bool request = !file && strcmp(words->at[1], "request") == 0;

    if (file && words->count > 2)
        wrong_use("too many words");
    char *order = order_of(words);

    return order_driver(order, file ? words->at[1] : words->at[0], request ? print_answer : NULL);
}

TOOL(drvctl, "drvctl",
     "NAME start|stop|restart|kill|placement WHERE|request WHAT [VALUE] | load FILE | unload NAME",
     "give a driver an order; load one from a file, or end and unload it",
     "WHERE: kernel, user or off. `request` prints its answer, `kill` ends it in the middle of what it\n"
     "does. A FILE without a folder is one of /lib/drivers; .fko is added.\n")

/* ---- beep -------------------------------------------------------------------------------------- */

#define SPEAKER "pcspeaker" /* drivers/pcspeaker: request 1, hertz and milliseconds */

static int ignore_answer(int fd, const char *name)
{
    int status;

    (void)read_answer(fd, name, &status);
    return status;
}

static int beep(struct words *words)
{
    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 0, 2);
    uint64_t hz = words->count > 0 ? need_number(words->at[0], "frequency") : 800;
    uint64_t ms = words->count > 1 ? need_number(words->at[1], "time") : 120;

    if (hz < 20 || hz > 20000)
        wrong_use("%s: 20 to 20000 hertz", words->at[0]);
    if (ms < 1 || ms > 10000)
        wrong_use("%s: 1 to 10000 milliseconds", words->at[1]);
    char *order = take_text(SPEAKER " request 1 %llu", (unsigned long long)(ms << 32 | hz));

    return order_driver(order, SPEAKER, ignore_answer);
}

TOOL(beep, "beep", "[HZ [MS]]", "sound the loudspeaker, without waiting (`drvctl pcspeaker start`)", "")
