# The kernel's log in a window.
$(eval $(call program,bin/log,$(call ui_sources,log),$(LIBSYSTEM) $(LIBUI)))
