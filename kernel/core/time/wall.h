/* The wall clock's start; what it says is in time.h. */
#pragma once

void wall_init(void); /* reads the RTC; without one there is no wall clock until somebody sets it */
