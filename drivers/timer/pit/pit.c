/*
 * The 8254 programmable interval timer. Intel 8254 data sheet (1993): control word, modes 0 and 2.
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
#define CONTROL_CHANNEL_2_ONE_SHOT 0xb0 /* low then high byte, mode 0 */

#define SYSTEM_B_GATE    0x01
#define SYSTEM_B_SPEAKER 0x02
#define SYSTEM_B_OUTPUT  0x20

/* The longest wait is 55 ms and a read takes at least 10 ns, on whatever machine. */
#define READS_MAX 6000000u

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

int pit_measure(uint16_t ticks, uint64_t (*stamp)(void), uint64_t *elapsed)
{
    uint8_t before = ddi_in8(SYSTEM_B);
    uint32_t reads = 0;
    uint64_t start, end;

    ddi_out8(SYSTEM_B, (uint8_t)((before & ~SYSTEM_B_SPEAKER) | SYSTEM_B_GATE));
    ddi_out8(CONTROL, CONTROL_CHANNEL_2_ONE_SHOT);
    ddi_out8(CHANNEL_2, (uint8_t)ticks);
    ddi_out8(CHANNEL_2, (uint8_t)(ticks >> 8)); /* counting starts with this byte */
    start = stamp();
    while (!(ddi_in8(SYSTEM_B) & SYSTEM_B_OUTPUT) && reads < READS_MAX)
        reads++;
    end = stamp();
    ddi_out8(SYSTEM_B, before);
    *elapsed = end - start;
    /* An output that is high at once belongs to a channel that is not there. */
    return reads == 0 || reads == READS_MAX ? -ETIMEDOUT : 0;
}
