/* links: drivers/keyboard/keyboard.c drivers/keyboard/codes.c */
/* The keyboard driver against a fake 8042 with a fake keyboard, each of which may be absent,
   silent, slow or mad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "drivers/keyboard/codes.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"

static struct {
    bool no_controller, never_takes, output_stuck, garbage, silent_keyboard, refuses_lights;
    bool needs_reset;
    unsigned resends;
    uint8_t out[64];
    size_t out_size;
    uint8_t configuration, lights;
    int parameter_of; /* command byte whose parameter comes next, or -1; +0x100: the keyboard's */
    bool enabled;
    unsigned resets, flushed, port_reads;
    uint8_t random;
} fake;

static unsigned bound; /* to this line; 0: to none */

static struct {
    uint8_t code;
    bool pressed;
} events[64];
static size_t event_count;
static uint64_t waited_us, clock_us;
static uint8_t lights;

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
    (void)level, (void)area, (void)format;
}

uint64_t ddi_now_us(void)
{
    return clock_us;
}

void ddi_delay_us(uint32_t us)
{
    waited_us += us;
}

int ddi_irq_listen(unsigned irq)
{
    bound = irq;
    return 0;
}

uint8_t ddi_input_key(uint8_t code, bool pressed)
{
    if (code == 0)
        return lights;
    assert_true(event_count < 64);
    events[event_count].code = code;
    events[event_count++].pressed = pressed;
    if (code == 0x3a && pressed)
        lights ^= DDI_LIGHT_CAPS;
    return lights;
}

/* What programs are told. */
static struct {
    unsigned code;
    int value;
} told[64];
static size_t told_count;

void ddi_input_event(unsigned type, unsigned code, int value)
{
    assert_int_equal(type, INPUT_KEY);
    assert_in_range(code, 1, INPUT_CODES - 1);
    assert_true(told_count < 64);
    told[told_count].code = code;
    told[told_count++].value = value;
}

static void queue(uint8_t byte)
{
    assert_true(fake.out_size < sizeof(fake.out));
    fake.out[fake.out_size++] = byte;
}

uint8_t ddi_in8(uint16_t port)
{
    fake.port_reads++;
    assert_true(fake.port_reads < 2000000);
    if (fake.no_controller)
        return 0xff;
    if (fake.garbage) {
        fake.random = (uint8_t)(fake.random * 5 + 3);
        return port == 0x64 ? (uint8_t)(fake.random & 0x7f) : fake.random;
    }
    if (port == 0x64)
        return (uint8_t)(fake.out_size > 0 || fake.output_stuck) |
               (uint8_t)(fake.never_takes ? 2 : 0) | 0x1c;
    assert_int_equal(port, 0x60);
    if (fake.output_stuck || fake.out_size == 0)
        return 0x55;
    uint8_t byte = fake.out[0];
    memmove(fake.out, fake.out + 1, --fake.out_size);
    fake.flushed++;
    return byte;
}

static void keyboard_byte(uint8_t byte)
{
    if (fake.silent_keyboard || (fake.needs_reset && byte != 0xff && fake.resets == 0))
        return;
    if (fake.resends > 0) {
        fake.resends--;
        queue(0xfe);
        return;
    }
    if (fake.parameter_of == 0x1ed) {
        fake.parameter_of = -1;
        fake.lights = byte;
        queue(0xfa);
        return;
    }
    switch (byte) {
    case 0xf4:
        fake.enabled = true;
        queue(0xfa);
        break;
    case 0xed:
        if (!fake.refuses_lights)
            fake.parameter_of = 0x1ed;
        queue(fake.refuses_lights ? 0xfe : 0xfa);
        break;
    case 0xff:
        fake.resets++;
        queue(0xfa);
        queue(0xaa);
        break;
    default:
        queue(0xfe);
    }
}

void ddi_out8(uint16_t port, uint8_t value)
{
    if (fake.no_controller || fake.garbage)
        return;
    assert_false(fake.never_takes); /* nothing may be written while the input buffer is full */
    if (port == 0x60 && fake.parameter_of == 0x60) {
        fake.parameter_of = -1;
        fake.configuration = value;
    } else if (port == 0x60) {
        keyboard_byte(value);
    } else if (value == 0x20) {
        queue(fake.configuration);
    } else if (value == 0x60) {
        fake.parameter_of = 0x60;
    }
}

static int fresh(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    memset(&bound, 0, sizeof(bound));
    fake.configuration = 0x43;
    fake.parameter_of = -1;
    event_count = told_count = 0;
    waited_us = clock_us = 0;
    lights = DDI_LIGHT_NUM;
    return 0;
}

/* As the kernel does it. */
static int start(void)
{
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    return ddi_driver.init();
}

static void feed(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        queue(bytes[i]);
        ddi_driver.irq(bound);
    }
}

static void test_starts(void **state)
{
    (void)state;
    queue(0x9c); /* the BIOS's last key */
    assert_int_equal(start(), 0);
    assert_int_equal(bound, 1);
    assert_true(fake.enabled);
    /* Translation, irq 1, clock on, no irq of the mouse. */
    assert_int_equal(fake.configuration & 0x53, 0x41);
    assert_int_equal(fake.lights, DDI_LIGHT_NUM);
    assert_int_equal(fake.resets, 0);
    assert_int_equal(event_count, 0);
    assert_true(waited_us < 1000);
}

static void test_absent_controller(void **state)
{
    (void)state;
    fake.no_controller = true;
    assert_int_equal(start(), -ENODEV);
    assert_int_equal(bound, 0);
    assert_int_equal(waited_us, 0);
}

static void test_controller_that_never_takes(void **state)
{
    (void)state;
    fake.never_takes = true;
    assert_int_equal(start(), -EIO);
    assert_in_range(waited_us, 10000, 20000);
}

static void test_stuck_output_buffer(void **state)
{
    (void)state;
    fake.output_stuck = true;
    assert_int_equal(start(), -EIO);
    assert_true(waited_us < 20000);
    assert_int_equal(bound, 0);
}

static void test_no_keyboard(void **state)
{
    (void)state;
    fake.silent_keyboard = true;
    assert_int_equal(start(), -ENODEV);
    assert_in_range(waited_us, 25000, 100000);
}

static void test_keyboard_that_needs_a_reset(void **state)
{
    (void)state;
    fake.needs_reset = true;
    assert_int_equal(start(), 0);
    assert_int_equal(fake.resets, 1);
    assert_true(fake.enabled);
}

static void test_resend_is_obeyed_and_bounded(void **state)
{
    (void)state;
    fake.resends = 2;
    assert_int_equal(start(), 0);
    fresh(NULL);
    fake.resends = 1000000;
    assert_int_equal(start(), -ENODEV);
}

static void test_keyboard_without_lights(void **state)
{
    (void)state;
    fake.refuses_lights = true;
    assert_int_equal(start(), 0);
    feed((const uint8_t[]){0x3a, 0xba, 0x1e}, 3);
    while (fake.out_size > 0)
        ddi_driver.irq(bound);
    assert_int_equal(events[event_count - 1].code, 0x1e);
}

static void test_garbage_ends(void **state)
{
    (void)state;
    for (unsigned seed = 0; seed < 256; seed++) {
        fresh(NULL);
        fake.garbage = true;
        fake.random = (uint8_t)seed;
        (void)start();
        assert_true(waited_us < 5000000);
        if (bound) {
            fake.port_reads = 0;
            ddi_driver.irq(bound);
            assert_true(fake.port_reads < 250); /* 32 bytes at most, a few reads each */
        }
    }
}

static void test_keys(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    feed((const uint8_t[]){0x1e, 0x9e}, 2);             /* a */
    feed((const uint8_t[]){0xe0, 0x2a, 0xe0, 0x48}, 4); /* up, with a feigned shift */
    feed((const uint8_t[]){0xe0, 0xc8, 0xe0, 0xaa}, 4);
    feed((const uint8_t[]){0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}, 6); /* pause */
    feed((const uint8_t[]){0xff, 0x00, 0xfa, 0xfe}, 4);             /* no keys */
    feed((const uint8_t[]){0x1c}, 1);
    const uint8_t codes[] = {0x1e, 0x1e, 0xc8, 0xc8, 0x1c};
    const bool pressed[] = {true, false, true, false, true};
    assert_int_equal(event_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(events[i].code, codes[i]);
        assert_int_equal(events[i].pressed, pressed[i]);
    }
}

static void test_events(void **state)
{
    static const struct {
        unsigned code;
        int value;
    } wanted[] = {
        {KEY_A, 1},     {KEY_A, 1},     {KEY_A, 0},     {KEY_UP, 1},        {KEY_UP, 0},
        {KEY_PAUSE, 1}, {KEY_PAUSE, 0}, {KEY_SYSRQ, 1}, {KEY_RIGHTCTRL, 1}, {KEY_RIGHTCTRL, 0},
        {KEY_F12, 1},
    };

    (void)state;
    assert_int_equal(start(), 0);
    feed((const uint8_t[]){0x1e, 0x1e, 0x9e}, 3); /* a, held for a while */
    feed((const uint8_t[]){0xe0, 0x2a, 0xe0, 0x48, 0xe0, 0xc8, 0xe0, 0xaa}, 8);
    feed((const uint8_t[]){0xe1, 0x1d, 0x45, 0xe1, 0x9d, 0xc5}, 6);
    feed((const uint8_t[]){0xe0, 0x2a, 0xe0, 0x37, 0xe0, 0x1d, 0xe0, 0x9d}, 8);
    feed((const uint8_t[]){0xff, 0x00, 0x80, 0xe0, 0x00, 0x5e, 0xde}, 7); /* no keys */
    feed((const uint8_t[]){0x58}, 1);
    assert_int_equal(told_count, 11);
    for (size_t i = 0; i < 11; i++) {
        assert_int_equal(told[i].code, wanted[i].code);
        assert_int_equal(told[i].value, wanted[i].value);
    }
}

/* No two keys of a full keyboard have one code, but those that are one key with a modifier. */
static void test_codes(void **state)
{
    unsigned seen[INPUT_CODES] = {0}, known = 0;

    (void)state;
    assert_int_equal(keyboard_event_code(0), 0);
    assert_int_equal(keyboard_event_code(0x80), 0);
    for (unsigned code = 0; code < 256; code++) {
        unsigned key = keyboard_event_code((uint8_t)code);

        assert_in_range(key, 0, INPUT_CODES - 1);
        known += key != 0;
        assert_true(key == 0 || ++seen[key] == 1 || key == KEY_SYSRQ);
    }
    assert_true(known > 130);
    assert_int_equal(keyboard_event_code(0x39), KEY_SPACE);
    assert_int_equal(keyboard_event_code(0x53), KEY_KPDOT);
    assert_int_equal(keyboard_event_code(0xd3), KEY_DELETE);
    assert_int_equal(keyboard_event_code(0xdb), KEY_LEFTMETA);
    assert_int_equal(keyboard_event_code(0x56), KEY_102ND);
}

static void test_lights_follow(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    queue(0x3a);
    while (fake.out_size > 0) /* the acknowledgements come as interrupts, too */
        ddi_driver.irq(bound);
    assert_int_equal(fake.lights, DDI_LIGHT_NUM | DDI_LIGHT_CAPS);
    fake.silent_keyboard = true; /* loses one command */
    feed((const uint8_t[]){0xba, 0x3a}, 2);
    fake.silent_keyboard = false;
    clock_us = 2000000;
    queue(0xba);
    while (fake.out_size > 0)
        ddi_driver.irq(bound);
    assert_int_equal(fake.lights, DDI_LIGHT_NUM);
}

static void test_vanished_controller(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    fake.no_controller = true;
    ddi_driver.irq(bound);
    assert_int_equal(event_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_starts, fresh),
        cmocka_unit_test_setup(test_absent_controller, fresh),
        cmocka_unit_test_setup(test_controller_that_never_takes, fresh),
        cmocka_unit_test_setup(test_stuck_output_buffer, fresh),
        cmocka_unit_test_setup(test_no_keyboard, fresh),
        cmocka_unit_test_setup(test_keyboard_that_needs_a_reset, fresh),
        cmocka_unit_test_setup(test_resend_is_obeyed_and_bounded, fresh),
        cmocka_unit_test_setup(test_keyboard_without_lights, fresh),
        cmocka_unit_test_setup(test_garbage_ends, fresh),
        cmocka_unit_test_setup(test_keys, fresh),
        cmocka_unit_test_setup(test_events, fresh),
        cmocka_unit_test_setup(test_codes, fresh),
        cmocka_unit_test_setup(test_lights_follow, fresh),
        cmocka_unit_test_setup(test_vanished_controller, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
