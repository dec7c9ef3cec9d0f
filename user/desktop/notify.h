/*
 * Notifications: shown at the top right for some seconds, critical ones until they were clicked or the list
 * was opened; all are kept in that list, which the panel and Super+N open.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "user/desktop/protocol.h"

#define NOTIFY_SECONDS 6
#define NOTIFY_HISTORY 24u

void notify_add(const struct message_notify *message);
void notify_toggle_history(void);
/* Those whose time is over go. When next; UINT64_MAX: none is shown. */
uint64_t notify_watch(uint64_t now_ns);
unsigned notify_unseen(void); /* since the list was open last */
