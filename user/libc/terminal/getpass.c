/* A word that is not shown while it is typed. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "user/libc/libc.h"

char *getpass(const char *prompt)
{
    static char word[256];
    struct termios before, quiet;
    int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);

    if (fd < 0 || tcgetattr(fd, &before) < 0) {
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    (void)!write(fd, prompt, strlen(prompt));
    (void)tcsetattr(fd, TCSAFLUSH, &quiet);
    ssize_t size = read(fd, word, sizeof(word) - 1);

    (void)tcsetattr(fd, TCSAFLUSH, &before);
    (void)!write(fd, "\n", 1);
    close(fd);
    word[size > 0 ? size : 0] = '\0';
    word[strcspn(word, "\n")] = '\0';
    return word;
}
