# The image viewer. Its readers are tested and fuzzed with this machine's libpng and libjpeg.
$(B)/host/user/apps/viewer/image_test $(B)/fuzz/image_fuzz: HOST_LIBS := -lpng16 -ljpeg -lz
