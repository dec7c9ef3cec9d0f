name=Terminal
name.es=Terminal
icon=terminal
exec=/bin/terminal
words=shell console command consola
pinned=1
