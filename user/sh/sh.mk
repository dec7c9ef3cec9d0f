# The shell: for FastOS, and for this machine under the sanitizers, where tests/user compares it with
# others.
SH_SOURCES := $(sort $(wildcard user/sh/*.c))
$(eval $(call program,bin/sh,$(SH_SOURCES)))

HOST_SH := $(B)/host/user/sh/sh
$(HOST_SH): $(SH_SOURCES:%.c=$(B)/host/programs/%.o)
	@mkdir -p $(@D)
	$(HOST_CC) $(HOST_SANITIZE) $^ -o $@
