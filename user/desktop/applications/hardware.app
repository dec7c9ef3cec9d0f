name=Hardware report
name.es=Informe de hardware
icon=hardware
exec=/bin/hardware
words=pci cpu memory disk qr
