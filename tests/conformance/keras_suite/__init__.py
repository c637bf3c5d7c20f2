"""Models saved by Keras itself, of several versions, against ours: ``python -m``, or nox.

``make.py`` runs where a version of Keras is installed and writes models, inputs and outputs;
``__main__.py`` runs where we are, reads them, compares, and prints the table.
"""
