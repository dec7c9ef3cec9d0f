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

static int print_answer(int fd, const char *name)
{
    char answer[32] = "";

    if (read(fd, answer, sizeof(answer) - 1) < 0)
        return failed("%s", ORDERS);
    long value = strtol(answer, NULL, 10);

    if (value == -EAGAIN)
        return wrong("%s: it does not run, or ended meanwhile", name);
    if (value < 0 && value > -4096) {
        errno = (int)-value;
        return failed("%s", name);
    }
    printf("%ld\n", value);
    return finish_output();
}

static int drvctl(struct words *words)
{
    static const char *const verbs[] = {"start", "stop", "restart", "kill", "request"};
    bool known = false;

    for (int c; (c = option(words, ""));)
        ;
    need_operands(words, 2, 4);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        known |= strcmp(words->at[1], verbs[i]) == 0;
    bool request = strcmp(words->at[1], "request") == 0;

    if (!known)
        wrong_use("%s: not one of start, stop, restart, kill, request", words->at[1]);
    if (request ? words->count < 3 : words->count > 2)
        wrong_use("%s", request ? "request WHAT [VALUE]: numbers" : "too many words");
    char *order = take_text("%s %s %s %s", words->at[0], words->at[1], request ? words->at[2] : "",
                            words->count > 3 ? words->at[3] : "");
    int fd = open(ORDERS, O_RDWR | O_CLOEXEC);

    if (fd < 0)
        return failed(ORDERS);
    int status = send_order(fd, order, words->at[0]);

    if (!status && request)
        status = print_answer(fd, words->at[0]);
    close(fd);
    return status;
}

TOOL(drvctl, "drvctl", "NAME start|stop|restart|kill|request WHAT [VALUE]",
     "give a driver an order; `request` prints its answer", "")
