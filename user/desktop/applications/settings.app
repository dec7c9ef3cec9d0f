name=Settings
name.es=Ajustes
icon=settings
exec=/bin/settings
words=theme keyboard display tema teclado
pinned=8
