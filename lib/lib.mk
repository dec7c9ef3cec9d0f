# lib/: freestanding code shared by stage 2, the kernel, the drivers and the host tests.
# Each user compiles it with its own flags, so there is one archive a user.

LIB_SOURCES := $(filter-out %_test.c,$(shell find lib -name '*.c'))
