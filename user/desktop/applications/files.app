name=Files
name.es=Archivos
icon=files
exec=/bin/files
words=folder directory carpeta
pinned=2
