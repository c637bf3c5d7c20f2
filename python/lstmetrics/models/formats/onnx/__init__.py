"""ONNX graphs of LSTM text models, as torch.onnx and tf2onnx write them.

``proto`` opens the file and trusts nothing in it; ``axes`` says what each axis of a value stands
for, whatever order the graph keeps them in; ``folding`` computes what does not depend on the
inputs; ``operators`` and ``recurrent`` turn the nodes into our layers, called on values; ``reader``
puts these together. What no layer of ours does is refused by the operator's name.
"""
