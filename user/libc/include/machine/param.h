#pragma once

#define HZ 100 /* what times() counts in */
#define NOFILE 1024
#define PATHSIZE 4096
