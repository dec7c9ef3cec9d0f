/* The machine as a whole. */
#include <limits.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <fastos/abi/process.h>

#include "user/libc/libc.h"

_Static_assert(sizeof(struct utsname) == sizeof(struct abi_utsname), "struct utsname");

int uname(struct utsname *to)
{
    return (int)checked(fastos_uname((struct abi_utsname *)to));
}

int gethostname(char *to, size_t size)
{
    struct utsname name;

    if (uname(&name) < 0)
        return -1;
    if (strlen(name.nodename) >= size) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(to, name.nodename);
    return 0;
}

int sethostname(const char *name, size_t size)
{
    return (int)checked(fastos_sethostname(name, size));
}

int reboot(int how)
{
    return (int)checked(fastos_reboot(how));
}

int getpagesize(void)
{
    return PAGE;
}
