/*
 * The checks that the compiler puts into the release kernel (kernel.mk): each failed one is an
 * instruction that no CPU knows. For the exception handler, to tell it from any other.
 */
#pragma once

#include <stdint.h>

#define CHECK_TRAP_BYTES 5u

/* What failed, by the bytes of the instruction: "a bounds check" (clang says which), "a bounds or
   overflow check" (gcc does not). NULL: it is none of these instructions. */
const char *check_trap_name(const uint8_t bytes[CHECK_TRAP_BYTES]);
