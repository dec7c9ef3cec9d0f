/* Ways to fill video memory with a pattern. Which is the fastest depends on the machine: framebuffer.c lets
   them run against each other. */
#pragma once

#include <stdint.h>

/* 24 bytes are whole pixels at every depth: 12, 8 or 6 of them. */
struct pattern {
    uint64_t words[3];
};

enum fill_way {
    FILL_MOVES,  /* 8 bytes at a time */
    FILL_PAST,   /* the same past the cache (MOVNTI): does not wait for write-combining to be sure */
    FILL_STRING, /* REP STOSQ; a pattern that is not of 8 bytes goes by moves */
    FILL_WAYS,
};

void fill_bytes(enum fill_way way, uint8_t *to, uint32_t bytes, const struct pattern *pattern);
/* The one to take, from how long each took for the same work: moves, unless another was clearly faster. */
enum fill_way fill_winner(const uint64_t took_us[FILL_WAYS]);
