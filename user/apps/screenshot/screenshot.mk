# A picture of the screen as a file.
$(eval $(call ui_package_program,screenshot))
