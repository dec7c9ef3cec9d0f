name=Blocks
name.es=Bloques
icon=blocks
exec=/bin/blocks
words=game juego
