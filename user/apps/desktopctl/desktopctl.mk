$(eval $(call ui_program,desktopctl))
