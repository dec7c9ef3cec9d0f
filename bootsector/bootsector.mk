# bootsector/: the 512-byte MBR.
