/*
 * The PS/2 keyboard behind the 8042 controller, with the controller's translation on: scan codes
 * are of set 1, as the BIOS left them and as every emulator and USB legacy BIOS gives them.
 *
 * During init the controller's interrupt is off; the rest is the line's.
 *
 * Follows the IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device
 * Controller" (1990), and "Keyboards" for the commands.
 */
#include "drivers/ddi.h"
#include "drivers/keyboard/codes.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"

#define PORT_DATA    0x60
#define PORT_STATUS  0x64 /* read */
#define PORT_COMMAND 0x64 /* write */
#define KEYBOARD_IRQ 1

#define STATUS_OUTPUT_FULL 0x01 /* a byte waits at port 60h */
#define STATUS_INPUT_FULL  0x02 /* the controller has not taken our last byte */
#define STATUS_FROM_MOUSE  0x20

/* Controller commands. */
#define READ_CONFIGURATION  0x20
#define WRITE_CONFIGURATION 0x60
#define DISABLE_MOUSE       0xa7
#define DISABLE_KEYBOARD    0xad
#define ENABLE_KEYBOARD     0xae

#define COMMANDS "\x20\x60\xa7\xad\xae"

#define CONFIGURATION_KEYBOARD_IRQ      0x01
#define CONFIGURATION_MOUSE_IRQ         0x02
#define CONFIGURATION_KEYBOARD_DISABLED 0x10
#define CONFIGURATION_TRANSLATE         0x40

/* Keyboard commands and answers. */
#define SET_LIGHTS   0xed
#define ENABLE       0xf4 /* scanning on, buffer cleared */
#define RESET        0xff
#define ACKNOWLEDGED 0xfa
#define SELF_TEST_OK 0xaa
#define RESEND       0xfe

/* A controller answers within 20 µs or so, a keyboard within 20 ms (IBM's limit); its self-test
   takes half a second. */
#define CONTROLLER_WAIT_US 10000
#define ANSWER_WAIT_US     25000
#define SELF_TEST_WAIT_US  750000
#define POLL_US            10
#define LIGHTS_GIVE_UP_US  1000000

#define PREFIX_E0 0xe0
#define PREFIX_E1 0xe1
#define RELEASED  0x80

static struct {
    uint8_t prefix;     /* PREFIX_E0, PREFIX_E1 or 0 */
    uint8_t pause_left; /* bytes of the Pause key still to swallow */
    /* Lights are set from the handler, one byte an interrupt: command, FAh, value, FAh. */
    enum { LIGHTS_IDLE, LIGHTS_COMMAND_SENT, LIGHTS_VALUE_SENT } lights_state;
    uint8_t lights_wanted, lights_sent;
    uint64_t lights_us; /* when the command was sent */
} keyboard;

/* ---- controller ------------------------------------------------------------------------------ */

/* Wait until (status & mask) == value; false after timeout_us. Port reads take time too, so the
   real limit is a little more; it never depends on the device. */
static bool wait_status(uint8_t mask, uint8_t value, uint32_t timeout_us)
{
    for (uint32_t waited_us = 0;; waited_us += POLL_US) {
        if ((ddi_in8(PORT_STATUS) & mask) == value)
            return true;
        if (waited_us >= timeout_us)
            return false;
        ddi_delay_us(POLL_US);
    }
}

static int write_port(uint16_t port, uint8_t byte)
{
    if (!wait_status(STATUS_INPUT_FULL, 0, CONTROLLER_WAIT_US))
        return -EIO;
    ddi_out8(port, byte);
    return 0;
}

static int read_data(uint8_t *byte, uint32_t timeout_us)
{
    if (!wait_status(STATUS_OUTPUT_FULL, STATUS_OUTPUT_FULL, timeout_us))
        return -EIO;
    *byte = ddi_in8(PORT_DATA);
    return 0;
}

/* Throw away what waits. A controller holds 16 bytes; one that never ends is broken. */
static int flush(void)
{
    for (unsigned i = 0; i < 64; i++) {
        if (!(ddi_in8(PORT_STATUS) & STATUS_OUTPUT_FULL))
            return 0;
        (void)ddi_in8(PORT_DATA);
        ddi_delay_us(POLL_US);
    }
    ddi_log(DDI_WARN, "keyboard", "the controller's output buffer does not empty: status 0x%02x",
            ddi_in8(PORT_STATUS));
    return -EIO;
}

static int read_configuration(uint8_t *configuration)
{
    int error = write_port(PORT_COMMAND, READ_CONFIGURATION);
    return error ? error : read_data(configuration, CONTROLLER_WAIT_US);
}

static int write_configuration(uint8_t configuration)
{
    int error = write_port(PORT_COMMAND, WRITE_CONFIGURATION);
    return error ? error : write_port(PORT_DATA, configuration);
}

/* ---- keyboard -------------------------------------------------------------------------------- */

/* Send a byte and wait for its FAh; a key pressed meanwhile is dropped. Twice again after FEh. */
static int command(uint8_t byte)
{
    for (unsigned attempt = 0; attempt < 3; attempt++) {
        int error = write_port(PORT_DATA, byte);
        if (error)
            return error;
        uint8_t answer = 0;
        for (unsigned i = 0; i < 8 && answer != ACKNOWLEDGED && answer != RESEND; i++) {
            error = read_data(&answer, ANSWER_WAIT_US);
            if (error)
                return error;
        }
        if (answer == ACKNOWLEDGED)
            return 0;
    }
    return -EIO;
}

/* Only for a keyboard that does not answer otherwise: the self-test takes half a second. */
static int reset(void)
{
    int error = command(RESET);
    if (error)
        return error;
    uint8_t result;
    error = read_data(&result, SELF_TEST_WAIT_US);
    if (error)
        return error;
    return result == SELF_TEST_OK ? 0 : -EIO;
}

static int enable(void)
{
    int error = command(ENABLE);
    if (!error)
        return 0;
    ddi_log(DDI_WARN, "keyboard", "does not answer command 0xf4; resetting it");
    error = reset();
    return error ? error : command(ENABLE);
}

/* A keyboard without lights refuses; that is no error. */
static void show_first_lights(void)
{
    uint8_t lights = ddi_input_key(0, false);
    if (command(SET_LIGHTS) == 0)
        (void)command(lights);
    keyboard.lights_wanted = keyboard.lights_sent = lights;
}

/* ---- interrupt ------------------------------------------------------------------------------- */

static void send_lights_if_wanted(void)
{
    if (keyboard.lights_state != LIGHTS_IDLE &&
        ddi_now_us() - keyboard.lights_us < LIGHTS_GIVE_UP_US)
        return;
    keyboard.lights_state = LIGHTS_IDLE;
    if (keyboard.lights_wanted == keyboard.lights_sent)
        return;
    if (ddi_in8(PORT_STATUS) & STATUS_INPUT_FULL)
        return; /* with a later key, then */
    ddi_out8(PORT_DATA, SET_LIGHTS);
    keyboard.lights_state = LIGHTS_COMMAND_SENT;
    keyboard.lights_us = ddi_now_us();
}

static void lights_acknowledged(void)
{
    if (keyboard.lights_state == LIGHTS_COMMAND_SENT &&
        !(ddi_in8(PORT_STATUS) & STATUS_INPUT_FULL)) {
        keyboard.lights_sent = keyboard.lights_wanted;
        ddi_out8(PORT_DATA, keyboard.lights_sent);
        keyboard.lights_state = LIGHTS_VALUE_SENT;
        return;
    }
    keyboard.lights_state = LIGHTS_IDLE;
    send_lights_if_wanted(); /* they may have changed meanwhile */
}

/* Refused: stay with what is lit, and try again when a lock changes. */
static void lights_refused(void)
{
    keyboard.lights_sent = keyboard.lights_wanted;
    keyboard.lights_state = LIGHTS_IDLE;
}

static void key(uint8_t code)
{
    bool pressed = !(code & RELEASED);
    code &= RELEASED - 1;
    if (keyboard.prefix == PREFIX_E0) {
        keyboard.prefix = 0;
        if (code == 0x2a || code == 0x36)
            return; /* the shift that the keyboard feigns around its grey keys */
        code |= 0x80;
    }
    if ((code & 0x7f) == 0)
        return; /* 00h and 80h: the keyboard lost keys */
    if (keyboard_event_code(code))
        ddi_input_event(INPUT_KEY, keyboard_event_code(code), pressed);
    keyboard.lights_wanted = ddi_input_key(code, pressed);
    send_lights_if_wanted();
}

static void take(uint8_t byte)
{
    if (keyboard.pause_left > 0) {
        keyboard.pause_left--; /* E1 1D 45 E1 9D C5: types nothing */
        if (keyboard.pause_left == 0)
            ddi_input_event(INPUT_KEY, KEY_PAUSE, !(byte & RELEASED));
    } else if (byte == ACKNOWLEDGED && keyboard.lights_state != LIGHTS_IDLE) {
        lights_acknowledged();
    } else if (byte == RESEND && keyboard.lights_state != LIGHTS_IDLE) {
        lights_refused();
    } else if (byte == PREFIX_E0) {
        keyboard.prefix = PREFIX_E0;
    } else if (byte == PREFIX_E1) {
        keyboard.pause_left = 2;
    } else if (byte == ACKNOWLEDGED || byte == RESEND || byte == 0xff) {
        keyboard.prefix = 0; /* answers to nothing; FFh: overrun, or the controller is gone */
    } else {
        key(byte);
    }
}

/* The PIC takes edges, so read until nothing waits. */
static void on_interrupt(unsigned irq)
{
    (void)irq;
    for (unsigned i = 0; i < 32; i++) {
        uint8_t status = ddi_in8(PORT_STATUS);
        if (status == 0xff || !(status & STATUS_OUTPUT_FULL))
            break;
        uint8_t byte = ddi_in8(PORT_DATA);
        if (!(status & STATUS_FROM_MOUSE))
            take(byte);
    }
}

/* ---- start ----------------------------------------------------------------------------------- */

/* Everything quiet and the buffer empty, so that the next byte is the answer to our question. */
static int quiet_controller(uint8_t *configuration)
{
    int error = write_port(PORT_COMMAND, DISABLE_KEYBOARD);
    if (!error)
        error = write_port(PORT_COMMAND, DISABLE_MOUSE);
    if (!error && !wait_status(STATUS_INPUT_FULL, 0, CONTROLLER_WAIT_US))
        error = -EIO;
    if (!error)
        error = flush();
    return error ? error : read_configuration(configuration);
}

static int start_keyboard(uint8_t *configuration)
{
    *configuration |= CONFIGURATION_TRANSLATE;
    *configuration &= (uint8_t) ~(CONFIGURATION_KEYBOARD_IRQ | CONFIGURATION_MOUSE_IRQ |
                                  CONFIGURATION_KEYBOARD_DISABLED);
    int error = write_configuration(*configuration);
    if (!error)
        error = write_port(PORT_COMMAND, ENABLE_KEYBOARD);
    if (error)
        return error;
    error = enable();
    if (error)
        return error;
    show_first_lights();
    return 0;
}

static int failed(const char *what, int error)
{
    ddi_log(DDI_WARN, "keyboard", "%s: no keyboard (status 0x%02x); use COM1", what,
            ddi_in8(PORT_STATUS));
    return error;
}

static int init(void)
{
    if (ddi_in8(PORT_STATUS) == 0xff) {
        ddi_log(DDI_INFO, "keyboard", "no 8042 controller: port 0x64 reads 0xff");
        return -ENODEV;
    }
    uint8_t configuration = 0;
    int error = quiet_controller(&configuration);
    if (error)
        return failed("the 8042 controller does not answer", error);
    error = start_keyboard(&configuration);
    if (error)
        return failed("nothing answers at the keyboard port", -ENODEV); /* none is no failure */
    error = ddi_irq_listen(KEYBOARD_IRQ);
    if (error)
        return failed("irq 1 is taken", error);
    error = write_configuration(configuration | CONFIGURATION_KEYBOARD_IRQ);
    if (error)
        return failed("the 8042 controller does not take its configuration", error);
    /* A key of this moment may have come without its edge, and would block all others. */
    (void)flush();
    ddi_log(DDI_INFO, "keyboard", "PS/2, 0x60 0x64 irq 1");
    return 0;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "keyboard",
        .what = "PS/2 keyboard",
        .class = DDI_INPUT,
        /* Of the controller's commands those above alone: another resets the machine. */
        .ports = {{PORT_DATA, PORT_DATA, DDI_ANY_VALUE, 0}, {PORT_COMMAND, PORT_COMMAND, COMMANDS, 5}},
        .irqs = 1u << KEYBOARD_IRQ,
        .heartbeat_ms = 3000, /* a keyboard that has to be reset takes its time */
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &keyboard,
    .state_size = sizeof(keyboard),
    .init = init,
    .irq = on_interrupt,
};
