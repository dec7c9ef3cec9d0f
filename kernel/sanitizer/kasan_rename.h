/* In front of lib/string.c and lib/copy.c in the kernel with KASAN (kernel.mk): what
   kasan_string.c calls, once it has checked the arguments. */
#pragma once

#define memcpy  plain_memcpy
#define memmove plain_memmove
#define memset  plain_memset
#define memcmp  plain_memcmp
#define strlen  plain_strlen
#define strnlen plain_strnlen
#define strcmp  plain_strcmp
#define strncmp plain_strncmp
#define strchr  plain_strchr
#define strlcpy plain_strlcpy
#define strlcat plain_strlcat
