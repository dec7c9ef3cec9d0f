name=Blocks
name.es=Bloques
exec=/bin/blocks
icon=blocks
keywords=game tetris juego
