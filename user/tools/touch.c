#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/tools/tool.h"

static bool make_none;

static int one(const char *path, const struct timespec times[2])
{
    if (utimensat(AT_FDCWD, path, times, 0) == 0)
        return 0;
    if (errno != ENOENT)
        return failed("%s", path);
    if (make_none)
        return 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0)
        return failed("%s", path);
    int status = futimens(fd, times) ? failed("%s", path) : 0;

    close(fd);
    return status;
}

static int touch(struct words *words)
{
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    bool only_access = false, only_change = false;
    struct stat about;
    int status = 0;

    for (int c; (c = option(words, "amcr:d:"));) {
        only_access |= c == 'a';
        only_change |= c == 'm';
        make_none |= c == 'c';
        if (c == 'r') {
            if (stat(option_value, &about))
                return failed("%s", option_value);
            times[0] = about.st_atim;
            times[1] = about.st_mtim;
        } else if (c == 'd') {
            const char *number = option_value + (*option_value == '@');

            times[0] = times[1] = (struct timespec){(time_t)need_number(number, "-d"), 0};
        }
    }
    need_operands(words, 1, -1);
    if (only_access != only_change)
        times[only_access].tv_nsec = UTIME_OMIT;
    for (int i = 0; i < words->count; i++)
        status |= one(words->at[i], times);
    return status;
}

TOOL(touch, "touch", "[-amc] [-r FILE | -d @SECONDS] FILE…", "set times to now; make empty files",
     "  -a  the access time alone; -m the change time alone\n"
     "  -c  make no file\n"
     "  -r  times of another file; -d: seconds since 1970\n")
