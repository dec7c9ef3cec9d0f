/* The system that the benchmark is compiled for. */
#pragma once

#ifdef FASTOS
#include "user/bench/os_fastos.h"
#else
#include "user/bench/os_linux.h"
#endif
