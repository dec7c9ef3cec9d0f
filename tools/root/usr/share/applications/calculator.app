name=Calculator
name.es=Calculadora
exec=/bin/calculator
icon=calculator
keywords=arithmetic numbers aritmética números
