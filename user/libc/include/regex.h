/* newlib's, which leaves the types to whoever includes it. */
#ifndef _FASTOS_REGEX_H
#define _FASTOS_REGEX_H

#include <sys/types.h>

#include_next <regex.h>

#endif
