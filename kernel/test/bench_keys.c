/* bench-keys: from a key's interrupt to its event, and to the thread that waits for it, wherever the
   keyboard's driver is placed. The 8042 is told to act as if a byte were the keyboard's (command D2h). Under
   QEMU's -icount shift=0 a nanosecond is an instruction. */
#include "kernel/arch/x86_64/port.h"
#include "kernel/core/input/events.h"
#include "kernel/core/sync/semaphore.h"
#include "kernel/core/time/time.h"
#include "kernel/monitor/command.h"
#include "kernel/test/commands.h"
#include "lib/errno.h"

#define KEYS      1000u
#define COMMAND   0x64
#define DATA      0x60
#define BUSY      0x02
#define AS_KEY    0xd2
#define SHIFT     0x2a /* scan code, set 1 */
#define RELEASED  0x80
#define BEFORE_NS (3 * NS_PER_SECOND) /* for the driver's start */
#define LATEST_NS (100 * NS_PER_MS)
#define POLLS_MAX 100000u

static struct event_queue queue;
static struct semaphore came = SEMAPHORE("bench-keys", 0);
static volatile uint64_t event_ns; /* 0: not yet */

/* In order; the least first. */
static struct times {
    uint64_t at[KEYS];
    unsigned count;
} to_event, to_thread;

static void on_event(struct event_queue *of)
{
    (void)of;
    if (event_ns)
        return;
    event_ns = time_now_ns();
    semaphore_give(&came);
}

static void wait_until_taken(void)
{
    for (unsigned i = 0; i < POLLS_MAX && in8(COMMAND) & BUSY; i++)
        ;
}

/* When its interrupt came. */
static uint64_t press(uint8_t code)
{
    wait_until_taken();
    out8(COMMAND, AS_KEY);
    wait_until_taken();
    event_ns = 0;
    uint64_t now_ns = time_now_ns();

    out8(DATA, code);
    return now_ns;
}

static void drain(void)
{
    struct event_batch batch;

    do
        events_take(&queue, EVENTS_AT_ONCE, &batch);
    while (batch.count);
}

/* -ETIMEDOUT: no event. */
static int take_one(unsigned number, uint64_t patience_ns, uint64_t *event, uint64_t *thread)
{
    uint64_t since_ns = press(SHIFT | (number % 2 ? RELEASED : 0));
    int error = semaphore_take_until(&came, since_ns + patience_ns);

    *thread = time_now_ns() - since_ns;
    *event = event_ns - since_ns;
    drain();
    return error;
}

static void insert(struct times *times, uint64_t value)
{
    unsigned i = times->count++;

    for (; i > 0 && times->at[i - 1] > value; i--)
        times->at[i] = times->at[i - 1];
    times->at[i] = value;
}

static void print(const char *what, const struct times *times)
{
    output_print("%s: p50 %llu ns, p99 %llu ns, worst %llu ns\n", what,
                 (unsigned long long)times->at[KEYS / 2], (unsigned long long)times->at[KEYS * 99 / 100],
                 (unsigned long long)times->at[KEYS - 1]);
}

static int take_all(void)
{
    uint64_t event, thread;
    int error = take_one(0, BEFORE_NS, &event, &thread);

    if (!error)
        error = take_one(1, BEFORE_NS, &event, &thread);
    for (unsigned i = 0; i < KEYS && !error; i++) {
        error = take_one(i, LATEST_NS, &event, &thread);
        if (error)
            break;
        insert(&to_event, event);
        insert(&to_thread, thread);
    }
    return error;
}

int bench_keys(const struct words *words)
{
    if (words->count > 1)
        return command_misused(words, "%s: it takes no words", words->at[1]);
    to_event.count = to_thread.count = 0;
    events_attach(&queue, on_event);
    int error = take_all();

    events_detach(&queue);
    if (error)
        return command_fail(words, "no event of a key: %s", error_text(error));
    print("key to event", &to_event);
    print("key to reader", &to_thread);
    return COMMAND_OK;
}
