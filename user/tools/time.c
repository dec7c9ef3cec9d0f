#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "user/tools/tool.h"

static void print(const char *what, double seconds)
{
    fprintf(stderr, "%s %.2f\n", what, seconds);
}

static double seconds_used(const struct timeval *time_)
{
    return (double)time_->tv_sec + (double)time_->tv_usec / 1e6;
}

static int time_(struct words *words)
{
    struct timespec start, end;
    struct rusage usage;
    int how = 0;

    for (int c; (c = option(words, "+p"));)
        ;
    need_operands(words, 1, -1);
    clock_gettime(CLOCK_MONOTONIC, &start);
    pid_t pid = fork();

    if (pid == 0)
        _exit(run_program(words->at));
    if (pid < 0)
        return failed("fork");
    while (waitpid(pid, &how, 0) < 0 && errno == EINTR)
        ;
    clock_gettime(CLOCK_MONOTONIC, &end);
    getrusage(RUSAGE_CHILDREN, &usage);
    print("real", (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9);
    print("user", seconds_used(&usage.ru_utime));
    print("sys", seconds_used(&usage.ru_stime));
    return WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
}

TOOL(time_, "time", "PROGRAM [WORD…]", "run a program and print how long it took", "")
