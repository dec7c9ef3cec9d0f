#ifndef _SYS_REBOOT_H
#define _SYS_REBOOT_H

#include <sys/cdefs.h>
#include <fastos/abi/process.h>

#define RB_AUTOBOOT REBOOT_RESTART
#define RB_POWER_OFF REBOOT_POWER_OFF
#define RB_HALT_SYSTEM REBOOT_HALT

__BEGIN_DECLS
int reboot(int);
__END_DECLS

#endif
