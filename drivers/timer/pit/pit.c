/*
 * The 8254 programmable interval timer. Intel 8254 data sheet (1993): control word, modes 0 and 2,
 * counter latch command.
 * Port 61h (the AT's system control port B): bit 0 gates channel 2, bit 1 the loudspeaker, bit 5
 * shows channel 2's output.
 */
#include "drivers/ddi.h"
#include "drivers/timer/pit/pit.h"

#define CHANNEL_0 0x40
#define CHANNEL_2 0x42
#define CONTROL   0x43
#define SYSTEM_B  0x61

#define CONTROL_CHANNEL_0_RATE     0x34 /* low then high byte, mode 2 */
#define CONTROL_CHANNEL_0_ONE_SHOT 0x30 /* low then high byte, mode 0 */
#define CONTROL_CHANNEL_2_ONE_SHOT 0xb0
#define CONTROL_CHANNEL_2_RATE     0xb4
#define CONTROL_CHANNEL_2_SQUARE   0xb6 /* mode 3 */
#define CONTROL_LATCH_2            0x80

#define SYSTEM_B_GATE    0x01
#define SYSTEM_B_SPEAKER 0x02
#define SYSTEM_B_OUTPUT  0x20
#define SYSTEM_B_OURS    0x0f /* what can be written; the others are states */

/* The longest wait is 55 ms and a read takes at least 10 ns, on whatever machine. */
#define READS_MAX 6000000u
#define ATTEMPTS  8
#define SAMPLES   3u
#define COUNTER_READS_MAX 1000u /* it moves every 0.84 µs */

static bool counting;

int pit_start_ticks(unsigned hz)
{
    unsigned divisor;

    if (hz < 19 || hz > 10000)
        return -EINVAL;
    divisor = (PIT_HZ + hz / 2) / hz;
    ddi_out8(CONTROL, CONTROL_CHANNEL_0_RATE);
    ddi_out8(CHANNEL_0, (uint8_t)divisor);
    ddi_out8(CHANNEL_0, (uint8_t)(divisor >> 8));
    return 0;
}

void pit_start_oneshot(uint16_t ticks)
{
    ddi_out8(CONTROL, CONTROL_CHANNEL_0_ONE_SHOT);
    ddi_out8(CHANNEL_0, (uint8_t)ticks);
    ddi_out8(CHANNEL_0, (uint8_t)(ticks >> 8));
}

void pit_stop(void)
{
    ddi_out8(CONTROL, CONTROL_CHANNEL_0_ONE_SHOT); /* counts only when it has got its count */
}

/* Returns how often the output was read before it was high. */
static uint32_t measure_once(uint16_t ticks, uint64_t (*stamp)(void), uint64_t *elapsed)
{
    uint8_t before = ddi_in8(SYSTEM_B);
    uint32_t reads = 0;
    uint64_t start, end;

    ddi_out8(SYSTEM_B, (uint8_t)((before & ~SYSTEM_B_SPEAKER) | SYSTEM_B_GATE));
    ddi_out8(CONTROL, CONTROL_CHANNEL_2_ONE_SHOT);
    ddi_out8(CHANNEL_2, (uint8_t)ticks);
    start = stamp();
    ddi_out8(CHANNEL_2, (uint8_t)(ticks >> 8)); /* counting starts with this byte */
    while (!(ddi_in8(SYSTEM_B) & SYSTEM_B_OUTPUT) && reads < READS_MAX)
        reads++;
    end = stamp();
    ddi_out8(SYSTEM_B, before);
    *elapsed = end - start;
    return reads;
}

int pit_measure(uint16_t ticks, uint64_t (*stamp)(void), uint64_t *elapsed)
{
    unsigned samples = 0;
    uint64_t sample, least = UINT64_MAX;

    if (counting)
        return -EBUSY;
    for (unsigned i = 0; i < ATTEMPTS && samples < SAMPLES; i++) {
        uint32_t reads = measure_once(ticks, stamp, &sample);

        if (reads == READS_MAX)
            return -ETIMEDOUT;
        /* An output that is high at once belongs to a channel that is not there; or something stopped
           this CPU meanwhile (a BIOS in SMM, an emulator's host), which will not happen every time. */
        if (reads == 0)
            continue;
        samples++;
        if (sample < least) /* whatever came between made it longer */
            least = sample;
    }
    *elapsed = least;
    return samples ? 0 : -ETIMEDOUT;
}

uint16_t pit_counter(void)
{
    unsigned down;

    ddi_out8(CONTROL, CONTROL_LATCH_2);
    down = ddi_in8(CHANNEL_2);
    down |= (unsigned)ddi_in8(CHANNEL_2) << 8;
    return (uint16_t)(0 - down);
}

static void gate(uint8_t speaker)
{
    uint8_t others = ddi_in8(SYSTEM_B) & SYSTEM_B_OURS & ~SYSTEM_B_SPEAKER;

    ddi_out8(SYSTEM_B, (uint8_t)(others | SYSTEM_B_GATE | speaker));
}

static void start_channel_2(uint8_t control, unsigned divisor)
{
    ddi_out8(CONTROL, control);
    ddi_out8(CHANNEL_2, (uint8_t)divisor);
    ddi_out8(CHANNEL_2, (uint8_t)(divisor >> 8)); /* 0: 65536 */
}

void pit_tone(unsigned hz)
{
    if (hz) {
        start_channel_2(CONTROL_CHANNEL_2_SQUARE, (PIT_HZ + hz / 2) / hz);
        gate(SYSTEM_B_SPEAKER);
    } else {
        gate(0);
        start_channel_2(CONTROL_CHANNEL_2_RATE, 0);
    }
}

int pit_counter_start(void)
{
    uint16_t first;

    gate(0);
    start_channel_2(CONTROL_CHANNEL_2_RATE, 0);
    first = pit_counter();
    for (uint32_t reads = 0; reads < COUNTER_READS_MAX; reads++) {
        if (pit_counter() != first) {
            counting = true;
            return 0;
        }
    }
    return -ETIMEDOUT;
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "pit",
        .what = "8254 interval timer",
        .class = DDI_TIMER,
        .built_in = true,
        .ports = {{CHANNEL_0, CONTROL, DDI_ANY_VALUE, 0}, {SYSTEM_B, SYSTEM_B, DDI_ANY_VALUE, 0}},
        .irqs = 1u << 0,
        .placement = DDI_PLACED_KERNEL,
    },
};
