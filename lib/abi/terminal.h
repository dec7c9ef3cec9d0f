/* Terminals, as they cross the system-call line. POSIX's names, Linux's values. */
#pragma once

#include <stdint.h>

#define TCGETS     0x5401u
#define TCSETS     0x5402u /* at once */
#define TCSETSW    0x5403u /* after what was written has gone */
#define TCSETSF    0x5404u /* and what was typed is forgotten */
#define TCSBRK     0x5409u
#define TCXONC     0x540au
#define TCFLSH     0x540bu
#define TIOCSCTTY  0x540eu
#define TIOCGPGRP  0x540fu
#define TIOCSPGRP  0x5410u
#define TIOCOUTQ   0x5411u
#define TIOCGWINSZ 0x5413u
#define TIOCSWINSZ 0x5414u
#define FIONREAD   0x541bu
#define TIOCNOTTY  0x5422u
#define TIOCGSID   0x5429u
#define TIOCGPTN   0x80045430u /* of a pseudo terminal's master: the number in /dev/pts */
#define TIOCSPTLCK 0x40045431u

struct abi_winsize {
    uint16_t rows, columns, x_pixels, y_pixels;
};

#define ABI_NCCS 20

struct abi_termios {
    uint32_t input, output, control, local;
    uint32_t input_speed, output_speed;
    uint8_t characters[ABI_NCCS];
};

/* Indices of `characters`. */
#define VINTR 0
#define VQUIT 1
#define VERASE 2
#define VKILL 3
#define VEOF 4
#define VTIME 5
#define VMIN 6
#define VSTART 8
#define VSTOP 9
#define VSUSP 10
#define VEOL 11
#define VREPRINT 12
#define VWERASE 14
#define VLNEXT 15
#define VEOL2 16

/* input */
#define IGNBRK 0000001u
#define BRKINT 0000002u
#define IGNPAR 0000004u
#define PARMRK 0000010u
#define INPCK  0000020u
#define ISTRIP 0000040u
#define INLCR  0000100u
#define IGNCR  0000200u
#define ICRNL  0000400u
#define IXON   0002000u
#define IXANY  0004000u
#define IXOFF  0010000u
#define IMAXBEL 0020000u
#define IUTF8  0040000u
/* output */
#define OPOST 0000001u
#define ONLCR 0000004u
#define OCRNL 0000010u
#define ONOCR 0000020u
#define ONLRET 0000040u
/* control */
#define CSIZE  0000060u
#define CS5    0000000u
#define CS6    0000020u
#define CS7    0000040u
#define CS8    0000060u
#define CSTOPB 0000100u
#define CREAD  0000200u
#define PARENB 0000400u
#define PARODD 0001000u
#define HUPCL  0002000u
#define CLOCAL 0004000u
#define CRTSCTS 020000000000u
/* local */
#define ISIG   0000001u
#define ICANON 0000002u
#define ECHO   0000010u
#define ECHOE  0000020u
#define ECHOK  0000040u
#define ECHONL 0000100u
#define NOFLSH 0000200u
#define TOSTOP 0000400u
#define ECHOCTL 0001000u
#define ECHOKE 0004000u
#define IEXTEN 0100000u

/* TCFLSH */
#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2
