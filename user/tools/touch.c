#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "user/tools/lib/tool.h"

TOOL(touch, "[-acm] [-r FILE] [-d @SECONDS] FILE …",
     "Set the times of files to now; make those that are not there.\n"
     "  -c  make none   -a  the time of access alone   -m  that of change alone\n"
     "  -r  the times of FILE   -d  that many seconds after 1970\n")
{
    struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
    bool make = true;
    struct stat about;
    int letter, fd;

    while ((letter = option(count, words, "acmr:d:")) != -1) {
        make &= letter != 'c';
        if (letter == 'a')
            times[1].tv_nsec = UTIME_OMIT;
        if (letter == 'm')
            times[0].tv_nsec = UTIME_OMIT;
        if (letter == 'r' && stat(optarg, &about))
            die("%s: not there", optarg);
        if (letter == 'r')
            times[0] = about.st_atim, times[1] = about.st_mtim;
        if (letter == 'd')
            times[0] = times[1] =
                (struct timespec){number_of(optarg + (*optarg == '@'), 0, 1LL << 40), 0};
    }
    if (optind == count)
        usage();
    for (int i = optind; i < count; i++) {
        if (utimensat(AT_FDCWD, words[i], times, 0) == 0 || (errno == ENOENT && !make))
            continue;
        fd = errno == ENOENT ? open(words[i], O_WRONLY | O_CREAT, 0666) : -1;
        if (fd < 0 || (close(fd), utimensat(AT_FDCWD, words[i], times, 0)))
            complain_of(words[i]);
    }
    return 0;
}
