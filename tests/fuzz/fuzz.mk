# Fuzzers: every tests/fuzz/X_fuzz.c becomes build/fuzz/X_fuzz (libFuzzer, address and
# undefined-behaviour sanitizers). Like a host test it names what it is linked with in a line
# /* links: lib/x.c */, and may name options for libFuzzer in a line   /* options: -max_len=512 */
#
# What it starts from, build/fuzz/seeds/X/, comes from tests/fuzz/seeds.py. A long run keeps what it
# learned in build/fuzz/corpus/X/. The input of a crash stays as build/fuzz/X-crash-…:
# run `build/fuzz/X_fuzz FILE` to see it again, mend the bug, and make a unit test of it.

FUZZ_SECONDS       ?= 60
FUZZ_SHORT_SECONDS ?= 4
FUZZ_CFLAGS   := $(HOST_CFLAGS) -fsanitize=fuzzer-no-link $(HOST_SANITIZE)
FUZZ_SOURCES  := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZ_NAMES    := $(FUZZ_SOURCES:tests/fuzz/%_fuzz.c=%)
FUZZ_PROGRAMS := $(FUZZ_NAMES:%=$(B)/fuzz/%_fuzz)
FUZZ_LINKS    := $(call links_of,$(FUZZ_SOURCES))

fuzz_sources = $(sort $(HOST_ALWAYS) $(patsubst tests/fuzz/$1_fuzz.c|%,%,\
    $(filter tests/fuzz/$1_fuzz.c|%,$(FUZZ_LINKS))))
define FUZZ_PROGRAM
$(B)/fuzz/$(1)_fuzz: $(B)/fuzz/tests/fuzz/$(1)_fuzz.o \
    $(patsubst %.c,$(B)/fuzz/%.o,$(filter %.c,$(call fuzz_sources,$1))) \
    $(addprefix $(B)/fuzz/,$(filter %.a,$(call fuzz_sources,$1)))
endef
$(foreach name,$(FUZZ_NAMES),$(eval $(call FUZZ_PROGRAM,$(name))))

$(B)/fuzz/%_fuzz.o: %_fuzz.c tests/fuzz/fuzz.mk tests/host/host.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(FUZZ_CFLAGS) -c $< -o $@

$(B)/fuzz/%.o: %.c tests/fuzz/fuzz.mk tests/host/host.mk tests/host/rename.h | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(FUZZ_CFLAGS) $(HOST_RENAME) -c $< -o $@

$(B)/fuzz/user/%.o: user/%.c tests/fuzz/fuzz.mk tests/host/host.mk | $(GENERATED)
	@mkdir -p $(@D)
	$(HOST_CC) $(FUZZ_CFLAGS) -D_GNU_SOURCE -c $< -o $@

$(FUZZ_PROGRAMS):
	$(HOST_CC) -fsanitize=fuzzer $(HOST_SANITIZE) $^ -Wl,--as-needed -lpng -ljpeg -lm -o $@

$(B)/fuzz/seeds/made: tests/fuzz/seeds.py $(SHARED)/user/hello $(SHARED)/user/tests/abuse \
    $(B)/modules/null.fko $(B)/modules/crash.fko
	@mkdir -p $(@D)
	$(PYTHON) -B tests/fuzz/seeds.py $(@D) $(FUZZ_NAMES)
	touch $@

# fuzz_run: each fuzzer for $1 seconds with the options $2, as many at a time as there are CPUs; the folder
# $3/X takes what it learns.
fuzz_run = @printf '%s\n' $(FUZZ_NAMES) | \
    xargs -P $(JOBS) -I NAME tests/fuzz/run $(B) NAME $1 $3 $2

.PHONY: fuzz fuzz-short fuzz-calls
fuzz: $(FUZZ_PROGRAMS) $(B)/fuzz/seeds/made ## fuzz every parser, FUZZ_SECONDS (60) each; then fuzz-calls
	$(call fuzz_run,$(FUZZ_SECONDS),,$(B)/fuzz/corpus)
	$(MAKE) fuzz-calls

# SEED=7 makes the same calls again: of each type of argument the same values, in the same order.
CALLS ?= 2000000
fuzz-calls: SEED ?= $(shell date +%s)
fuzz-calls: $(IMAGE) debug-image ## abuse the debug kernel's system calls, CALLS of them, with a SEED
	@echo "fuzz-calls: SEED=$(SEED) CALLS=$(CALLS)"
	FASTOS_ABUSE="$(SEED) $(CALLS)" $(PYTEST) tests/system/test_abuse.py

# From the seeds alone and with the same dice each time.
fuzz-short: $(FUZZ_PROGRAMS) $(B)/fuzz/seeds/made ## fuzz every parser for a few seconds
	@rm -rf $(B)/fuzz/short
	$(call fuzz_run,$(FUZZ_SHORT_SECONDS),-seed=1,$(B)/fuzz/short)

-include $(shell find $(B)/fuzz -name '*.d' 2>/dev/null)
