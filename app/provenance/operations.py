"""Names of torch operations, by the rule that says what a number of their result is made of."""

UNARY = {"neg", "exp", "log", "cos", "sin", "sqrt", "abs", "sigmoid", "tanh", "relu", "silu", "erf"}
BINARY = {"add", "sub", "mul", "div", "pow", "maximum", "minimum"}
SAME = {
    "__add__": "add", "__radd__": "add", "__sub__": "sub", "__mul__": "mul", "__rmul__": "mul", "multiply": "mul",
    "__truediv__": "div", "true_divide": "div", "divide": "div", "__pow__": "pow", "__neg__": "neg",
    "__matmul__": "matmul", "bmm": "matmul", "mm": "matmul", "clamp_min": "maximum", "amax": "max", "amin": "min",
}  # fmt: skip
REVERSED = {"rsub": "sub", "__rsub__": "sub", "__rtruediv__": "div", "__rdiv__": "div", "__rpow__": "pow"}
REDUCING = {"sum", "mean", "max", "min", "prod"}
CASTING = {"float", "double", "to", "type", "half", "clone", "contiguous", "detach", "cpu", "as_tensor"}
MOVING = {
    "__getitem__", "__get__", "transpose", "permute", "movedim", "view", "reshape", "flatten", "unflatten", "squeeze",
    "unsqueeze", "expand", "expand_as", "broadcast_to", "stack", "cat", "repeat", "repeat_interleave", "gather",
    "take_along_dim", "index_select", "select", "narrow", "flip", "roll", "chunk", "split", "unbind", "masked_fill",
    "where", "diag_embed", "diagonal", "tril", "triu", "embedding", "scatter", "index_copy", "pad",
}  # fmt: skip
CHOOSING = {"topk", "sort"}
FILLING = {"zeros_like", "ones_like", "full_like", "new_zeros", "new_ones", "new_full"}
COMPARING = {"lt", "le", "gt", "ge", "eq", "ne", "__lt__", "__le__", "__gt__", "__ge__", "__eq__", "__ne__"}
