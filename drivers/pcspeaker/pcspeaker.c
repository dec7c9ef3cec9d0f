/*
 * The PC's loudspeaker: one square wave at a time, for a while. What makes it, channel 2 of the PIT and
 * port 61h, is the kernel's; this says when and how long (ddi_tone).
 */
#include "drivers/ddi.h"

#define HZ_LOW  20u
#define HZ_HIGH 20000u
#define MS_MAX  10000u
#define BELL_HZ 800u
#define BELL_MS 120u

/* REQUEST_TONE: hertz, and milliseconds << 32. The bell is what a terminal asks for (kernel/fs/tty). */
enum { REQUEST_SILENCE, REQUEST_TONE, REQUEST_BELL };

static struct {
    bool sounds;
} pcspeaker;

static void silence(void)
{
    (void)!ddi_tone(0);
    pcspeaker.sounds = false;
}

static int init(void)
{
    if (ddi_tone(0) == 0)
        return 0;
    ddi_log(DDI_INFO, "pcspeaker", "the PIT is the kernel's clock: no sound");
    return -ENODEV;
}

static int64_t sound(uint64_t hz, uint64_t ms)
{
    if (hz < HZ_LOW || hz > HZ_HIGH || ms == 0 || ms > MS_MAX)
        return -EINVAL;
    int error = ddi_tone((uint32_t)hz);

    if (error)
        return error;
    pcspeaker.sounds = true;
    ddi_timer((uint32_t)ms * 1000);
    return 0;
}

static int64_t request(unsigned what, uint64_t value)
{
    switch (what) {
    case REQUEST_SILENCE:
        silence();
        return 0;
    case REQUEST_TONE:
        return sound(value & UINT32_MAX, value >> 32);
    case REQUEST_BELL:
        return pcspeaker.sounds ? 0 : sound(BELL_HZ, BELL_MS);
    default:
        return -EINVAL;
    }
}

DDI_DRIVER = {
    .manifest = {
        .version = DDI_VERSION,
        .name = "pcspeaker",
        .what = "the PC's loudspeaker",
        .class = DDI_SOUND,
        .placement = DDI_PLACED_OFF, /* a boot without it is a little faster */
    },
    .state = &pcspeaker,
    .state_size = sizeof(pcspeaker),
    .init = init,
    .timer = silence,
    .quiesce = silence,
    .request = request,
};
