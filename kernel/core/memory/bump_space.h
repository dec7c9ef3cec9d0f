/*
 * The bump heap's arithmetic: pieces one behind the other in a stretch of addresses, of which only
 * the last comes back. Pure, addresses are numbers; the caller has the lock.
 *
 * Use: bump_space_move → bump_space_fit, then bump_space_take; bump_space_give.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

struct bump_space { /* all zero: no stretch yet */
    uint64_t base, bytes; /* the stretch */
    uint64_t next;        /* its first byte not handed out */
    uint64_t used;        /* bytes of pieces that are out */
    uint64_t earlier;     /* bytes handed out of former stretches */
};

#define BUMP_BYTES_MAX (UINT64_MAX / 4)

/*@ predicate bump_ok(struct bump_space *space) =
      space->bytes <= BUMP_BYTES_MAX && space->earlier <= BUMP_BYTES_MAX
      && space->base <= space->next <= space->base + space->bytes <= UINT64_MAX
      && space->used <= space->earlier + (space->next - space->base); */

/* From now on pieces come from [base, base + bytes). Those that are out can still be given back. */
/*@ requires \valid(space) && bump_ok(space);
    requires base <= UINT64_MAX - bytes && bytes <= BUMP_BYTES_MAX;
    requires space->earlier + (space->next - space->base) <= BUMP_BYTES_MAX;
    assigns *space;
    ensures bump_ok(space) && space->base == base && space->bytes == bytes && space->next == base;
    ensures space->used == \old(space->used); */
void bump_space_move(struct bump_space *space, uint64_t base, uint64_t bytes);
/* Where the next piece of that size and alignment would lie. -ENOMEM; -EINVAL: align 0. */
/*@ requires \valid_read(space) && bump_ok(space) && \valid(start) && \separated(start, space);
    assigns *start;
    ensures \result == 0 ==> align > 0 && *start % align == 0;
    ensures \result == 0 ==> space->next <= *start
            && *start + size <= space->base + space->bytes; */
int bump_space_fit(const struct bump_space *space, uint64_t size, uint64_t align, uint64_t *start)
    must_check;
/* The piece is out. start: of bump_space_fit, for that size. */
/*@ requires \valid(space) && bump_ok(space);
    requires space->next <= start && start + size <= space->base + space->bytes;
    assigns space->next, space->used;
    ensures bump_ok(space) && space->next == start + size
            && space->used == \old(space->used) + size; */
void bump_space_take(struct bump_space *space, uint64_t start, uint64_t size);
/* -EINVAL: so many bytes are not out there. */
/*@ requires \valid(space) && bump_ok(space);
    assigns space->next, space->used;
    ensures bump_ok(space);
    ensures space->used == \old(space->used) - (\result == 0 ? size : 0);
    ensures space->next == \old(space->next) || space->next == start == \old(space->next) - size; */
int bump_space_give(struct bump_space *space, uint64_t start, uint64_t size) must_check;
