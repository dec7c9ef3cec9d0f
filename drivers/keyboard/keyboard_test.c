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
#include "drivers/i8042_fake.h"
#include "drivers/keyboard/codes.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"

static struct {
    bool no_controller, never_takes, output_stuck, garbage, silent_keyboard, refuses_lights;
    bool needs_reset, no_configuration, no_self_test, forgets, cannot_translate, mute_about_sets;
    bool plain_answers;
    unsigned resends;
    uint16_t out[64]; /* + FROM_MOUSE */
    size_t out_size;
    uint8_t configuration, lights, rate, set;
    bool mouse_lives;   /* its driver, which takes a byte of its own when it can */
    unsigned mouse_took, self_tests;
    int parameter_of; /* command byte whose parameter comes next, or -1; +0x100: the keyboard's */
    bool enabled;
    unsigned resets, flushed, port_reads;
    uint8_t random;
} fake;

#define FROM_MOUSE 0x100

static unsigned bound; /* to this line; 0: to none */
static uint64_t kept;

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

bool ddi_claim(bool mine)
{
    claimed = mine;
    return fake.mouse_lives;
}

static uint8_t take_out(void)
{
    uint8_t byte = (uint8_t)fake.out[0];

    memmove(fake.out, fake.out + 1, --fake.out_size * sizeof(fake.out[0]));
    return byte;
}

/* The mouse's driver has its turn. */
void ddi_relax(void)
{
    assert_false(claimed);
    if (fake.mouse_lives && fake.out_size > 0 && fake.out[0] & FROM_MOUSE) {
        (void)take_out();
        fake.mouse_took++;
    }
}

void ddi_keep(uint64_t word)
{
    kept = word;
}

uint64_t ddi_kept(void)
{
    return kept;
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

static void queue(uint16_t byte)
{
    assert_true(fake.out_size < sizeof(fake.out));
    fake.out[fake.out_size++] = byte;
}

static uint8_t fake_in8(uint16_t port)
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
               (uint8_t)(fake.out_size > 0 && fake.out[0] & FROM_MOUSE ? 0x20 : 0) |
               (uint8_t)(fake.never_takes ? 2 : 0) | 0x1c;
    assert_int_equal(port, 0x60);
    assert_true(claimed);
    if (fake.output_stuck || fake.out_size == 0)
        return 0x55;
    fake.flushed++;
    return take_out();
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

static bool translates(void)
{
    return fake.configuration & 0x40 && !fake.cannot_translate;
}

/* A parameter of the command before it. */
static void keyboard_parameter(uint8_t command, uint8_t byte)
{
    static const uint8_t translated[] = {0, 0x43, 0x41, 0x3f};

    queue(0xfa);
    if (command == 0xed)
        fake.lights = byte;
    else if (command == 0xf3)
        fake.rate = byte;
    else if (byte)
        fake.set = byte;
    else
        queue(translates() && !fake.plain_answers ? translated[fake.set] : fake.set);
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
    if (fake.parameter_of >= 0x100) {
        uint8_t command = (uint8_t)fake.parameter_of;

        fake.parameter_of = -1;
        keyboard_parameter(command, byte);
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
    case 0xf0:
        if (fake.mute_about_sets) {
            queue(0xfe);
            break;
        }
        /* fallthrough */
    case 0xf3:
        fake.parameter_of = 0x100 + byte;
        queue(0xfa);
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

static void controller_command(uint8_t command)
{
    switch (command) {
    case 0x20:
        if (!fake.no_configuration)
            queue(fake.configuration);
        break;
    case 0x60:
        fake.parameter_of = 0x60;
        break;
    case 0xa7:
        fake.configuration |= 0x20;
        break;
    case 0xaa:
        fake.self_tests++;
        if (fake.forgets)
            fake.configuration = 0x30;
        if (!fake.no_self_test)
            queue(0x55);
        break;
    case 0xad:
        fake.configuration |= 0x10;
        break;
    case 0xae:
        fake.configuration &= (uint8_t)~0x10;
        break;
    default:
        fail_msg("command 0x%x", command);
    }
}

static void fake_out8(uint16_t port, uint8_t value)
{
    assert_true(claimed);
    if (fake.no_controller || fake.garbage)
        return;
    assert_false(fake.never_takes); /* nothing may be written while the input buffer is full */
    if (port == 0x64) {
        controller_command(value);
    } else if (fake.parameter_of == 0x60) {
        fake.parameter_of = -1;
        fake.configuration = fake.cannot_translate ? value & (uint8_t)~0x40 : value;
    } else {
        keyboard_byte(value);
    }
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static int fresh(void **state)
{
    (void)state;
    memset(&fake, 0, sizeof(fake));
    memset(&bound, 0, sizeof(bound));
    fake.configuration = 0x43;
    fake.set = 2;
    kept = 0;
    claimed = false;
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
    int error = ddi_driver.init();

    assert_false(claimed);
    return error;
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
    /* Translation, irq 1, clock on, no irq of the mouse, whose clock is off. */
    assert_int_equal(fake.configuration & 0x73, 0x61);
    assert_int_equal(fake.self_tests, 1);
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

/* What the interrupt program has read is older than what waits at the port. */
static void test_what_is_read_already_comes_first(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    for (unsigned i = 0; i < 40; i++) /* more than is asked for at once */
        kept_bytes[kept_count++] = (uint8_t)(0x02 + i % 10);
    queue(0x1e);
    ddi_driver.irq(bound);
    assert_int_equal(event_count, 41);
    for (unsigned i = 0; i < 40; i++)
        assert_int_equal(events[i].code, 0x02 + i % 10);
    assert_int_equal(events[40].code, 0x1e);
    assert_int_equal(kept_count, 0);
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

static void expect_starts_and_types(void)
{
    assert_int_equal(start(), 0);
    feed((const uint8_t[]){0x1e}, 1);
    assert_int_equal(event_count, 1);
    assert_int_equal(events[0].code, 0x1e);
    assert_int_equal(fake.configuration & 0x51, 0x41);
}

static void test_a_self_test_that_forgets(void **state)
{
    (void)state;
    fake.forgets = true;
    expect_starts_and_types();
    fresh(NULL);
    fake.no_self_test = true;
    expect_starts_and_types();
    assert_true(waited_us < 400000);
}

/* As a BIOS feigns it for a USB keyboard: what it had set stays. */
static void test_a_controller_without_configuration(void **state)
{
    (void)state;
    fake.no_configuration = fake.no_self_test = fake.mute_about_sets = true;
    expect_starts_and_types();
}

static void feed_mouse(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        queue(FROM_MOUSE | bytes[i]);
    ddi_driver.irq(bound);
}

static void test_beside_a_mouse(void **state)
{
    (void)state;
    fake.mouse_lives = true;
    queue(FROM_MOUSE | 8);
    assert_int_equal(start(), 0);
    assert_int_equal(fake.mouse_took, 1);
    assert_int_equal(fake.configuration & 0x73, 0x43);
    assert_int_equal(fake.self_tests, 0);
    feed_mouse((const uint8_t[]){8, 1}, 2);
    assert_int_equal(fake.out_size, 2); /* not the keyboard's */
    ddi_relax();
    ddi_relax();
    feed((const uint8_t[]){0x1e}, 1);
    assert_int_equal(event_count, 1);
    fake.configuration ^= 0x22; /* an earlier life's doing: the mouse's driver would hear no more */
    assert_int_equal(start(), 0);
    assert_int_equal(fake.configuration & 0x22, 0x02);
}

/* Its driver does not come for a byte: in the end it is dropped. */
static void test_beside_a_mouse_that_sleeps(void **state)
{
    (void)state;
    queue(FROM_MOUSE | 8);
    fake.mouse_lives = true;
    fake.mouse_took = 0;
    ddi_claim(false);
    for (unsigned i = 0; i < 20; i++)
        queue(FROM_MOUSE | (uint16_t)i);
    assert_int_equal(start(), 0);
    assert_true(fake.configuration & 1);
}

static void test_left_alone(void **state)
{
    (void)state;
    fake.mouse_lives = true;
    assert_int_equal(start(), 0);
    assert_int_equal(fake.configuration & 0x22, 2);
    queue(FROM_MOUSE | 8); /* nobody takes it */
    queue(0x1e);
    ddi_driver.irq(DDI_LEFT_ALONE); /* but another mouse driver began */
    assert_int_equal(fake.configuration & 0x22, 2);
    assert_int_equal(fake.out_size, 2);
    fake.mouse_lives = false;
    ddi_driver.irq(DDI_LEFT_ALONE);
    assert_int_equal(fake.configuration & 0x33, 0x21);
    assert_int_equal(fake.out_size, 0);
    assert_int_equal(event_count, 1);
    assert_int_equal(events[0].code, 0x1e);
    assert_false(claimed);
}

static void test_set_2(void **state)
{
    static const uint8_t bytes[] = {
        0x1c, 0xf0, 0x1c,                               /* a */
        0xe0, 0x12, 0xe0, 0x75, 0xe0, 0xf0, 0x75,       /* up, with a feigned shift */
        0xe0, 0xf0, 0x12, 0x83, 0xf0, 0x83,             /* F7 */
        0xe1, 0x14, 0x77, 0xe1, 0xf0, 0x14, 0xf0, 0x77, /* pause */
        0x00, 0x5a,                                     /* enter */
    };
    static const struct {
        unsigned code;
        int value;
    } wanted[] = {{KEY_A, 1},  {KEY_A, 0},     {KEY_UP, 1},    {KEY_UP, 0},   {KEY_F7, 1},
                  {KEY_F7, 0}, {KEY_PAUSE, 1}, {KEY_PAUSE, 0}, {KEY_ENTER, 1}};

    (void)state;
    fake.cannot_translate = true;
    assert_int_equal(start(), 0);
    assert_int_equal(ddi_driver.request(0, 0), 2);
    feed(bytes, sizeof(bytes));
    assert_int_equal(told_count, 9);
    for (size_t i = 0; i < told_count; i++) {
        assert_int_equal(told[i].code, wanted[i].code);
        assert_int_equal(told[i].value, wanted[i].value);
    }
    fresh(NULL);
    fake.cannot_translate = fake.mute_about_sets = true;
    assert_int_equal(start(), 0);
    assert_int_equal(ddi_driver.request(0, 0), 2);
}

/* The set's number is not translated; keys are, or they are not either. */
static void test_doubt_ends_with_a_key(void **state)
{
    (void)state;
    fake.plain_answers = true;
    expect_starts_and_types();
    assert_int_equal(ddi_driver.request(0, 0), 1);
    feed((const uint8_t[]){0xf0, 0x1c, 0x1c, 0xf0, 0x1c}, 5);
    assert_int_equal(ddi_driver.request(0, 0), 2);
    assert_int_equal(event_count, 4);
    assert_int_equal(events[1].code, 0x1e);
    assert_false(events[1].pressed);
    assert_true(events[2].pressed);
}

/* Every key of set 1 comes out of set 2. */
static void test_set_2_is_whole(void **state)
{
    unsigned codes = 0;
    bool seen[128] = {false};

    (void)state;
    for (unsigned code = 0; code < 256; code++) {
        uint8_t set1 = keyboard_set1_code((uint8_t)code);

        assert_true(set1 < 0x80);
        codes += set1 != 0;
        seen[set1] = true;
    }
    assert_true(codes > 120);
    for (unsigned code = 1; code <= 0x58; code++)
        assert_true(seen[code]);
}

/* A keyboard that was left in set 1 behind a controller that translates. */
static void test_a_wrong_set_is_set_right(void **state)
{
    (void)state;
    for (uint8_t set = 1; set <= 3; set += 2) {
        fresh(NULL);
        fake.set = set;
        expect_starts_and_types();
        assert_int_equal(fake.set, 2);
    }
    fresh(NULL);
    fake.set = 1;
    fake.cannot_translate = true;
    assert_int_equal(start(), 0);
    assert_int_equal(ddi_driver.request(0, 0), 1);
}

static void settle(void)
{
    while (fake.out_size > 0)
        ddi_driver.irq(bound);
}

static void test_rate_is_set_and_stays(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    assert_int_equal(fake.rate, 0);
    assert_int_equal(ddi_driver.request(1, 0x80), -EINVAL);
    assert_int_equal(ddi_driver.request(1, 0x2b), 0);
    queue(0x3a); /* with lights to be set meanwhile */
    settle();
    assert_int_equal(fake.rate, 0x2b);
    assert_int_equal(fake.lights, DDI_LIGHT_NUM | DDI_LIGHT_CAPS);
    fake.rate = fake.lights = 0;
    assert_int_equal(start(), 0);
    assert_int_equal(fake.rate, 0x2b);
    assert_int_equal(fake.lights, DDI_LIGHT_NUM | DDI_LIGHT_CAPS);
    assert_int_equal(ddi_driver.request(77, 0), -EINVAL);
    assert_false(claimed);
}

static void test_codes_are_chosen_and_stay(void **state)
{
    (void)state;
    assert_int_equal(start(), 0);
    assert_int_equal(ddi_driver.request(1, 3), 0);
    settle();
    assert_int_equal(ddi_driver.request(2, 3), -EINVAL);
    assert_int_equal(ddi_driver.request(2, 2), 0);
    assert_int_equal(fake.configuration & 0x51, 0x01);
    feed((const uint8_t[]){0x1c}, 1);
    assert_int_equal(events[0].code, 0x1e);
    assert_int_equal(start(), 0);
    assert_int_equal(fake.configuration & 0x51, 0x01);
    assert_int_equal(fake.rate, 3);
    assert_int_equal(ddi_driver.request(0, 0), 2);
    assert_int_equal(ddi_driver.request(2, 1), 0);
    assert_int_equal(fake.configuration & 0x51, 0x41);
    assert_int_equal(start(), 0);
    assert_int_equal(ddi_driver.request(0, 0), 1);
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
        cmocka_unit_test_setup(test_what_is_read_already_comes_first, fresh),
        cmocka_unit_test_setup(test_codes, fresh),
        cmocka_unit_test_setup(test_lights_follow, fresh),
        cmocka_unit_test_setup(test_a_self_test_that_forgets, fresh),
        cmocka_unit_test_setup(test_a_controller_without_configuration, fresh),
        cmocka_unit_test_setup(test_beside_a_mouse, fresh),
        cmocka_unit_test_setup(test_beside_a_mouse_that_sleeps, fresh),
        cmocka_unit_test_setup(test_left_alone, fresh),
        cmocka_unit_test_setup(test_set_2, fresh),
        cmocka_unit_test_setup(test_doubt_ends_with_a_key, fresh),
        cmocka_unit_test_setup(test_set_2_is_whole, fresh),
        cmocka_unit_test_setup(test_a_wrong_set_is_set_right, fresh),
        cmocka_unit_test_setup(test_rate_is_set_and_stays, fresh),
        cmocka_unit_test_setup(test_codes_are_chosen_and_stay, fresh),
        cmocka_unit_test_setup(test_vanished_controller, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
