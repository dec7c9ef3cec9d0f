name=Minesweeper
name.es=Buscaminas
icon=minesweeper
exec=/bin/minesweeper
words=game mines juego
pinned=7
