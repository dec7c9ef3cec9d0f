/*
 * The PS/2 keyboard behind the 8042 controller (drivers/i8042.h). Scan codes are of set 1, as the
 * controller's translation makes them; those of set 2, where it does not translate, become the same here.
 *
 * During init the controller's interrupt is off; the rest is the line's.
 *
 * Follows the IBM PS/2 Hardware Interface Technical Reference, "Keyboards" (1990), for the commands.
 */
#include "drivers/ddi.h"
#include "drivers/i8042.h"
#include "drivers/keyboard/codes.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"

#define KEYBOARD_IRQ 1

#define COMMANDS "\x20\x60\xa7\xaa\xad\xae"

/* Keyboard commands and answers. */
#define SET_LIGHTS   0xed
#define SCAN_SET     0xf0 /* parameter 0: which one? */
#define SET_RATE     0xf3 /* typematic: bits 0–4 rate, 5–6 delay */
#define ENABLE       0xf4 /* scanning on, buffer cleared */
#define RESET        0xff
#define ACKNOWLEDGED 0xfa
#define SELF_TEST_OK 0xaa
#define RESEND       0xfe

#define CONTROLLER_OK 0x55

/* A keyboard answers within 20 ms (IBM's limit); its self-test takes half a second. */
#define ANSWER_WAIT_US     25000
#define SELF_TEST_WAIT_US  750000
#define CONTROLLER_TEST_US 300000
#define GIVE_UP_US         1000000

#define PREFIX_E0  0xe0
#define PREFIX_E1  0xe1
#define RELEASE_F0 0xf0
#define RELEASED   0x80

enum { REQUEST_TELL, REQUEST_RATE, REQUEST_CODES };

/* The word that outlives a failure: the rate, and whether it or set 2 was asked for. */
#define KEPT_RATE 0x100u
#define KEPT_SET2 0x200u
#define RATE_MAX  0x7fu

enum { LIGHTS, RATE, SETTINGS };

static struct {
    uint8_t prefix;     /* PREFIX_E0, PREFIX_E1 or 0 */
    uint8_t pause_left; /* bytes of the Pause key still to swallow */
    bool set2, released; /* codes come as they are; F0h came before one */
    bool doubtful;       /* the controller may only say that it translates */
    bool configured;
    uint8_t configuration; /* our part of it, and what is nobody's */
    /* Settings are sent from the handler, one byte an interrupt: command, FAh, value, FAh. */
    enum { IDLE, COMMAND_SENT, VALUE_SENT } sending;
    unsigned setting; /* which one */
    uint64_t sent_us; /* when the command was */
    struct {
        uint8_t command, wanted, sent;
    } settings[SETTINGS];
} keyboard;

/* ---- keyboard -------------------------------------------------------------------------------- */

static int send(uint8_t byte)
{
    (void)ddi_claim(true);
    int error = i8042_write(I8042_DATA, byte);

    (void)ddi_claim(false);
    return error;
}

/* The keyboard's byte, when one waits; a mouse's that nobody would take is dropped. */
static bool receive(uint8_t *byte)
{
    bool another = ddi_claim(true);
    uint8_t status = ddi_in8(I8042_STATUS), from_mouse = status & I8042_FROM_MOUSE;

    if (status & I8042_FULL && !(from_mouse && another))
        *byte = ddi_in8(I8042_DATA);
    (void)ddi_claim(false);
    return status & I8042_FULL && !from_mouse;
}

static int read_answer(uint8_t *byte, uint32_t timeout_us)
{
    for (uint32_t waited_us = 0; !receive(byte); waited_us += I8042_POLL_US) {
        if (waited_us >= timeout_us)
            return -EIO;
        ddi_delay_us(I8042_POLL_US);
    }
    return 0;
}

/* Send a byte and wait for its FAh; a key pressed meanwhile is dropped. Twice again after FEh. */
static int command(uint8_t byte)
{
    for (unsigned attempt = 0; attempt < 3; attempt++) {
        int error = send(byte);
        uint8_t answer = 0;

        for (unsigned i = 0; i < 8 && !error && answer != ACKNOWLEDGED && answer != RESEND; i++)
            error = read_answer(&answer, ANSWER_WAIT_US);
        if (error || answer == ACKNOWLEDGED)
            return error;
    }
    return -EIO;
}

/* Only for a keyboard that does not answer otherwise: the self-test takes half a second. */
static int reset(void)
{
    uint8_t result = 0;
    int error = command(RESET);

    if (!error)
        error = read_answer(&result, SELF_TEST_WAIT_US);
    return error || result == SELF_TEST_OK ? error : -EIO;
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

/* A keyboard that has no such thing refuses; that is no error. */
static void set_at_once(unsigned setting, uint8_t command_byte, uint8_t value, bool wanted)
{
    if (wanted && command(command_byte) == 0)
        (void)command(value);
    keyboard.settings[setting].command = command_byte;
    keyboard.settings[setting].wanted = keyboard.settings[setting].sent = value;
}

/* Its scan-code set as it comes to us; 0: it does not say. */
static uint8_t ask_set(void)
{
    uint8_t set = 0;

    if (command(SCAN_SET) || command(0) || read_answer(&set, ANSWER_WAIT_US))
        return 0;
    return set;
}

/* Translated: 43h, 41h, 3Fh for the sets 1 to 3. What comes must be set 1 by either's doing, or plain
   set 2. An answer that was not translated says little: Bochs translates keys alone. */
static void find_set(void)
{
    bool translates = keyboard.configuration & I8042_TRANSLATE;
    uint8_t set = ask_set();

    if (set == 0x43 || set == 0x3f || set == 3) {
        (void)(command(SCAN_SET) || command(2));
        set = ask_set();
    }
    keyboard.set2 = !translates && set != 1;
    keyboard.doubtful = translates && set == 2;
}

/* ---- interrupt ------------------------------------------------------------------------------- */

/* With the claim, as all that follows. */
static void send_what_is_wanted(void)
{
    if (keyboard.sending != IDLE && ddi_now_us() - keyboard.sent_us < GIVE_UP_US)
        return;
    keyboard.sending = IDLE;
    for (unsigned i = 0; i < SETTINGS; i++) {
        if (keyboard.settings[i].wanted == keyboard.settings[i].sent)
            continue;
        if (ddi_in8(I8042_STATUS) & I8042_BUSY)
            return; /* with a later key, then */
        ddi_out8(I8042_DATA, keyboard.settings[i].command);
        keyboard.sending = COMMAND_SENT;
        keyboard.setting = i;
        keyboard.sent_us = ddi_now_us();
        return;
    }
}

static void acknowledged(void)
{
    if (keyboard.sending == COMMAND_SENT && !(ddi_in8(I8042_STATUS) & I8042_BUSY)) {
        keyboard.settings[keyboard.setting].sent = keyboard.settings[keyboard.setting].wanted;
        ddi_out8(I8042_DATA, keyboard.settings[keyboard.setting].sent);
        keyboard.sending = VALUE_SENT;
        return;
    }
    keyboard.sending = IDLE;
    send_what_is_wanted(); /* it may have changed meanwhile */
}

/* Refused: stay with what is, and try again when it changes. */
static void refused(void)
{
    keyboard.settings[keyboard.setting].sent = keyboard.settings[keyboard.setting].wanted;
    keyboard.sending = IDLE;
    send_what_is_wanted();
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
    keyboard.settings[LIGHTS].wanted = ddi_input_key(code, pressed);
    send_what_is_wanted();
}

static void take(uint8_t byte)
{
    if (keyboard.pause_left > 0) {
        keyboard.pause_left--; /* E1 1D 45 E1 9D C5: types nothing */
        if (keyboard.pause_left == 0)
            ddi_input_event(INPUT_KEY, KEY_PAUSE, !(byte & RELEASED));
    } else if (byte == ACKNOWLEDGED && keyboard.sending != IDLE) {
        acknowledged();
    } else if (byte == RESEND && keyboard.sending != IDLE) {
        refused();
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

/* The first key that is released: in set 1 hardly any has this code. */
static void dispel_doubt(uint8_t byte)
{
    if (!keyboard.doubtful || byte != RELEASE_F0)
        return;
    keyboard.doubtful = false;
    keyboard.set2 = true;
    ddi_log(DDI_WARN, "keyboard", "the controller does not translate: scan codes of set 2");
}

/* As the controller would have it: F0h becomes a bit of the code behind it. */
static void take_set2(uint8_t byte)
{
    uint8_t code = keyboard_set1_code(byte);

    if (byte == RELEASE_F0) {
        keyboard.released = true;
        return;
    }
    take(code == 0 ? byte : keyboard.released ? code | RELEASED : code);
    keyboard.released = false;
}

static void take_any(uint8_t byte)
{
    dispel_doubt(byte);
    (keyboard.set2 ? take_set2 : take)(byte);
}

/* The PIC takes edges, so read until nothing waits: what came while somebody had the controller. */
static void take_all(bool another)
{
    for (unsigned i = 0; i < 32; i++) {
        uint8_t status = ddi_in8(I8042_STATUS);

        if (status == 0xff || !(status & I8042_FULL) || (status & I8042_FROM_MOUSE && another))
            break; /* what lies behind the mouse's byte has an interrupt of its own */
        uint8_t byte = ddi_in8(I8042_DATA);

        if (status & I8042_FROM_MOUSE)
            continue;
        take_any(byte);
    }
}

/* The mouse's driver ended, and has not begun anew: nobody would take what the mouse says. */
static void turn_mouse_off(void)
{
    uint8_t ours = keyboard.configuration & (uint8_t)~I8042_MOUSE_IRQ;

    if (keyboard.configured)
        (void)i8042_configure(ours | I8042_MOUSE_DISABLED);
    else
        (void)i8042_write(I8042_COMMAND, I8042_DISABLE_MOUSE);
}

static void on_interrupt(unsigned irq)
{
    bool another = ddi_claim(true);

    if (irq == DDI_LEFT_ALONE && !another)
        turn_mouse_off();
    i8042_take_kept(take_any);
    take_all(another);
    (void)ddi_claim(false);
}

/* ---- start ----------------------------------------------------------------------------------- */

/* Some controllers forget their configuration by it, and those that a BIOS feigns may not know it. Not while
   somebody else uses it. */
static void test_controller(void)
{
    uint8_t result = 0;

    if (i8042_ask(I8042_SELF_TEST, &result, CONTROLLER_TEST_US) || result != CONTROLLER_OK)
        ddi_log(DDI_INFO, "keyboard", "the 8042's self-test says 0x%02x, not 0x55", result);
}

/* What was read, with these bits cleared, then those set, and the mouse's off when there is no driver for
   it. */
static int write_configuration(uint8_t clear, uint8_t set, bool another)
{
    if (!another) {
        clear |= I8042_MOUSE_IRQ;
        set |= I8042_MOUSE_DISABLED;
    }
    keyboard.configuration = (uint8_t)((keyboard.configuration & ~clear) | set);
    return i8042_configure(keyboard.configuration);
}

/* One that does not tell its configuration is left as it is. Some have no translation: the bit stays off. */
static int start_controller(bool another)
{
    uint8_t translate = ddi_kept() & KEPT_SET2 ? 0 : I8042_TRANSLATE;
    int error = another ? 0 : i8042_write(I8042_COMMAND, I8042_DISABLE_MOUSE);

    if (!error)
        error = i8042_quiet(0, another);
    if (error)
        return error;
    keyboard.configured = i8042_configuration(&keyboard.configuration) == 0;
    if (!another)
        test_controller();
    if (keyboard.configured)
        error = write_configuration(I8042_TRANSLATE | I8042_KEYBOARD_IRQ,
                                    translate | I8042_KEYBOARD_DISABLED, another);
    if (!error && keyboard.configured)
        error = i8042_configuration(&keyboard.configuration);
    if (!keyboard.configured) {
        ddi_log(DDI_WARN, "keyboard", "the 8042 does not tell its configuration; left as it is");
        keyboard.configuration = translate;
    }
    return error ? error : i8042_write(I8042_COMMAND, I8042_ENABLE_KEYBOARD);
}

/* Of a keyboard that runs: its port is off for the moment. */
static int reconfigure(uint8_t clear, uint8_t set, bool another)
{
    int error = i8042_quiet(0, another);

    if (!error && keyboard.configured)
        error = i8042_configuration(&keyboard.configuration);
    if (!error && keyboard.configured)
        error = write_configuration(clear | I8042_KEYBOARD_DISABLED, set, another);
    return error ? error : i8042_write(I8042_COMMAND, I8042_ENABLE_KEYBOARD);
}

static int start_keyboard(void)
{
    uint64_t kept = ddi_kept();

    find_set();
    int error = enable();

    if (error)
        return error;
    set_at_once(LIGHTS, SET_LIGHTS, ddi_input_key(0, false), true);
    set_at_once(RATE, SET_RATE, kept & RATE_MAX, kept & KEPT_RATE);
    return 0;
}

/* A key of this moment may have come without its edge, and would block all others. */
static int open_line(void)
{
    bool another = ddi_claim(true);
    int error = reconfigure(0, I8042_KEYBOARD_IRQ, another);

    if (!error)
        (void)i8042_empty(0, another);
    (void)ddi_claim(false);
    return error;
}

static int failed(const char *what, int error)
{
    (void)ddi_claim(false);
    ddi_log(DDI_WARN, "keyboard", "%s: no keyboard (status 0x%02x); use COM1", what,
            ddi_in8(I8042_STATUS));
    return error;
}

static int init(void)
{
    if (ddi_in8(I8042_STATUS) == 0xff) {
        ddi_log(DDI_INFO, "keyboard", "no 8042 controller: port 0x64 reads 0xff");
        return -ENODEV;
    }
    int error = start_controller(ddi_claim(true));
    if (error)
        return failed("the 8042 controller does not answer", error);
    (void)ddi_claim(false);
    if (start_keyboard())
        return failed("nothing answers at the keyboard port", -ENODEV); /* none is no failure */
    error = ddi_irq_listen(KEYBOARD_IRQ);
    if (error)
        return failed("irq 1 is taken", error);
    error = open_line();
    if (error)
        return failed("the 8042 controller does not take its configuration", error);
    ddi_log(DDI_INFO, "keyboard", "PS/2, 0x60 0x64 irq 1%s", keyboard.set2 ? ", scan codes of set 2" : "");
    return 0;
}

/* ---- requests -------------------------------------------------------------------------------- */

static int set_rate(uint64_t rate)
{
    if (rate > RATE_MAX)
        return -EINVAL;
    ddi_keep((ddi_kept() & KEPT_SET2) | KEPT_RATE | rate);
    keyboard.settings[RATE].wanted = (uint8_t)rate;
    (void)ddi_claim(true);
    send_what_is_wanted();
    (void)ddi_claim(false);
    return 0;
}

/* Translated to set 1 by the controller, or set 2 as they are. */
static int set_codes(uint64_t set)
{
    if (set != 1 && set != 2)
        return -EINVAL;
    ddi_keep((ddi_kept() & (KEPT_RATE | RATE_MAX)) | (set == 2 ? KEPT_SET2 : 0));
    bool another = ddi_claim(true);
    int error = reconfigure(set == 2 ? I8042_TRANSLATE : 0, set == 2 ? 0 : I8042_TRANSLATE, another);

    (void)ddi_claim(false);
    keyboard.set2 = set == 2;
    return error;
}

static int64_t request(unsigned what, uint64_t value)
{
    switch (what) {
    case REQUEST_TELL:
        return keyboard.set2 ? 2 : 1;
    case REQUEST_RATE:
        return set_rate(value);
    case REQUEST_CODES:
        return set_codes(value);
    default:
        return -EINVAL;
    }
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "keyboard",
        .what = "PS/2 keyboard",
        .class = DDI_INPUT,
        /* Of the controller's commands those above alone: another resets the machine. */
        .ports = {{I8042_DATA, I8042_DATA, DDI_ANY_VALUE, 0},
                  {I8042_COMMAND, I8042_COMMAND, COMMANDS, sizeof(COMMANDS) - 1}},
        .shares = I8042,
        .irqs = 1u << KEYBOARD_IRQ,
        .steps = {{DDI_STEP_READ, 0, I8042_STATUS}, {DDI_STEP_NEEDS, I8042_FULL, 0},
                  {DDI_STEP_LACKS, I8042_FROM_MOUSE, 0}, {DDI_STEP_KEEP, 0, I8042_DATA}},
        .heartbeat_ms = 3000, /* a keyboard that has to be reset takes its time */
        .placement = DDI_PLACED_KERNEL,
    },
    .state = &keyboard,
    .state_size = sizeof(keyboard),
    .init = init,
    .irq = on_interrupt,
    .request = request,
};
