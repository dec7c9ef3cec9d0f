name=Images
name.es=Imágenes
icon=viewer
exec=/bin/viewer
words=picture photo png jpeg foto
pinned=4
