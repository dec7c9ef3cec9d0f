/*
 * How a driver in ring 3 and the kernel talk: ioctl on /dev/driver, which only such a program can open. The
 * driver says what the last callback returned and waits for the next (DRIVER_NEXT); the rest is what ddi.h's
 * calls ask of the kernel.
 */
#pragma once

#include <stdint.h>

#define DRIVER_NEXT   0x4401u /* struct abi_driver_call: result in, the next call out */
#define DRIVER_LOG    0x4402u /* struct abi_driver_log */
#define DRIVER_LISTEN 0x4403u /* a line's number */
#define DRIVER_TIMER  0x4404u /* microseconds, 0: none */
#define DRIVER_KEY    0x4405u /* scan code | pressed << 8; returns the lights */
#define DRIVER_EVENT  0x4406u /* struct abi_driver_event */
#define DRIVER_IN     0x4407u /* port | bytes << 16; returns what it reads */
#define DRIVER_OUT    0x4408u /* port | bytes << 16 | value << 32 */
#define DRIVER_PORTS  0x4409u /* struct abi_driver_ports; returns the first port */
#define DRIVER_FIND   0x440au /* class << 8 | subclass; returns bus << 16 | device << 8 | function */
#define DRIVER_TONE   0x440bu /* times a second, 0: silence */

enum { DRIVER_CALL_INIT, DRIVER_CALL_IRQ, DRIVER_CALL_TIMER, DRIVER_CALL_QUIESCE, DRIVER_CALL_REQUEST };

struct abi_driver_call {
    int64_t result; /* of the last one; the first time anything */
    uint32_t what;  /* DRIVER_CALL_… */
    uint32_t number;
    uint64_t value;
};

#define DRIVER_LOG_MAX 200u
struct abi_driver_log {
    uint32_t level; /* DDI_ERROR … */
    char text[DRIVER_LOG_MAX]; /* terminated */
};

struct abi_driver_event {
    uint32_t type, code;
    int32_t value, reserved;
};

struct abi_driver_ports {
    uint8_t bus, device, function, bar;
};
