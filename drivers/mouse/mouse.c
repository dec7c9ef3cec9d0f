/*
 * The PS/2 mouse behind the 8042 controller (drivers/i8042.h), and under VMware and QEMU the pointer that
 * is where the host's is (vmmouse.h).
 *
 * init opens the port and sends the first byte; the rest is done by the line and a timer, a byte at a time,
 * as a mouse takes half a second to reset: the script's bytes go out, each is acknowledged, then packets
 * come in. A mouse that does not answer, or is plugged in later, begins when it says AAh 00h.
 *
 * Follows the IBM PS/2 Hardware Interface Technical Reference, "Auxiliary Device" (1990); Microsoft's
 * IntelliMouse and Explorer protocols as A. Chapweske describes them ("The PS/2 Mouse Interface", 2003).
 */
#include "drivers/ddi.h"
#include "drivers/i8042.h"
#include "drivers/mouse/vmmouse.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"
#include "lib/compiler.h"

#define MOUSE_IRQ 12
#define MINE      I8042_FROM_MOUSE

/* Port 64h takes these alone; of the backdoor's commands it may have the version and the pointer's. */
#define COMMANDS          "\x20\x60\xa7\xa8\xad\xae\xd4"
#define BACKDOOR          0x5658
#define BACKDOOR_COMMANDS "\x0a\x27\x28\x29"

#define RESOLUTION   0xe8 /* parameter 3: 8 steps a millimetre */
#define WHAT_ARE_YOU 0xf2
#define RATE         0xf3 /* parameter: packets a second */
#define ENABLE       0xf4
#define QUIET        0xf5
#define RESET        0xff
#define ACKNOWLEDGED 0xfa
#define ERROR        0xfc
#define RESEND       0xfe
#define SELF_TEST_OK 0xaa

#define WHEEL        3 /* what it calls itself; else 0 */
#define FIVE_BUTTONS 4

#define ANSWER_US  100000u  /* 25 ms by the manual */
#define RESET_US   2000000u /* 0.5 s */
#define GAP_US     250000u  /* between two bytes of a packet: then the second begins another */
#define ATTEMPTS   3u
#define BYTES_ONCE 64u

/* First what wakes the wheel, then what wakes buttons four and five; one that has none answers as before. */
static const uint8_t script[] = {
    RESET, RATE, 200, RATE, 100, RATE, 80, WHAT_ARE_YOU, RATE, 200, RATE, 200, RATE, 80, WHAT_ARE_YOU,
    RATE, 100, RESOLUTION, 3, ENABLE,
};

enum { REQUEST_TELL };
#define TELL_ABSOLUTE 0x100

static struct {
    enum {
        SENT,    /* a byte of the script: its answer is waited for */
        ANSWERS, /* `answers` more bytes come */
        RUNS,
        RESTS,   /* nobody there: waits for AAh 00h */
    } state;
    uint8_t at; /* in the script */
    uint8_t answers, attempts, resent;
    uint8_t id;
    bool announced; /* AAh came while it rests */
    bool absolute;
    uint8_t packet[4], size;
    uint64_t byte_us; /* when the last one came */
} mouse;

/* ---- commands -------------------------------------------------------------------------------- */

/* With the claim, as all that follows. A controller that does not take it is noticed by the timer. */
static void send(uint8_t byte, uint32_t answer_us)
{
    if (i8042_write(I8042_COMMAND, I8042_TO_MOUSE) == 0)
        (void)i8042_write(I8042_DATA, byte);
    ddi_timer(answer_us);
}

static void send_step(void)
{
    mouse.state = SENT;
    send(script[mouse.at], ANSWER_US);
}

static void begin(void)
{
    mouse.at = mouse.resent = mouse.size = 0;
    mouse.id = 0;
    mouse.announced = false;
    send_step();
}

static void rest(void)
{
    mouse.state = RESTS;
    mouse.announced = false;
    ddi_timer(0);
    ddi_log(DDI_INFO, "mouse", "none answers; one that is plugged in will be noticed");
}

static void try_again(void)
{
    if (++mouse.attempts < ATTEMPTS)
        begin();
    else
        rest();
}

static void run(void)
{
    ddi_timer(0);
    mouse.state = RUNS;
    mouse.attempts = mouse.size = 0;
    mouse.absolute = vmmouse_start();
    ddi_log(DDI_INFO, "mouse", "PS/2%s, irq 12%s",
            mouse.id == FIVE_BUTTONS ? ", wheel, 5 buttons" : mouse.id == WHEEL ? ", wheel" : "",
            mouse.absolute ? ", absolute by vmmouse" : "");
}

static void next_step(void)
{
    mouse.resent = 0;
    if (++mouse.at == sizeof(script))
        run();
    else
        send_step();
}

/* What it will not do is left out; without these two there is no mouse. */
static void refused(void)
{
    if (++mouse.resent <= 2)
        send_step();
    else if (script[mouse.at] == RESET || script[mouse.at] == ENABLE)
        try_again();
    else
        next_step();
}

static void take_answer(uint8_t byte)
{
    if (byte == RESEND || byte == ERROR) {
        refused();
    } else if (byte != ACKNOWLEDGED) {
        return; /* of a packet that was on its way */
    } else if (script[mouse.at] == RESET || script[mouse.at] == WHAT_ARE_YOU) {
        mouse.state = ANSWERS;
        mouse.answers = script[mouse.at] == RESET ? 2 : 1;
        ddi_timer(script[mouse.at] == RESET ? RESET_US : ANSWER_US);
    } else {
        next_step();
    }
}

/* AAh 00h after a reset; what it is. */
static void take_more(uint8_t byte)
{
    if (mouse.answers == 2 && byte != SELF_TEST_OK) {
        try_again();
        return;
    }
    if (--mouse.answers > 0)
        return;
    mouse.id = byte;
    next_step();
}

/* ---- packets --------------------------------------------------------------------------------- */

static void tell_buttons(unsigned held)
{
    static const uint16_t codes[] = {BUTTON_LEFT, BUTTON_RIGHT, BUTTON_MIDDLE, BUTTON_SIDE, BUTTON_EXTRA};

    for (unsigned i = 0; i < array_length(codes); i++) /* those that stay as they are make no event */
        ddi_input_event(INPUT_BUTTON, codes[i], held >> i & 1);
}

static void tell_motion(unsigned type, unsigned code, int value)
{
    if (value)
        ddi_input_event(type, code, value);
}

static unsigned packet_size(void)
{
    return mouse.id == WHEEL || mouse.id == FIVE_BUTTONS ? 4 : 3;
}

/* Byte 0: overflow of Y and X, their signs, 1, buttons. Y is upwards, the wheel towards oneself. */
static void tell_packet(void)
{
    uint8_t first = mouse.packet[0], last = mouse.packet[3];
    unsigned held = first & 7;
    int wheel = (int8_t)last;

    if (first & 0xc0)
        return;
    if (mouse.id == FIVE_BUTTONS) {
        held |= last >> 1 & 0x18;
        wheel = (last & 0xf) - (last & 8 ? 16 : 0);
    }
    tell_motion(INPUT_MOTION, INPUT_X, mouse.packet[1] - (first & 0x10 ? 256 : 0));
    tell_motion(INPUT_MOTION, INPUT_Y, (first & 0x20 ? 256 : 0) - mouse.packet[2]);
    tell_motion(INPUT_WHEEL, INPUT_Y, packet_size() == 4 ? -wheel : 0);
    tell_buttons(held);
    ddi_input_event(INPUT_SYNC, INPUT_REPORT, 0);
}

/* The last byte of four has bits that are the same, or zero. */
static bool makes_sense(void)
{
    uint8_t last = mouse.packet[3];

    if (!(mouse.packet[0] & 8))
        return false;
    if (mouse.size < 4)
        return true;
    return mouse.id == FIVE_BUTTONS ? (last & 0xc0) == 0 : (int8_t)last >= -8 && (int8_t)last <= 7;
}

/* A byte got lost: the packet begins with another. */
static void shift(void)
{
    mouse.size--;
    for (unsigned i = 0; i + 1 < sizeof(mouse.packet); i++)
        mouse.packet[i] = mouse.packet[i + 1];
}

static void take_packet(uint8_t byte)
{
    if (mouse.size == sizeof(mouse.packet))
        mouse.size = 0;
    mouse.packet[mouse.size++] = byte;
    while (mouse.size > 0 && !makes_sense())
        shift();
    if (mouse.size == 2 && mouse.packet[0] == SELF_TEST_OK && mouse.packet[1] == 0)
        begin(); /* another was plugged in */
    else if (mouse.size == packet_size()) {
        tell_packet();
        mouse.size = 0;
    }
}

/* ---- callbacks ------------------------------------------------------------------------------- */

static void take_announcement(uint8_t byte)
{
    bool complete = mouse.announced && byte == 0;

    mouse.announced = byte == SELF_TEST_OK;
    if (!complete)
        return;
    mouse.attempts = 0;
    begin();
}

static void take(uint8_t byte)
{
    uint64_t now_us = ddi_now_us();

    if (now_us - mouse.byte_us > GAP_US)
        mouse.size = 0;
    mouse.byte_us = now_us;
    if (mouse.state == SENT)
        take_answer(byte);
    else if (mouse.state == ANSWERS)
        take_more(byte);
    else if (mouse.state == RESTS)
        take_announcement(byte);
    else if (!mouse.absolute) /* else it only says that there is something */
        take_packet(byte);
}

static void tell_pointer(const struct vmmouse_packet *packet)
{
    if (packet->relative) {
        tell_motion(INPUT_MOTION, INPUT_X, packet->x);
        tell_motion(INPUT_MOTION, INPUT_Y, packet->y);
    } else {
        ddi_input_event(INPUT_POSITION, INPUT_X, packet->x);
        ddi_input_event(INPUT_POSITION, INPUT_Y, packet->y);
    }
    tell_motion(INPUT_WHEEL, INPUT_Y, packet->wheel);
    tell_buttons(packet->held);
    ddi_input_event(INPUT_SYNC, INPUT_REPORT, 0);
}

static void take_pointer(void)
{
    struct vmmouse_packet packet;
    int taken = 1;

    for (unsigned i = 0; i < BYTES_ONCE && taken > 0; i++) {
        taken = vmmouse_take(&packet);
        if (taken > 0)
            tell_pointer(&packet);
    }
    if (taken < 0)
        mouse.absolute = vmmouse_start();
}

static void take_all(bool another)
{
    for (unsigned i = 0; i < BYTES_ONCE; i++) {
        uint8_t status = ddi_in8(I8042_STATUS);

        if (status == 0xff || !(status & I8042_FULL) || (!(status & MINE) && another))
            break;
        uint8_t byte = ddi_in8(I8042_DATA);

        if (status & MINE)
            take(byte);
    }
}

/* The configuration with these bits cleared, then those set; the keyboard's off when there is no driver for
   it. */
static int configure(uint8_t clear, uint8_t set, bool another)
{
    uint8_t configuration = 0;
    int error = i8042_configuration(&configuration);

    clear |= I8042_KEYBOARD_DISABLED;
    if (!another) {
        clear |= I8042_KEYBOARD_IRQ;
        set |= I8042_KEYBOARD_DISABLED;
    }
    return error ? error : i8042_configure((uint8_t)((configuration & ~clear) | set));
}

static void on_interrupt(unsigned irq)
{
    bool another = ddi_claim(true);

    if (irq == DDI_LEFT_ALONE && !another && i8042_quiet(MINE, false) == 0)
        (void)configure(0, 0, false);
    i8042_take_kept(take);
    take_all(another);
    if (mouse.state == RUNS && mouse.absolute)
        take_pointer();
    (void)ddi_claim(false);
}

/* No answer. */
static void on_time(void)
{
    (void)ddi_claim(true);
    if (mouse.state == SENT || mouse.state == ANSWERS)
        try_again();
    (void)ddi_claim(false);
}

/* A controller without a port for it does not know its switch, which the configuration shows. */
static int open_port(bool another)
{
    uint8_t off = 0, on = 0;
    int error = i8042_quiet(MINE, another);

    if (!error)
        error = i8042_write(I8042_COMMAND, I8042_DISABLE_MOUSE);
    if (!error)
        error = i8042_configuration(&off);
    if (!error)
        error = i8042_write(I8042_COMMAND, I8042_ENABLE_MOUSE);
    if (!error)
        error = i8042_configuration(&on);
    if (!error && (!(off & I8042_MOUSE_DISABLED) || on & I8042_MOUSE_DISABLED))
        error = -ENODEV;
    if (!error)
        error = configure(0, I8042_MOUSE_IRQ, another);
    if (error && another)
        (void)i8042_write(I8042_COMMAND, I8042_ENABLE_KEYBOARD);
    return error;
}

static int init(void)
{
    if (ddi_in8(I8042_STATUS) == 0xff)
        return -ENODEV;
    int error = ddi_irq_listen(MOUSE_IRQ);

    if (error)
        return error;
    tell_buttons(0); /* those that were held when it failed */
    error = open_port(ddi_claim(true));
    if (!error)
        begin();
    (void)ddi_claim(false);
    if (error)
        ddi_log(DDI_INFO, "mouse", "the 8042 has no port for one");
    return error ? -ENODEV : 0;
}

static void quiesce(void)
{
    bool another = ddi_claim(true);

    if (mouse.absolute)
        vmmouse_stop();
    send(QUIET, 0);
    if (i8042_quiet(MINE, another) == 0)
        (void)configure(I8042_MOUSE_IRQ, I8042_MOUSE_DISABLED, another);
    (void)ddi_claim(false);
}

static int64_t request(unsigned what, uint64_t value)
{
    (void)value;
    if (what != REQUEST_TELL)
        return -EINVAL;
    return mouse.state == RUNS ? mouse.id | (mouse.absolute ? TELL_ABSOLUTE : 0) : -ENODEV;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "mouse",
        .what = "PS/2 mouse, vmmouse",
        .class = DDI_INPUT,
        .ports = {{I8042_DATA, I8042_DATA, DDI_ANY_VALUE, 0},
                  {I8042_COMMAND, I8042_COMMAND, COMMANDS, sizeof(COMMANDS) - 1},
                  {BACKDOOR, BACKDOOR, BACKDOOR_COMMANDS, sizeof(BACKDOOR_COMMANDS) - 1}},
        .shares = I8042,
        .irqs = 1u << MOUSE_IRQ,
        .steps = {{DDI_STEP_READ, 0, I8042_STATUS}, {DDI_STEP_NEEDS, I8042_FULL | MINE, 0},
                  {DDI_STEP_KEEP, 0, I8042_DATA}},
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &mouse,
    .state_size = sizeof(mouse),
    .init = init,
    .irq = on_interrupt,
    .timer = on_time,
    .quiesce = quiesce,
    .request = request,
};
