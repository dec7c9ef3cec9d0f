# The System Monitor.
$(eval $(call program,bin/monitor,$(call ui_sources,monitor),$(LIBSYSTEM) $(LIBUI)))
