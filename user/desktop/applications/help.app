name=Help
name.es=Ayuda
icon=help
exec=/bin/help
words=documentation tutorial manual
