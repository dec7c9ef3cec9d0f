/* Terminals and pseudo terminals; commands for the shell and the users of /etc, where those are. */
#include <fcntl.h>
#include <grp.h>
#include <pty.h>
#include <pwd.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "user/libc/tests/test.h"

static void test_settings(void)
{
    struct termios settings, raw;
    struct winsize size;
    int master, slave;
    char name[64], text[64];

    if (openpty(&master, &slave, name, NULL, &(struct winsize){.ws_row = 25, .ws_col = 80}) < 0) {
        EXPECT(!"openpty");
        return;
    }
    EXPECT(isatty(slave) && strncmp(name, "/dev/pts/", 9) == 0);
    EXPECT_TEXT(ttyname(slave), name);
    EXPECT(tcgetattr(slave, &settings) == 0 && settings.c_lflag & ICANON);
    EXPECT(tcgetwinsize(slave, &size) == 0 && size.ws_row == 25 && size.ws_col == 80);
    EXPECT_IS(write(master, "typed\n", 6), 6);
    EXPECT_IS(read(slave, text, sizeof(text)), 6);
    EXPECT_IS(read(master, text, sizeof(text)), 7); /* echoed, with a return */
    raw = settings;
    cfmakeraw(&raw);
    EXPECT_IS(tcsetattr(slave, TCSAFLUSH, &raw), 0);
    EXPECT_IS(write(master, "x", 1), 1);
    EXPECT(read(slave, text, sizeof(text)) == 1 && text[0] == 'x');
    EXPECT(write(slave, "a\n", 2) == 2 && read(master, text, sizeof(text)) == 2);
    EXPECT_IS(tcsetattr(slave, TCSANOW, &settings), 0);
    EXPECT(tcdrain(slave) == 0 && tcflush(slave, TCIOFLUSH) == 0);
    int fd = open("/dev/null", O_RDONLY);

    EXPECT(!isatty(fd) && errno == ENOTTY);
    close(fd);
    close(slave);
    close(master);
}

static void test_session(void)
{
    char text[64];
    size_t size = 0;
    int master, status;
    pid_t pid = forkpty(&master, NULL, NULL, NULL);

    if (pid == 0) {
        char line[32];

        printf("%d %d\n", isatty(0) && isatty(1), tcgetpgrp(0) == getpid());
        fflush(stdout);
        _exit(fgets(line, sizeof(line), stdin) && strcmp(line, "go\n") == 0 ? 4 : 5);
    }
    EXPECT(pid > 0);
    while (size < 5) {
        ssize_t got = read(master, text + size, sizeof(text) - size);

        if (got <= 0)
            break;
        size += (size_t)got;
    }
    EXPECT(size == 5 && memcmp(text, "1 1\r\n", 5) == 0);
    EXPECT_IS(write(master, "go\n", 3), 3);
    EXPECT(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4);
    close(master);
}

/* Who leads a session without a terminal, as programs that the desktop starts: the new one is none for it. */
static void test_session_of_a_leader(void)
{
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        setsid();
        test_session();
        _exit(open("/dev/tty", O_RDWR) < 0 && errno == ENXIO ? 4 : 5);
    }
    EXPECT(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 4);
}

static void test_shell(void)
{
    char line[64];
    FILE *pipe;

    EXPECT_IS(system(NULL), 1);
    EXPECT_IS(WEXITSTATUS(system("exit 3")), 3);
    EXPECT_IS(WTERMSIG(system("kill -9 $$")), SIGKILL);
    pipe = popen("echo one; echo two", "r");
    EXPECT(pipe && fgets(line, sizeof(line), pipe) && strcmp(line, "one\n") == 0);
    EXPECT(pipe && fgets(line, sizeof(line), pipe) && strcmp(line, "two\n") == 0);
    EXPECT(pipe && !fgets(line, sizeof(line), pipe) && pclose(pipe) == 0);
    pipe = popen("read word; exit $word", "w");
    EXPECT(pipe && fputs("21\n", pipe) >= 0 && WEXITSTATUS(pclose(pipe)) == 21);
}

static void test_users(void)
{
    struct passwd *root = getpwnam("root");
    struct group *group = getgrgid(0);

    EXPECT(root && root->pw_uid == 0 && root->pw_dir[0] == '/' && root->pw_shell[0] == '/');
    EXPECT(getpwuid(0) && strcmp(getpwuid(0)->pw_name, "root") == 0);
    EXPECT(group && getgrnam(group->gr_name) && getgrnam(group->gr_name)->gr_gid == 0);
    EXPECT(!getpwnam("nobody-at-all"));
    EXPECT_TEXT(getlogin(), "root");
}

int main(void)
{
    test_settings();
    test_session();
    test_session_of_a_leader();
    if (access("/bin/sh", X_OK) == 0)
        test_shell();
    if (access("/etc/passwd", R_OK) == 0 && access("/etc/group", R_OK) == 0)
        test_users();
    return done("terminals");
}
