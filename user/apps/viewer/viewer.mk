# The image viewer: PNG and JPEG by Debian's libraries. Paths and the order of names are those of Files.
VIEWER_SOURCES := $(call ui_sources,viewer) $(addprefix user/apps/files/,path.c folder.c types.c)
$(eval $(call package_program,bin/viewer,$(VIEWER_SOURCES),$(LIBUI)))
