/* The battery-backed clock of a PC (MC146818 and its descendants). */
#pragma once

#include <stdint.h>

#include "lib/calendar.h"
#include "lib/compiler.h"

/* Reads the date. -ETIMEDOUT: it is updating for ever, or never says the same twice. -ENODEV: there
   is none, or its battery was empty. -EINVAL: what it says is no date. The log says which value was
   wrong. */
int rtc_read(struct calendar *date) must_check;

/* The registers, as they are read; what they mean depends on `status_b`. */
struct rtc_registers {
    uint8_t second, minute, hour, day, month, year, century, status_b;
};
/* -EINVAL, with *wrong the name of the first field that cannot be. A century register that holds no
   century counts as not there: then years 70–99 are 19.., others 20... */
int rtc_decode(const struct rtc_registers *registers, struct calendar *date, const char **wrong)
    must_check;
