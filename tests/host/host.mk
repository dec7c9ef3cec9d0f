# Host tests: every *_test.c beside its source becomes a cmocka program under the address and
# undefined-behaviour sanitizers. `drivers/serial/serial_test.c` is
# build/host/drivers/serial/serial_test.
#
# A test X_test.c is linked with its own X.c when there is one, with lib/copy.c, lib/string.c and
# lib/printf.c (what the compiler or our code may always need; see tests/host/rename.h for their
# names), and with the sources that it names itself, in one line or several:
#   /* links: lib/crc32.c lib/mbr.c */
# A name that ends in .a is an archive of such objects, which its folder's fragment makes.

HOST_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
HOST_CFLAGS   := -std=gnu17 -I. -I$(SHARED)/gen -MMD -MP -g -O1 -fno-omit-frame-pointer \
                 -Wall -Wextra -Wno-unused-parameter -Wno-macro-redefined $(if $(WERROR),-Werror)
# Our own sources: without the compiler's knowledge of the functions whose names they have.
HOST_RENAME   := -fno-builtin -include tests/host/rename.h
HOST_ALWAYS   := lib/copy.c lib/string.c lib/printf.c
HOST_TESTS    := $(sort $(shell find lib drivers kernel stage2 user -name '*_test.c'))
HOST_PROGRAMS := $(HOST_TESTS:%.c=$(B)/host/%)

# links_of: the words "FILE|SOURCE" for each source that a `links:` line of the files $1 names.
links_of = $(if $1,$(shell awk '/\/\* links: .*\*\// { \
    sub(/.*links: /, ""); sub(/ *\*\/.*/, ""); n = split($$0, s, " "); \
    for (i = 1; i <= n; i++) print FILENAME "|" s[i] }' $1))
HOST_LINKS := $(call links_of,$(HOST_TESTS))
host_sources = $(sort $(HOST_ALWAYS) $(wildcard $(1:_test.c=.c)) \
                      $(patsubst $1|%,%,$(filter $1|%,$(HOST_LINKS))))

define HOST_PROGRAM
$(B)/host/$(1:.c=): $(B)/host/$(1:.c=.o) $(patsubst %.c,$(B)/host/%.o,$(filter %.c,$(host_sources))) \
    $(addprefix $(B)/host/,$(filter %.a,$(host_sources)))
endef
$(foreach test,$(HOST_TESTS),$(eval $(call HOST_PROGRAM,$(test))))

$(B)/host/%_test.o: %_test.c tests/host/host.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) $(HOST_SANITIZE) -c $< -o $@

$(B)/host/%.o: %.c tests/host/host.mk tests/host/rename.h | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) $(HOST_RENAME) $(HOST_SANITIZE) -c $< -o $@

# Programs of ring 3 have a C library; here it is this machine's.
$(B)/host/user/%.o: user/%.c tests/host/host.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_CFLAGS) -D_GNU_SOURCE $(HOST_SANITIZE) -c $< -o $@

$(HOST_PROGRAMS):
	$(HOST_CC) $(HOST_SANITIZE) $^ -lcmocka -Wl,--as-needed -lpng -ljpeg -lqrcodegen -lz -lm -o $@

.PHONY: test-host
test-host: $(HOST_PROGRAMS) ## run the unit tests of lib, drivers, kernel and stage2 on this machine
	@printf '%s\n' $(HOST_PROGRAMS) | xargs -P $(JOBS) -I PROGRAM tests/host/run $(B) PROGRAM

-include $(shell find $(B)/host -name '*.d' 2>/dev/null)
