# user/apps/: the desktop's programs, a folder and a fragment each.
include $(sort $(wildcard user/apps/*/*.mk))
