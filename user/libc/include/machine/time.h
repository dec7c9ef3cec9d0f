#pragma once

#define _CLOCKS_PER_SEC_ 1000000
