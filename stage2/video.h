/* The screen for the kernel. Use: video_query early (it reserves what framebuffers lie in RAM) →
   video_set as the very last thing, because messages end there. */
#pragma once

#include <stdint.h>

/* Ask the video BIOS and the monitor, unless the command line says video=text or safe. */
void video_query(const char *cmdline);
/* For the menu: ask, and print the sizes there are. */
void video_show_modes(void);
/* Bytes of the largest framebuffer that video_set may choose. */
uint64_t video_bytes_max(void);
/* Set the best mode that works, else leave VGA text. Fills boot_info.framebuffer except virt. */
void video_set(void);
