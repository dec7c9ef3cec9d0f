/*
 * Faults that are expected where the kernel touches memory that may not be there. Instructions that
 * may fault have a line in the section .fixups (fixup.inc): where they lie, and where to go on,
 * with all registers as they were. (cpu_catch, in arch.h, is for whole functions, and for tests.)
 */
#pragma once

#include <stdbool.h>

struct interrupt_frame;

/* In inline assembly: FIXUP("1b", "2f", "3f"), labels in .text. The NASM side is fixup.inc. */
#define FIXUP(from, to, recovery)                                     \
    ".pushsection .fixups, \"a\"\n\t"                                 \
    ".balign 4\n\t"                                                   \
    ".long " from " - .\n\t"                                          \
    ".long " to " - .\n\t"                                            \
    ".long " recovery " - .\n\t"                                      \
    ".popsection\n\t"

/* An expected fault of the kernel's: the instruction has such a line. */
bool fixup_known(const struct interrupt_frame *frame);
/* True: the frame was changed to go on at the recovery. */
bool fixup_recover(struct interrupt_frame *frame);
