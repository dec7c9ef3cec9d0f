name=Log
name.es=Registro
icon=log
exec=/bin/log
words=kernel messages mensajes
