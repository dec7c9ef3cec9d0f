/* Fuzz keyboard layouts. The input: 16 keys to press, then a layout's text. What the parser takes the kernel
   takes; whatever the layout is, each key types whole characters, a few at most. */
/* links: lib/keyboard_layout.c lib/utf8.c kernel/core/input/layout.c kernel/core/input/layout_us.c */
/* links: lib/accents.c kernel/core/input/input.c */
/* options: -max_len=4096 */
#include "kernel/core/input/input.h"
#include "kernel/core/input/layout.h"
#include "kernel/core/sync/wait.h"
#include "lib/errno.h"
#include "lib/keyboard_layout.h"
#include "lib/utf8.h"
#include "tests/fuzz/fuzz.h"

#define PRESSED 16u

uint64_t spin_lock_irq(struct spinlock *lock)
{
    must(lock->held == 0);
    lock->held = 1;
    return 0;
}

void spin_unlock_irq(struct spinlock *lock, uint64_t saved)
{
    lock->held = (uint32_t)saved;
}

void wait_broadcast(struct wait_queue *queue)
{
    must(queue != NULL);
}

uint64_t wait_lock(struct wait_queue *queue)
{
    must(queue == NULL);
    return 0;
}

void wait_unlock(struct wait_queue *queue, uint64_t saved)
{
    must(queue == NULL && saved == 0);
}

int wait_locked(struct wait_queue *queue, uint64_t *saved, uint64_t deadline_ns)
{
    must(queue == NULL && saved == NULL && deadline_ns == 0);
    return 0;
}

static void press(uint8_t code)
{
    struct utf8_decoder decoder = {0};
    uint32_t characters[2];
    unsigned bytes = 0;

    (void)input_key(code, true);
    for (uint8_t byte; input_get(&byte); bytes++)
        for (unsigned i = 0, count = utf8_decode(&decoder, byte, characters); i < count; i++)
            must(characters[i] < 0x10000);
    must(decoder.missing == 0 && bytes <= 16);
}

static void check_fault(const struct layout_fault *fault, const uint8_t *text, size_t size)
{
    unsigned lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    must(fault->why != NULL && fault->line >= 1 && fault->line <= lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct abi_layout layout, now;
    struct layout_fault fault;

    if (size < PRESSED)
        return 0;
    uint8_t *text = exact_copy(bytes + PRESSED, size - PRESSED);
    int error = layout_parse(text_of((const char *)text, size - PRESSED), &layout, &fault);
    must(error == 0 || error == -EINVAL);
    if (error)
        check_fault(&fault, text, size - PRESSED);
    free(text);
    must(layout_set(&layout) == 0);
    layout_get(&now);
    must(memcmp(&now, &layout, sizeof(now)) == 0);
    for (unsigned i = 0; i < PRESSED; i++)
        press(bytes[i]);
    for (unsigned code = 0; code < 256; code++)
        (void)input_key((uint8_t)code, false);
    press(0x1c); /* no accent waits for the next input */
    return 0;
}
