"""Keras's files: ``.keras`` archives and whole models in HDF5, of Keras 2.2 to 3.

``archive`` and ``hdf5`` open the containers and trust nothing in them; ``parts`` and ``nodes`` are
what a config says, ``origin`` and ``layers`` let in Keras's own classes and turn them into ours;
``graph`` calls them on values; ``weights`` finds each layer's arrays and ``text`` its vocabulary;
``reader`` puts these together. No code of a file is run, and no name in it is imported.
"""
