# kernel/ and drivers/: the kernel image.
