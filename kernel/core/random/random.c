/*
 * The generator: random.h. RFC 8439, §2.3, is the block function; "fast key erasure" (D. J.
 * Bernstein, 2017) what is done with it. Locks: one, for the key.
 */
#include "kernel/core/random/random.h"

#include "kernel/arch/arch.h"
#include "kernel/core/boot/boot.h"
#include "kernel/core/sync/spinlock.h"
#include "kernel/core/time/time.h"
#include "lib/span.h"
#include "lib/string.h"

#define KEY_WORDS   8u
#define BLOCK_WORDS 16u
#define BLOCK_BYTES 64u
#define POOL_NUMBERS 32u
#define FEW_BYTES    32u
#define JITTERS     128u /* samples of the TSC */

struct block {
    uint32_t words[BLOCK_WORDS];
};

struct key {
    uint32_t words[KEY_WORDS];
};

/* Numbers made ahead, for who wants a few bytes: a block for each would be most of an exec. */
struct pool {
    unsigned left;
    uint64_t numbers[POOL_NUMBERS];
};

static struct spinlock lock = SPINLOCK("random", LOCK_RANK_RANDOM);
static struct key key;
static struct pool pool;
static uint64_t counter; /* of blocks, ever: the nonce */

static uint32_t rotate(uint32_t x, unsigned bits)
{
    return x << bits | x >> (32 - bits);
}

static void quarter(struct block *b, unsigned i, unsigned j, unsigned k, unsigned l)
{
    uint32_t p = b->words[i], q = b->words[j], r = b->words[k], s = b->words[l];

    p += q, s = rotate(s ^ p, 16);
    r += s, q = rotate(q ^ r, 12);
    p += q, s = rotate(s ^ p, 8);
    r += s, q = rotate(q ^ r, 7);
    b->words[i] = p, b->words[j] = q, b->words[k] = r, b->words[l] = s;
}

static void double_round(struct block *b)
{
    for (unsigned i = 0; i < 4; i++)
        quarter(b, i, 4 + i, 8 + i, 12 + i);
    for (unsigned i = 0; i < 4; i++)
        quarter(b, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
}

/* For the test too. §2.3: "expand 32-byte k", the key, a 32-bit counter and a 96-bit nonce. */
void random_block(const uint32_t from[static KEY_WORDS], const uint32_t last[static 4],
                  uint32_t to[static BLOCK_WORDS]);
void random_block(const uint32_t from[static KEY_WORDS], const uint32_t last[static 4],
                  uint32_t to[static BLOCK_WORDS])
{
    struct block start = {{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574}}, b;

    memcpy(&start.words[4], from, KEY_WORDS * 4);
    memcpy(&start.words[12], last, 16);
    b = start;
    for (unsigned i = 0; i < 10; i++)
        double_round(&b);
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        b.words[i] += start.words[i];
    memcpy(to, b.words, BLOCK_BYTES);
}

/* Locked. */
static struct block next_block(void)
{
    const uint32_t last[4] = {0, (uint32_t)counter, (uint32_t)(counter >> 32), 0};
    struct block block;

    counter++;
    random_block(key.words, last, block.words);
    return block;
}

static void new_key(void)
{
    struct block block = next_block();

    memcpy(key.words, block.words, sizeof(key));
}

static void make(struct room room)
{
    while (room.size > 0) {
        struct block block = next_block();
        size_t now = room.size < BLOCK_BYTES ? room.size : BLOCK_BYTES;

        memcpy(room.chars, block.words, now);
        room = room_from(room, now);
    }
    new_key();
}

/* Once given out it is nowhere in memory any more. Locked. */
static uint64_t from_pool(void)
{
    uint64_t *place, number;

    if (pool.left == 0) {
        make(room_of((char *)pool.numbers, sizeof(pool.numbers)));
        pool.left = POOL_NUMBERS;
    }
    place = &pool.numbers[--pool.left % POOL_NUMBERS];
    number = *place;
    *place = 0;
    return number;
}

static void make_few(struct room room)
{
    while (room.size > 0) {
        uint64_t number = from_pool();
        size_t now = room.size < sizeof(number) ? room.size : sizeof(number);

        memcpy(room.chars, &number, now);
        room = room_from(room, now);
    }
}

void random_bytes(void *to, size_t size)
{
    spin_lock(&lock);
    if (size <= FEW_BYTES)
        make_few(room_of(to, size));
    else
        make(room_of(to, size));
    spin_unlock(&lock);
}

uint64_t random_number(void)
{
    spin_lock(&lock);
    uint64_t number = from_pool();

    spin_unlock(&lock);
    return number;
}

void random_stir(const void *from, size_t size)
{
    struct span span = span_of(from, size);

    spin_lock(&lock);
    pool.left = 0; /* what comes from now on has it in it */
    while (span.size > 0) {
        struct key part = {{0}};
        size_t now = span.size < sizeof(part) ? span.size : sizeof(part);

        memcpy(part.words, span.bytes, now);
        for (unsigned i = 0; i < KEY_WORDS; i++)
            key.words[i] ^= part.words[i];
        new_key();
        span = span_from(span, now);
    }
    spin_unlock(&lock);
}

/* How long a few instructions take differs by what the machine is doing otherwise. */
static void stir_jitter(void)
{
    uint64_t samples[JITTERS];

    for (unsigned i = 0; i < JITTERS; i++) {
        samples[i] = cpu_timestamp();
        cpu_pause();
    }
    random_stir(samples, sizeof(samples));
}

void random_init(void)
{
    const struct boot_info *boot = boot_info();
    uint64_t number;

    random_stir(boot->stamps, sizeof(boot->stamps));
    random_stir(&boot->kernel, sizeof(boot->kernel));
    for (unsigned i = 0; i < 8; i++)
        if (cpu_random(&number))
            random_stir(&number, sizeof(number));
    if (time_wall_ns(&number) == 0)
        random_stir(&number, sizeof(number));
    number = time_now_ns();
    random_stir(&number, sizeof(number));
    stir_jitter();
}
