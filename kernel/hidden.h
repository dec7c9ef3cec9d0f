/* Included in front of every file (kernel.mk): what is declared elsewhere is in this image too, so
   the compiler reaches it relative to the code, not by a table of addresses. */
#pragma once

#pragma GCC visibility push(hidden)
