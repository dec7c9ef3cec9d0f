/* The month that the clock opens. */
#pragma once

void calendar_toggle(void);
