name=System Monitor
name.es=Monitor del sistema
icon=monitor
exec=/bin/monitor
words=process cpu memory proceso
pinned=5
