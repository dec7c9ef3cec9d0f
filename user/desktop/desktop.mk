# The display server, and the texts of the programs that its launcher offers.
DESKTOP_SOURCES := $(filter-out %_test.c,$(wildcard user/desktop/*.c))
$(eval $(call program,bin/desktop,$(DESKTOP_SOURCES) lib/accents.c lib/keyboard_layout.c,$(LIBDRAW)))

# No SSE, as user/draw: neither is there anything to compute with it, nor registers to be saved then.
$(DESKTOP_SOURCES:%.c=$(B)/programs/tree/%.o): COMPILE_PROGRAM += -mgeneral-regs-only

# For disk.img.mk.
DESKTOP_FILES := $(foreach f,$(wildcard user/desktop/applications/*.app),\
    usr/share/applications/$(notdir $f):$f)

# A client without a toolkit, which can also be a bad one: tests/system/test_desktop.py.
$(eval $(call program,usr/tests/desktop_client,user/desktop/test/client.c user/desktop/protocol.c))
