/*
 * Pages for code that is loaded while the kernel runs: the kernel's tests, drivers' modules. Written first,
 * then closed; a page is never writable and executable, and the map of all physical memory is no way around
 * that. Use: code_pages_map → fill → code_pages_close for each part → code_pages_unmap.
 *
 * The caller owns the addresses, multiples of PAGE_SIZE in PML4[510]. Takes the locks of frames and page
 * tables; not for interrupt handlers.
 */
#pragma once

#include <stdint.h>

#include "lib/compiler.h"

/* Zeros, writable. -ENOMEM: nothing is mapped. */
int code_pages_map(uint64_t virt, uint64_t bytes) must_check;
/* flags: 0 or PAGE_EXECUTE, for good; nothing for bytes 0. -ENOMEM: unmap them. */
int code_pages_close(uint64_t virt, uint64_t bytes, unsigned flags) must_check;
/* Those that are there; their frames go back. */
void code_pages_unmap(uint64_t virt, uint64_t bytes);
