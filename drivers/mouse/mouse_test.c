/* links: drivers/mouse/mouse.c drivers/mouse/vmmouse.c */
/* The mouse driver against a fake 8042 with a fake mouse, and a fake hypervisor; each may be absent, silent
   or mad. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "drivers/ddi.h"
#include "drivers/i8042_fake.h"
#include "lib/abi/input.h"
#include "lib/abi/keys.h"

#define FROM_MOUSE 0x100
#define MOUSE_IRQ  12

static struct {
    bool no_controller, no_port, stuck, no_configuration, garbage, keyboard_lives;
    bool silent, refuses_rates, plain; /* a mouse without a wheel */
    bool three; /* one with a wheel, and three buttons */
    unsigned resends, keyboard_took, resets;
    uint16_t out[256];
    size_t out_size;
    uint8_t configuration;
    int parameter_of; /* of the controller's command, or -1 */
    int mouse_parameter_of;
    uint8_t rates[3], id, resolution;
    bool streams;
    uint8_t random;
} fake;

static struct {
    bool there, on, absolute, error;
    uint32_t queue[64];
    unsigned count;
} vm;

static unsigned bound;
static uint64_t clock_us, timer_at;

/* ---- what was told --------------------------------------------------------------------------- */

static struct {
    unsigned type, code;
    int value;
} told[256];
static size_t told_count;
static bool held[INPUT_CODES];

/* As the kernel has it: buttons that do not change are no events; neither are reports here. */
void ddi_input_event(unsigned type, unsigned code, int value)
{
    if (type == INPUT_SYNC || (type == INPUT_BUTTON && held[code] == value))
        return;
    if (type == INPUT_BUTTON)
        held[code] = value;
    assert_true(told_count < 256);
    told[told_count].type = type;
    told[told_count].code = code;
    told[told_count++].value = value;
}

static void expect_told(size_t at, unsigned type, unsigned code, int value)
{
    assert_true(at < told_count);
    assert_int_equal(told[at].type, type);
    assert_int_equal(told[at].code, code);
    assert_int_equal(told[at].value, value);
}

/* ---- the interface --------------------------------------------------------------------------- */

void ddi_log(enum ddi_level level, const char *area, const char *format, ...)
{
}

uint64_t ddi_now_us(void)
{
    return clock_us;
}

void ddi_delay_us(uint32_t us)
{
    clock_us += us;
}

void ddi_timer(uint32_t us)
{
    timer_at = us ? clock_us + us : 0;
}

int ddi_irq_listen(unsigned irq)
{
    bound = irq;
    return 0;
}

bool ddi_claim(bool mine)
{
    claimed = mine;
    return fake.keyboard_lives;
}

static uint8_t take_out(void)
{
    uint8_t byte = (uint8_t)fake.out[0];

    memmove(fake.out, fake.out + 1, --fake.out_size * sizeof(fake.out[0]));
    return byte;
}

void ddi_relax(void)
{
    assert_false(claimed);
    if (fake.keyboard_lives && fake.out_size > 0 && !(fake.out[0] & FROM_MOUSE)) {
        (void)take_out();
        fake.keyboard_took++;
    }
}

/* ---- the devices ----------------------------------------------------------------------------- */

static void queue(uint16_t byte)
{
    assert_true(fake.out_size < 256);
    fake.out[fake.out_size++] = byte;
}

static void say(uint8_t byte)
{
    queue(FROM_MOUSE | byte);
}

static uint8_t fake_in8(uint16_t port)
{
    if (fake.no_controller)
        return 0xff;
    if (fake.garbage) {
        fake.random = (uint8_t)(fake.random * 5 + 3);
        return port == 0x64 ? fake.random & 0x7d : fake.random;
    }
    if (port == 0x64)
        return (uint8_t)(fake.out_size > 0 ? 1 : 0) | (fake.stuck ? 3 : 0)
               | (fake.out_size > 0 && fake.out[0] & FROM_MOUSE ? 0x20 : 0) | 0x14;
    assert_int_equal(port, 0x60);
    assert_true(claimed);
    return fake.out_size > 0 ? take_out() : 0x55;
}

uint32_t ddi_in(uint16_t port, unsigned bytes)
{
    assert_int_equal(bytes, 1);
    return fake_in8(port);
}

static bool knocked(uint8_t a, uint8_t b, uint8_t c)
{
    return fake.rates[0] == a && fake.rates[1] == b && fake.rates[2] == c;
}

static void mouse_parameter(uint8_t byte)
{
    if (fake.mouse_parameter_of == 0xe8)
        fake.resolution = byte;
    else {
        memmove(fake.rates, fake.rates + 1, 2);
        fake.rates[2] = byte;
    }
    fake.mouse_parameter_of = -1;
    say(0xfa);
    if (knocked(200, 100, 80) && !fake.plain)
        fake.id = 3;
    if (knocked(200, 200, 80) && !fake.plain && !fake.three)
        fake.id = 4;
}

static void mouse_byte(uint8_t byte)
{
    if (fake.silent)
        return;
    if (fake.resends > 0) {
        fake.resends--;
        say(0xfe);
        return;
    }
    if (fake.mouse_parameter_of >= 0) {
        mouse_parameter(byte);
        return;
    }
    say(fake.refuses_rates && byte != 0xff && byte != 0xf4 && byte != 0xf2 ? 0xfe : 0xfa);
    if (fake.refuses_rates)
        fake.streams = byte == 0xf4;
    switch (byte) {
    case 0xff:
        fake.resets++;
        fake.streams = false;
        fake.id = 0;
        say(0xaa);
        say(0);
        break;
    case 0xf2:
        say(fake.id);
        break;
    case 0xf3:
    case 0xe8:
        fake.mouse_parameter_of = fake.refuses_rates ? -1 : byte;
        break;
    case 0xf4:
        fake.streams = true;
        break;
    case 0xf5:
        fake.streams = false;
        break;
    default:
        assert_true(fake.refuses_rates);
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
    case 0xd4:
        fake.parameter_of = command;
        break;
    case 0xa7:
        if (!fake.no_port)
            fake.configuration |= 0x20;
        break;
    case 0xa8:
        if (!fake.no_port)
            fake.configuration &= (uint8_t)~0x20;
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
    if (fake.garbage)
        return;
    assert_false(fake.stuck);
    if (port == 0x64) {
        controller_command(value);
        return;
    }
    int of = fake.parameter_of;

    fake.parameter_of = -1;
    if (of == 0x60)
        fake.configuration = value;
    else if (of == 0xd4)
        mouse_byte(value);
    else
        fail_msg("0x%x for the keyboard", value);
}

void ddi_out(uint16_t port, unsigned bytes, uint32_t value)
{
    assert_int_equal(bytes, 1);
    fake_out8(port, (uint8_t)value);
}

static uint32_t vm_data(uint32_t size, struct ddi_vmware *registers)
{
    uint32_t *words[] = {&registers->a, &registers->b, &registers->c, &registers->d};

    assert_true(size >= 1 && size <= 4 && size <= vm.count);
    for (uint32_t i = 0; i < size; i++)
        *words[i] = vm.queue[i];
    vm.count -= size;
    memmove(vm.queue, vm.queue + size, vm.count * sizeof(vm.queue[0]));
    return registers->a;
}

static void vm_order(uint32_t what)
{
    if (what == 0xf5)
        vm.on = false;
    if (what == 0x45414552) {
        vm.on = true;
        vm.error = false;
        vm.queue[vm.count++] = 0x3442554a;
    }
    vm.absolute = vm.on && (vm.absolute || what == 0x53424152);
}

bool ddi_vmware(uint8_t command, struct ddi_vmware *registers)
{
    if (!vm.there)
        return false;
    switch (command) {
    case 10:
        registers->a = 6;
        registers->b = 0x564d5868;
        break;
    case 39:
        (void)vm_data(registers->b, registers);
        break;
    case 40:
        registers->a = (vm.error || !vm.on ? 0xffff0000 : 0) | vm.count;
        break;
    case 41:
        vm_order(registers->b);
        break;
    default:
        fail_msg("command %u", command);
    }
    return true;
}

/* ---- running it ------------------------------------------------------------------------------ */

static int fresh(void **state)
{
    memset(&fake, 0, sizeof(fake));
    memset(&vm, 0, sizeof(vm));
    memset(held, 0, sizeof(held));
    fake.configuration = 0x65;
    fake.parameter_of = fake.mouse_parameter_of = -1;
    fake.keyboard_lives = true;
    told_count = bound = 0;
    clock_us = timer_at = 0;
    return 0;
}

/* Lines and times, until there are no more. */
static void settle(void)
{
    for (unsigned i = 0; i < 1000 && (fake.out_size > 0 || timer_at); i++) {
        if (fake.out_size > 0) {
            ddi_driver.irq(MOUSE_IRQ);
        } else {
            clock_us = timer_at > clock_us ? timer_at : clock_us;
            timer_at = 0;
            ddi_driver.timer();
        }
        assert_false(claimed);
    }
    assert_true(fake.out_size == 0 && timer_at == 0);
}

static int start(void)
{
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    int error = ddi_driver.init();

    assert_false(claimed);
    if (!error)
        settle();
    return error;
}

static int64_t kind(void)
{
    return ddi_driver.request(0, 0);
}

static void feed(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        say(bytes[i]);
    ddi_driver.irq(MOUSE_IRQ);
}

#define FEED(...) feed((const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void it_starts_without_waiting(void **state)
{
    memset(ddi_driver.state, 0, ddi_driver.state_size);
    assert_int_equal(ddi_driver.init(), 0);
    assert_true(clock_us < 1000);
    assert_int_equal(bound, MOUSE_IRQ);
    assert_int_equal(kind(), -ENODEV);
    settle();
    assert_int_equal(kind(), 4);
    assert_true(fake.streams);
    assert_int_equal(fake.resolution, 3);
    assert_int_equal(fake.rates[2], 100);
    assert_int_equal(fake.configuration & 0x73, 0x43); /* the keyboard's part as it was, but on */
    assert_int_equal(told_count, 0);
}

static void kinds_are_told_apart(void **state)
{
    fake.plain = true;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), 0);
    FEED(0x09, 5, 0xff, 0x18, 0xfe, 2); /* left; two packets of three */
    expect_told(0, INPUT_MOTION, INPUT_X, 5);
    fake.plain = false;
    fake.three = true;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), 3);
    fake.refuses_rates = true;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), 0);
    assert_true(fake.streams);
}

static void packets_are_events(void **state)
{
    fake.three = true;
    assert_int_equal(start(), 0);
    FEED(0x08, 5, 3, 0);
    FEED(0x38, 0xfb, 0xfd, 0);
    FEED(0x0f, 0, 0, 1);
    FEED(0x08, 0, 0, 0xff);
    assert_int_equal(told_count, 12);
    expect_told(0, INPUT_MOTION, INPUT_X, 5);
    expect_told(1, INPUT_MOTION, INPUT_Y, -3);
    expect_told(2, INPUT_MOTION, INPUT_X, -5);
    expect_told(3, INPUT_MOTION, INPUT_Y, 3);
    expect_told(4, INPUT_WHEEL, INPUT_Y, -1);
    expect_told(5, INPUT_BUTTON, BUTTON_LEFT, 1);
    expect_told(6, INPUT_BUTTON, BUTTON_RIGHT, 1);
    expect_told(7, INPUT_BUTTON, BUTTON_MIDDLE, 1);
    expect_told(8, INPUT_WHEEL, INPUT_Y, 1);
    expect_told(9, INPUT_BUTTON, BUTTON_LEFT, 0);
}

static void five_buttons(void **state)
{
    assert_int_equal(start(), 0);
    FEED(0x08, 0, 0, 0x10, 0x08, 0, 0, 0x2f, 0x08, 0, 0, 0x01);
    assert_int_equal(told_count, 6);
    expect_told(0, INPUT_BUTTON, BUTTON_SIDE, 1);
    expect_told(1, INPUT_WHEEL, INPUT_Y, 1);
    expect_told(2, INPUT_BUTTON, BUTTON_SIDE, 0);
    expect_told(3, INPUT_BUTTON, BUTTON_EXTRA, 1);
    expect_told(4, INPUT_WHEEL, INPUT_Y, -1);
    expect_told(5, INPUT_BUTTON, BUTTON_EXTRA, 0);
}

static void overflows_are_dropped(void **state)
{
    assert_int_equal(start(), 0);
    FEED(0x49, 0xff, 0, 0, 0x89, 0, 0xff, 0, 0xc9, 0xff, 0xff, 0);
    assert_int_equal(told_count, 0);
    FEED(0x08, 1, 0, 0);
    assert_int_equal(told_count, 1);
}

/* At the first byte that cannot begin a packet, or end one. */
static void lost_bytes_are_found_out(void **state)
{
    assert_int_equal(start(), 0);
    FEED(1, 0, 0, 0x08, 1, 0, 0);
    assert_int_equal(told_count, 1);
    told_count = 0;
    FEED(0x08, 1, 0); /* its last one is lost */
    FEED(0x28, 7, 0xf0, 0, 0x28, 7, 0xf0, 0, 0x28, 7, 0xf0, 0);
    for (unsigned i = 0; i < 8; i++)
        FEED(0x28, 7, 0xf0, 0);
    told_count = 0;
    FEED(0x08, 9, 0, 0);
    assert_int_equal(told_count, 1);
    expect_told(0, INPUT_MOTION, INPUT_X, 9);
}

static void a_gap_begins_a_packet(void **state)
{
    assert_int_equal(start(), 0);
    FEED(0x08, 1);
    clock_us += 300000;
    FEED(0x08, 2, 0, 0);
    assert_int_equal(told_count, 1);
    expect_told(0, INPUT_MOTION, INPUT_X, 2);
    FEED(0x08, 3);
    clock_us += 20000;
    FEED(0, 0);
    assert_int_equal(told_count, 2);
}

static void one_that_is_plugged_in_begins(void **state)
{
    fake.silent = true;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), -ENODEV);
    assert_int_equal(timer_at, 0); /* nothing to do */
    FEED(0xaa, 1, 0xaa);
    settle();
    assert_int_equal(kind(), -ENODEV);
    fake.silent = false;
    FEED(0);
    settle();
    assert_int_equal(kind(), 4);
    fake.id = 0; /* another one, while it runs */
    fake.streams = false;
    FEED(0xaa, 0);
    settle();
    assert_int_equal(kind(), 4);
    assert_true(fake.streams);
    assert_int_equal(told_count, 0);
}

static void answers_are_repeated_within_bounds(void **state)
{
    fake.resends = 2;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), 4);
    fake.resends = 1000000;
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), -ENODEV);
    assert_true(fake.resends > 1000000 - 20);
}

static void without_a_port(void **state)
{
    fake.no_controller = true;
    assert_int_equal(start(), -ENODEV);
    fresh(NULL);
    fake.no_port = true;
    assert_int_equal(start(), -ENODEV);
    assert_int_equal(fake.configuration & 0x10, 0); /* the keyboard goes on */
    fresh(NULL);
    fake.no_configuration = true;
    assert_int_equal(start(), -ENODEV);
    assert_int_equal(fake.configuration & 0x10, 0);
    fresh(NULL);
    fake.stuck = true;
    assert_int_equal(start(), -ENODEV);
    assert_true(clock_us < 100000);
}

static void garbage_ends(void **state)
{
    for (unsigned seed = 0; seed < 256; seed++) {
        fresh(NULL);
        fake.garbage = true;
        fake.random = (uint8_t)seed;
        memset(ddi_driver.state, 0, ddi_driver.state_size);
        (void)ddi_driver.init();
        for (unsigned i = 0; i < 50; i++) {
            ddi_driver.irq(MOUSE_IRQ);
            ddi_driver.timer();
            told_count = 0;
        }
        assert_true(clock_us < 10000000);
    }
}

/* Any bytes at all are packets or nothing. */
static void any_bytes_are_taken(void **state)
{
    uint32_t random = 1;

    assert_int_equal(start(), 0);
    for (unsigned i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        FEED((uint8_t)(random >> 24));
        settle();
        for (size_t k = 0; k < told_count; k++)
            assert_in_range(told[k].value + 256, 0, 512);
        told_count = 0;
    }
}

static void beside_a_keyboard(void **state)
{
    queue(0x1e);
    assert_int_equal(start(), 0);
    assert_int_equal(fake.keyboard_took, 1);
    queue(0x1e);
    ddi_driver.irq(MOUSE_IRQ);
    assert_int_equal(fake.out_size, 1);
    ddi_driver.irq(DDI_LEFT_ALONE); /* it has begun again */
    assert_int_equal(fake.configuration & 0x31, 1);
    assert_int_equal(fake.out_size, 1);
    fake.keyboard_lives = false;
    ddi_driver.irq(DDI_LEFT_ALONE);
    assert_int_equal(fake.configuration & 0x33, 0x12);
    assert_int_equal(fake.out_size, 0);
    FEED(0x08, 1, 0, 0);
    assert_int_equal(told_count, 1);
    assert_int_equal(start(), 0);
    assert_int_equal(fake.configuration & 0x33, 0x12);
}

static void it_leaves_silence(void **state)
{
    vm.there = true;
    assert_int_equal(start(), 0);
    ddi_driver.quiesce();
    assert_false(claimed);
    assert_false(fake.streams);
    assert_false(vm.on);
    assert_int_equal(fake.configuration & 0x33, 0x21);
}

static void buttons_are_released_by_a_new_beginning(void **state)
{
    assert_int_equal(start(), 0);
    FEED(0x09, 0, 0, 0);
    assert_true(held[BUTTON_LEFT]);
    assert_int_equal(start(), 0);
    assert_false(held[BUTTON_LEFT]);
}

static void point(uint32_t flags, uint32_t x, uint32_t y, uint32_t wheel)
{
    const uint32_t words[] = {flags, x, y, wheel};

    memcpy(&vm.queue[vm.count], words, sizeof(words));
    vm.count += 4;
}

static void vmmouse_is_absolute(void **state)
{
    vm.there = true;
    vm.queue[vm.count++] = 77; /* of another time */
    assert_int_equal(start(), 0);
    assert_true(vm.absolute);
    assert_int_equal(kind(), 0x104);
    point(0x20, 100, 65535, 0xffffffff);
    point(0x18, 100, 0, 1);
    point(0x10000, (uint32_t)-3, 4, 0);
    FEED(0x08, 1, 0, 0); /* only says so */
    assert_int_equal(told_count, 14);
    expect_told(0, INPUT_POSITION, INPUT_X, 100);
    expect_told(1, INPUT_POSITION, INPUT_Y, 65535);
    expect_told(2, INPUT_WHEEL, INPUT_Y, 1);
    expect_told(3, INPUT_BUTTON, BUTTON_LEFT, 1);
    expect_told(6, INPUT_WHEEL, INPUT_Y, -1);
    expect_told(7, INPUT_BUTTON, BUTTON_LEFT, 0);
    expect_told(8, INPUT_BUTTON, BUTTON_RIGHT, 1);
    expect_told(9, INPUT_BUTTON, BUTTON_MIDDLE, 1);
    expect_told(10, INPUT_MOTION, INPUT_X, -3);
    expect_told(11, INPUT_MOTION, INPUT_Y, -4);
    assert_int_equal(start(), 0);
    assert_int_equal(kind(), 0x104);
}

static void vmmouse_that_loses_its_place(void **state)
{
    vm.there = true;
    assert_int_equal(start(), 0);
    point(0, 1, 1, 0);
    vm.queue[vm.count++] = 5;
    FEED(0x08, 1, 0, 0);
    assert_int_equal(vm.count, 0);
    point(0, 1, 2, 0);
    FEED(0x08, 1, 0, 0);
    assert_int_equal(told_count, 2);
    vm.there = false; /* gone: the mouse itself remains */
    FEED(0x08, 1, 0, 0);
    assert_int_equal(kind(), 4);
    told_count = 0;
    FEED(0x08, 1, 0, 0);
    assert_int_equal(told_count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(it_starts_without_waiting, fresh),
        cmocka_unit_test_setup(kinds_are_told_apart, fresh),
        cmocka_unit_test_setup(packets_are_events, fresh),
        cmocka_unit_test_setup(five_buttons, fresh),
        cmocka_unit_test_setup(overflows_are_dropped, fresh),
        cmocka_unit_test_setup(lost_bytes_are_found_out, fresh),
        cmocka_unit_test_setup(a_gap_begins_a_packet, fresh),
        cmocka_unit_test_setup(one_that_is_plugged_in_begins, fresh),
        cmocka_unit_test_setup(answers_are_repeated_within_bounds, fresh),
        cmocka_unit_test_setup(without_a_port, fresh),
        cmocka_unit_test_setup(garbage_ends, fresh),
        cmocka_unit_test_setup(any_bytes_are_taken, fresh),
        cmocka_unit_test_setup(beside_a_keyboard, fresh),
        cmocka_unit_test_setup(it_leaves_silence, fresh),
        cmocka_unit_test_setup(buttons_are_released_by_a_new_beginning, fresh),
        cmocka_unit_test_setup(vmmouse_is_absolute, fresh),
        cmocka_unit_test_setup(vmmouse_that_loses_its_place, fresh),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
