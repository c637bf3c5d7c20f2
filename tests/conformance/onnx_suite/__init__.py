"""Models that torch.onnx exports, and LSTM nodes written by hand, beside ONNX Runtime."""
