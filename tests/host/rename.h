/*
 * Every source of ours that a host test or a fuzzer links is compiled with this header in front
 * (clang -include). It gives our string and printf functions names of their own, so that they and
 * the host's C library live in one program: our code calls ours, the test itself and the sanitizers
 * call the host's. A test that wants to call ours by name includes this header behind the host's
 * headers. (strlcpy and strlcat keep their names: Debian 12's C library has none.)
 */
#pragma once

#define memcpy    fastos_memcpy
#define memmove   fastos_memmove
#define memset    fastos_memset
#define memcmp    fastos_memcmp
#define strlen    fastos_strlen
#define strnlen   fastos_strnlen
#define strcmp    fastos_strcmp
#define strncmp   fastos_strncmp
#define strchr    fastos_strchr
#define snprintf  fastos_snprintf
#define vsnprintf fastos_vsnprintf
