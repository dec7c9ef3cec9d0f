# user/apps/: the desktop's programs, a folder and a fragment each.
#
#   $(eval $(call ui_program,calculator))               bin/calculator, of all sources in its folder
#   $(eval $(call ui_package_program,viewer))           the same with Debian's libraries (user/packages)

ui_sources = $(filter-out %_test.c,$(sort $(wildcard user/apps/$1/*.c)))
ui_program = $(call program,bin/$1,$(call ui_sources,$1),$(LIBUI))
ui_package_program = $(call package_program,bin/$1,$(call ui_sources,$1),$(LIBUI))
# What the programs that show the system have in common.
LIBSYSTEM := $(SHARED)/programs/libsystem.a

include $(sort $(wildcard user/apps/*/*.mk))
