/* Processes, signals, time, and who one is. Runs itself anew with a word to say what the child
   shall do. */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <spawn.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <time.h>

#include "user/libc/tests/test.h"

static const char *me;

static void exit_with_7(void)
{
    exit(7);
}

static void at_end(void)
{
    _exit(3);
}

static void exit_handler(void)
{
    atexit(at_end);
    exit(0);
}

static void exec_itself(void)
{
    execl(me, "child", "status", "9", NULL);
}

static void exec_with_environment(void)
{
    char *const environment[] = {"STATUS=11", NULL};

    execle(me, "child", "status", NULL, environment);
}

static void exec_by_path(void)
{
    setenv("PATH", "/nowhere:/usr/tests/libc:/bin", 1);
    execlp("processes", "child", "status", "13", NULL);
}

static void test_children(void)
{
    int status;
    struct rusage usage;

    EXPECT_IS(status_of(exit_with_7), 7);
    EXPECT_IS(status_of(exit_handler), 3);
    EXPECT_IS(status_of(exec_itself), 9);
    EXPECT_IS(status_of(exec_with_environment), 11);
    EXPECT_IS(status_of(exec_by_path), 13);
    EXPECT_ERROR(wait(&status), ECHILD);
    EXPECT_ERROR(execl("/no/such", "x", NULL), ENOENT);
    EXPECT_ERROR(execlp("no-such-program", "x", NULL), ENOENT);
    EXPECT_ERROR(execl("/README.txt", "x", NULL), EACCES);
    EXPECT(getrusage(RUSAGE_CHILDREN, &usage) == 0 && usage.ru_maxrss >= 0);
    EXPECT(getpid() > 0 && getpgrp() > 0 && getsid(0) > 0);
    EXPECT_IS(nice(0), getpriority(PRIO_PROCESS, 0));
}

static void test_spawn(void)
{
    char *const arguments[] = {"child", "say", "spawned", NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid;
    int status, fd;
    char text[20] = "";

    EXPECT_IS(posix_spawn_file_actions_init(&actions), 0);
    EXPECT_IS(posix_spawn_file_actions_addopen(&actions, 1, "/tmp/spawned",
                                               O_WRONLY | O_CREAT | O_TRUNC, 0600),
              0);
    EXPECT_IS(posix_spawn(&pid, me, &actions, NULL, arguments, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    EXPECT(waitpid(pid, &status, 0) == pid && status == 0);
    fd = open("/tmp/spawned", O_RDONLY);
    EXPECT_IS(read(fd, text, sizeof(text) - 1), 8);
    EXPECT_TEXT(text, "spawned\n");
    close(fd);
    EXPECT_IS(posix_spawn(&pid, "/no/such", NULL, NULL, arguments, environ), ENOENT);
}

/* ---- signals --------------------------------------------------------------------------------- */

static volatile int handled, handled_pid, handled_code;
static sigjmp_buf back;

static void handle(int signal)
{
    handled = signal;
}

static void handle_with_info(int signal, siginfo_t *info, void *context)
{
    handled = signal;
    handled_pid = info->si_pid;
    handled_code = info->si_code;
    (void)context;
}

static void jump_back(int signal)
{
    siglongjmp(back, signal);
}

static void test_signals(void)
{
    struct sigaction action = {.sa_sigaction = handle_with_info, .sa_flags = SA_SIGINFO};
    sigset_t set, before;
    volatile double kept = 1.5;
    int found, *volatile nowhere = NULL;

    EXPECT(signal(SIGUSR1, handle) == SIG_DFL && raise(SIGUSR1) == 0 && handled == SIGUSR1);
    EXPECT(kept * 2 == 3.0);
    EXPECT(sigaction(SIGUSR2, &action, NULL) == 0 && kill(getpid(), SIGUSR2) == 0);
    EXPECT(handled == SIGUSR2 && handled_pid == getpid() && handled_code == SI_USER);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    EXPECT(sigprocmask(SIG_BLOCK, &set, &before) == 0 && !sigismember(&before, SIGUSR1));
    handled = 0;
    raise(SIGUSR1);
    EXPECT(handled == 0 && sigpending(&set) == 0 && sigismember(&set, SIGUSR1) == 1);
    EXPECT(sigwait(&set, &found) == 0 && found == SIGUSR1 && handled == 0);
    sigprocmask(SIG_SETMASK, &before, NULL);
    action = (struct sigaction){.sa_handler = jump_back};
    sigaction(SIGSEGV, &action, NULL);
    found = sigsetjmp(back, 1);
    if (!found)
        *nowhere = 1;
    EXPECT_IS(found, SIGSEGV);
    EXPECT(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && !sigismember(&set, SIGSEGV));
    signal(SIGSEGV, SIG_DFL);
    EXPECT_ERROR(kill(1 << 30, 0), ESRCH);
    EXPECT(signal(SIGKILL, handle) == SIG_ERR && errno == EINVAL);
    EXPECT_TEXT(strsignal(SIGTERM), "Terminated");
}

static void test_alarm(void)
{
    struct sigaction action = {.sa_handler = handle};
    struct itimerval soon = {.it_value = {0, 50000}};
    struct timespec long_time = {5, 0}, left = {0};

    sigaction(SIGALRM, &action, NULL);
    handled = 0;
    EXPECT_IS(setitimer(ITIMER_REAL, &soon, NULL), 0);
    EXPECT_ERROR(nanosleep(&long_time, &left), EINTR);
    EXPECT(handled == SIGALRM && left.tv_sec == 4);
    EXPECT_IS(alarm(100), 0);
    EXPECT_IS(alarm(0), 100);
}

/* ---- time ------------------------------------------------------------------------------------ */

static void test_time(void)
{
    struct timespec a, b;
    struct tm time_parts;
    time_t moment = 1700000000;
    char text[40];

    EXPECT(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && usleep(20000) == 0
           && clock_gettime(CLOCK_MONOTONIC, &b) == 0);
    long ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;

    EXPECT(ms >= 19 && ms < 2000);
    for (int i = 0; i < 1000; i++) {
        EXPECT(clock_gettime(CLOCK_MONOTONIC, &a) == 0);
        EXPECT(a.tv_sec > b.tv_sec || (a.tv_sec == b.tv_sec && a.tv_nsec >= b.tv_nsec));
        b = a;
    }
    EXPECT(time(NULL) > 1700000000 && clock() >= 0 && times(NULL) >= 0);
    gmtime_r(&moment, &time_parts);
    EXPECT(strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &time_parts) > 0);
    EXPECT_TEXT(text, "2023-11-14 22:13:20");
    EXPECT_IS(timegm(&time_parts), 1700000000);
    EXPECT_IS(mktime(&time_parts), 1700000000);
    EXPECT(strptime("2001-02-03", "%Y-%m-%d", &time_parts) && time_parts.tm_mday == 3);
}

static void test_system(void)
{
    struct utsname name;
    char bytes[16] = {0}, zeros[16] = {0};
    struct rlimit limit;

    EXPECT(uname(&name) == 0 && strcmp(name.sysname, "FastOS") == 0);
    EXPECT(getentropy(bytes, sizeof(bytes)) == 0 && memcmp(bytes, zeros, sizeof(bytes)) != 0);
    EXPECT(getrlimit(RLIMIT_STACK, &limit) == 0 && limit.rlim_cur > 0);
    EXPECT(isatty(1) && strncmp(ttyname(1) ? ttyname(1) : "", "/dev/", 5) == 0);
    EXPECT_IS(getuid(), 0);
}

static int child(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[1], "say") == 0)
        return puts(argv[2]) < 0;
    return atoi(argc > 2 ? argv[2] : getenv("STATUS"));
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return child(argc, argv);
    me = "/usr/tests/libc/processes";
    test_children();
    test_spawn();
    test_signals();
    test_alarm();
    test_time();
    test_system();
    return done("processes");
}
