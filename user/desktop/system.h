/*
 * All that the server has of the system it runs on: system.c for FastOS, test/system_host.c for tests on
 * another machine. Memory, poll and files are POSIX's on both and used as such. Functions return a number
 * or 0, or a negative error number. One thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <poll.h>
#include <stdint.h>
#include <time.h>

#include "lib/abi/input.h"
#include "lib/abi/screen.h"

/* The screen, mapped: written, never read. -ENODEV: there is none. */
int system_screen(struct abi_screen *info, uint8_t **pixels);
/* Another mode. The pixels that were mapped are no more, whatever it returns: *info and *pixels are those of
   the screen as it is now. -EINVAL, -ENODEV, -ENOSPC, -EIO: it is as it was. -ENXIO: nothing could be mapped
   any more. */
int system_set_mode(const struct abi_screen_mode *mode, struct abi_screen *info, uint8_t **pixels);
/* This boot's command line says which mode, or that nothing shall be tried: video=, safe. */
bool system_mode_is_given(void);
/* It has desktop=plain (or off: the desktop was started by hand): nobody is there to be asked. */
bool system_is_plain(void);
/* True once in the life of the machine: a server that began anew must not start programs again. */
bool system_is_first(void);
/* CLOCK_MONOTONIC. */
uint64_t system_now_ns(void);
/* The time of day. */
time_t system_time(void);
/* poll. */
int system_wait(struct pollfd files[], unsigned count, int timeout_ms);

/* Where files are. */
struct system_paths {
    const char *layouts, *applications; /* folders */
    const char *settings;               /* NULL: .config/desktop of the user's home */
    const char *windows;                /* where they were */
    const char *load;                   /* /proc/stat */
    const char *autostart;              /* NULL: .config/autostart of the user's home */
};
extern const struct system_paths system_paths;

/* Keys and pointer, for this program alone: a file to be polled. -EBUSY: another program has them. */
int system_input(void);
/* Events, at most `most`; 0: none are there. */
int system_read_input(int fd, struct abi_input_event *events, unsigned most);
int system_keys_held(int fd, struct abi_input_keys *keys);

/* The end that has the name PROTOCOL_NAME: it can be read when somebody connects. -EEXIST: another has it. */
int system_listen(void);
/* The channel of one who connected, not waiting, and whose it is. -EAGAIN: nobody does. */
int system_accept(int listener, uint32_t *pid);
/* One message. -EAGAIN: no room there now; -EPIPE: nobody is there. The files stay open here. */
int system_send(int fd, const void *bytes, size_t size, const int files[], unsigned count);
/* Its size. Files are new here. -EAGAIN: none is there now; -EPIPE: nobody is there; -EMSGSIZE: it is too
 * large. */
int system_receive(int fd, void *bytes, size_t room, int files[], unsigned most, unsigned *count);

/* There is such a program. */
bool system_can_run(const char *path);
/* A program with its words, in a session of its own, without our files. Its process. */
int system_spawn(char *const words[]);
/* Ends a process; gives back those that ended. */
void system_end(uint32_t pid);
void system_reap(void);
/* A line of the kernel's log. */
void system_log(const char *line);
