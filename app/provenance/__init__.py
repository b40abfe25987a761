"""A click on a number of a figure: the equation with the numbers in it, the cells they came from, the line of code.

One mechanism for every figure. An experiment says which function of ``models`` made what it draws (``origin``). The
function is run once more on the same tensors while every torch operation in it is watched (``record``); one cell of the
result is followed back through them (``expression``) and written as a formula (``latex``).
"""
