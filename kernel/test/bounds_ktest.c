/* What the checked tier rests on (docs/85-safety.md): who leaves an array or a span is stopped. */
#include "kernel/arch/arch.h"
#include "kernel/test/ktest.h"
#include "lib/span.h"

#define INVALID_OPCODE 6

static struct {
    uint8_t bytes[8], behind;
} array;

static volatile unsigned nine = 9, minus_one = UINT32_MAX;
static volatile uint8_t read;

static void read_behind(void *context)
{
    (void)context;
    read = array.bytes[nine];
}

static void write_in_front(void *context)
{
    (void)context;
    array.bytes[minus_one] = 1;
}

/* At a member, as the last one of its structure, which is where compilers like to look away. */
static void write_behind_last_member(void *context)
{
    struct {
        unsigned count;
        uint8_t bytes[8];
    } *last = context;

    last->bytes[nine] = 1;
}

static void read_behind_span(void *context)
{
    read = span_at(span_of(context, 8), nine);
}

static void field_across_the_end(void *context)
{
    read = (uint8_t)span_rd32(span_of(context, 8), nine - 4);
}

static void part_that_wraps(void *context)
{
    read = (uint8_t)span_part(span_of(context, 8), 4, SIZE_MAX - 1).size;
}

static bool is_stopped(void (*function)(void *))
{
    static uint64_t room[4];
    struct cpu_exception caught;

    return cpu_catch(function, room, &caught) && caught.vector == INVALID_OPCODE;
}

KTEST(bounds_of_arrays_trap)
{
#ifdef DEBUG
    ktest_skip("a debug kernel has sanitizers instead");
    return;
#endif
    EXPECT(is_stopped(read_behind));
    EXPECT(is_stopped(write_in_front));
    EXPECT(is_stopped(write_behind_last_member));
}

KTEST(bounds_of_spans_trap)
{
    EXPECT(is_stopped(read_behind_span));
    EXPECT(is_stopped(field_across_the_end));
    EXPECT(is_stopped(part_that_wraps));
}
