/* How busy the CPU was since the last time one asked. */
#pragma once

unsigned load_percent(void); /* 0 to 100 */
