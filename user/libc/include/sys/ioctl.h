#ifndef _SYS_IOCTL_H
#define _SYS_IOCTL_H

#include <termios.h>

__BEGIN_DECLS
int ioctl(int, unsigned long, ...);
__END_DECLS

#endif
