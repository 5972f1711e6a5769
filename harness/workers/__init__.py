"""The code inside a runtime: the only part of the harness that imports TensorFlow or Keras.

Python 3.7 syntax, NumPy 1.18 and h5py 2.10 throughout: one of the runtimes is TensorFlow 1.15.
"""
