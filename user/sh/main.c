/* sh: a POSIX shell. sh [-aefilmnuvxC] [-o OPTION] [-c TEXT [NAME [WORD …]] | FILE [WORD …]] */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/sh/builtins.h"
#include "user/sh/sh.h"

struct shell shell = {.name = "sh", .terminal = -1};

extern char **environ;

static const char usage[] =
    "use: sh [-aefilmnuvxC] [-o OPTION] [-c TEXT [NAME [WORD …]] | FILE [WORD …]]\n"
    "Reads commands from TEXT, FILE or its input. -i: as if that were a terminal; -l: a login "
    "shell,\n"
    "which reads /etc/profile first. `help` in it lists the commands of its own.\n";

static void interrupt(int signal)
{
    (void)signal;
    interrupted = SHELL_INTERRUPTED;
}

static void start_interactive(void)
{
    struct sigaction nothing = {.sa_handler = interrupt};
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

    if (fd < 0 && isatty(STDIN_FILENO))
        fd = dup(STDIN_FILENO);
    shell.terminal = fd >= 0 ? move_fd_up(fd) : -1;
    shell.job_control = shell.terminal >= 0 && tcgetpgrp(shell.terminal) > 0;
    sigemptyset(&nothing.sa_mask);
    (void)sigaction(SIGINT, &nothing, NULL);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    jobs_init();
    history_load();
}

static void read_profile(void)
{
    char line[] = ". /etc/profile";

    if (shell.login && access("/etc/profile", R_OK) == 0)
        (void)run_string(line);
}

static int open_script(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        complain("%s: %s", path, strerror(errno));
        exit(errno == ENOENT ? 127 : 126);
    }
    return move_fd_up(fd);
}

/* Options before anything else; where the words behind them begin. */
static int take_options(int count, char **words, const char **text)
{
    int i = 1;

    for (; i < count && words[i][0] == '-' && words[i][1]; i++) {
        if (strcmp(words[i], "--") == 0)
            return i + 1;
        if (strcmp(words[i], "--help") == 0) {
            fputs(usage, stdout);
            exit(0);
        }
        if (strcmp(words[i], "-o") == 0 && i + 1 < count) {
            char *set[] = {"set", "-o", words[++i], NULL};

            if (builtin_find("set")->run(3, set))
                exit(2);
            continue;
        }
        for (const char *letter = words[i] + 1; *letter; letter++) {
            char one[2] = {*letter, 0};

            if (*letter == 'c')
                *text = "";
            else if (*letter == 'i')
                shell.interactive = true;
            else if (*letter == 'l')
                shell.login = true;
            else if (*letter != 's' && set_letters(one, true))
                exit(2);
        }
    }
    return i;
}

static void set_parent(void)
{
    char number[16];

    snprintf(number, sizeof(number), "%d", (int)getppid());
    (void)variable_set("PPID", number, 0);
}

int main(int count, char **words)
{
    struct arena arena = {0};
    const char *text = NULL;
    struct input *input;
    int at;

    shell.pid = getpid();
    shell.login = count > 0 && words[0][0] == '-';
    variables_init(environ);
    set_parent();
    at = take_options(count, words, &text);
    if (text) {
        if (at == count) {
            fputs(usage, stderr);
            return 2;
        }
        text = words[at++];
        if (at < count)
            shell.name = words[at++];
        set_words(count - at, words + at);
        read_profile();
        leave_shell(run_string(text));
    }
    if (at < count) {
        int fd = open_script(words[at]);

        shell.name = words[at++];
        set_words(count - at, words + at);
        leave_shell(run_input(input_of_file(&arena, fd)));
    }
    set_words(0, words);
    shell.interactive |= isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
    if (shell.interactive)
        start_interactive();
    read_profile();
    input = shell.interactive && isatty(STDIN_FILENO) ? input_of_terminal(&arena)
                                                      : input_of_file(&arena, STDIN_FILENO);
    (void)run_input(input);
    if (input->prompts)
        fputc('\n', stderr);
    leave_shell(shell.status);
}
