"""Readers and writers, one module per format: file or arrays -> layers with weights."""
