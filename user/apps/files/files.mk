# Files: folders, and what one does with files.
$(eval $(call ui_program,files))
