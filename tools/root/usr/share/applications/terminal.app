name=Terminal
name.es=Terminal
exec=/bin/terminal
icon=terminal
keywords=shell console command consola orden
