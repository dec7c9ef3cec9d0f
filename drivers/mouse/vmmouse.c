/* The backdoor's commands as the vmmouse drivers of X.Org and Linux have them; VMware documents none. */
#include "drivers/mouse/vmmouse.h"

#include "drivers/ddi.h"

#define VERSION 10 /* answer in b: the magic */
#define DATA    39
#define STATUS  40 /* answer: words in the queue; FFFFh in its upper half: an error */
#define COMMAND 41

#define MAGIC           0x564d5868u
#define ENABLE          0x45414552u
#define DISABLE         0xf5u
#define ABSOLUTE        0x53424152u
#define POINTER_VERSION 0x3442554au

#define PACKET_WORDS 4u
#define WORDS_MAX    1024u /* that a queue may hold when we come */

/* Of a packet's first word. */
#define RELATIVE 0x10000u
#define LEFT     0x20u
#define RIGHT    0x10u
#define MIDDLE   0x08u

static bool call(uint8_t command, uint32_t argument, struct ddi_vmware *answer)
{
    *answer = (struct ddi_vmware){.b = argument};
    return ddi_vmware(command, answer);
}

static void order(uint32_t what)
{
    struct ddi_vmware answer;

    (void)call(COMMAND, what, &answer);
}

/* How many words wait; 0 also for an error. */
static unsigned words(void)
{
    struct ddi_vmware answer;

    if (!call(STATUS, 0, &answer) || answer.a >> 16 == 0xffff)
        return 0;
    return answer.a & 0xffff;
}

/* Its version is the last word after what an earlier start left there. */
bool vmmouse_start(void)
{
    struct ddi_vmware answer;

    if (!call(VERSION, ~MAGIC, &answer) || answer.b != MAGIC || answer.a == 0xffffffff)
        return false;
    order(DISABLE);
    order(ENABLE);
    uint32_t last = 0;

    for (unsigned i = words(); i > 0 && i <= WORDS_MAX; i--)
        last = call(DATA, 1, &answer) ? answer.a : 0;
    if (last != POINTER_VERSION) {
        order(DISABLE);
        return false;
    }
    order(ABSOLUTE);
    return true;
}

void vmmouse_stop(void)
{
    order(DISABLE);
}

int vmmouse_take(struct vmmouse_packet *packet)
{
    struct ddi_vmware answer;
    unsigned count;

    if (!call(STATUS, 0, &answer))
        return -EIO;
    count = answer.a & 0xffff;
    if (answer.a >> 16 == 0xffff || count % PACKET_WORDS != 0)
        return -EIO;
    if (count == 0 || !call(DATA, PACKET_WORDS, &answer))
        return 0;
    packet->relative = answer.a & RELATIVE;
    packet->x = (int)(packet->relative ? answer.b : answer.b & 0xffff);
    packet->y = (int)(packet->relative ? 0 - answer.c : answer.c & 0xffff);
    packet->wheel = -(int8_t)answer.d;
    packet->held = (answer.a & LEFT ? 1u : 0) | (answer.a & RIGHT ? 2u : 0) | (answer.a & MIDDLE ? 4u : 0);
    return 1;
}
