/*
 * Faults that are expected where the kernel touches memory that may not be there. An instruction
 * that may fault has a line in the section .fixups: where it lies, and where to go on, with all
 * registers as they were. (cpu_catch, in arch.h, is for whole functions, and for tests.)
 */
#pragma once

#include <stdbool.h>

struct interrupt_frame;

/* In inline assembly: FIXUP("1b", "2f"), both labels in .text. The NASM side is fixup.inc. */
#define FIXUP(fault, recovery)                                        \
    ".pushsection .fixups, \"a\"\n\t"                                 \
    ".balign 4\n\t"                                                   \
    ".long " fault " - .\n\t"                                         \
    ".long " recovery " - .\n\t"                                      \
    ".popsection\n\t"

/* True: the frame was changed to go on at the recovery. */
bool fixup_recover(struct interrupt_frame *frame);
