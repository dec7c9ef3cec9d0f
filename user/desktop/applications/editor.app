name=Editor
name.es=Editor
icon=editor
exec=/bin/editor
words=text write texto
pinned=3
