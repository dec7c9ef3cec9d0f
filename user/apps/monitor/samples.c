/* Rates of counters in a ring; samples.h. No locks: one thread's. */
#include "user/apps/monitor/samples.h"

static uint64_t grown(uint64_t now, uint64_t then)
{
    return now > then ? now - then : 0;
}

/* part * scale / whole, which fits. */
static uint32_t share(uint64_t part, uint64_t whole, uint32_t scale)
{
    if (whole == 0)
        return 0;
    if (part >= whole)
        return scale;
    while (part > UINT64_MAX / scale) {
        part /= 2;
        whole = whole / 2 ? whole / 2 : 1;
    }
    return (uint32_t)(part * scale / whole);
}

static uint32_t a_second(uint64_t count, uint64_t past_ms)
{
    uint64_t rate = count > UINT64_MAX / 1000 ? UINT64_MAX : count * 1000 / past_ms;

    return rate > INT32_MAX ? INT32_MAX : (uint32_t)rate;
}

static uint32_t mean_us(uint64_t busy_ns, uint64_t frames)
{
    uint64_t us = frames ? busy_ns / frames / 1000 : 0;

    return us > INT32_MAX ? INT32_MAX : (uint32_t)us;
}

void samples_add(struct samples *samples, const struct counters *now)
{
    const struct counters then = samples->last;
    bool begun = samples->begun;

    if (begun && now->now_ms <= then.now_ms)
        return;
    samples->last = *now;
    samples->begun = true;
    if (!begun)
        return;
    uint64_t past_ms = (uint64_t)(now->now_ms - then.now_ms), busy = grown(now->busy, then.busy);
    uint64_t frames = grown(now->frames, then.frames), idle = grown(now->idle, then.idle);
    unsigned at = samples->newest = (samples->newest + 1) % SAMPLES;

    samples->taken += samples->taken < SAMPLES;
    samples->values[SERIES_CPU][at] = share(busy, busy + idle < busy ? busy : busy + idle, 1000);
    samples->values[SERIES_MEMORY][at] = share(now->memory_used, now->memory, 1000);
    samples->values[SERIES_INTERRUPTS][at] = a_second(grown(now->interrupts, then.interrupts), past_ms);
    samples->values[SERIES_FRAME_US][at] = mean_us(grown(now->busy_ns, then.busy_ns), frames);
    samples->values[SERIES_FRAMES][at] = a_second(frames, past_ms);
}

uint32_t samples_at(const struct samples *samples, enum series series, unsigned age)
{
    if (age >= samples->taken)
        return 0;
    return samples->values[series][(samples->newest + SAMPLES - age) % SAMPLES];
}

uint32_t samples_most(const struct samples *samples, enum series series)
{
    uint32_t most = 0;

    for (unsigned age = 0; age < samples->taken; age++)
        if (samples_at(samples, series, age) > most)
            most = samples_at(samples, series, age);
    return most;
}

uint32_t samples_top(uint32_t most, uint32_t least)
{
    static const unsigned steps[] = {1, 2, 5};
    uint64_t power = 1;

    for (unsigned i = 0;; i = (i + 1) % 3) {
        uint64_t top = power * steps[i];

        if (top >= most && top >= least)
            return top > UINT32_MAX ? UINT32_MAX : (uint32_t)top;
        power *= i == 2 ? 10 : 1;
    }
}
