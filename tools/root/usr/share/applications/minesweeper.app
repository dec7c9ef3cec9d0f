name=Minesweeper
name.es=Buscaminas
exec=/bin/minesweeper
icon=minesweeper
keywords=game mines juego minas
