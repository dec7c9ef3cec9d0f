name=Calculator
name.es=Calculadora
icon=calculator
exec=/bin/calculator
words=numbers programmer
pinned=6
