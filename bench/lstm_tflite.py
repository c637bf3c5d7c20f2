"""Writes a job's model as a ``.tflite`` file: ``python -m bench.lstm_tflite JOB FILE``.

A process of its own, so that neither TensorFlow nor its memory is in LiteRT's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bench.lstm_jobs import TOGETHER, Job
from bench.lstm_tensorflow import keras_model


def main() -> None:
    """Convert with built-in operators alone."""
    import tensorflow as tf
    import tf_keras

    job = Job.from_json(sys.argv[1])
    reviews = job.kind == "reviews"
    model = keras_model(
        job, tf_keras, tf, TOGETHER if reviews else job.batch, None if reviews else job.steps
    )
    Path(sys.argv[2]).write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())


if __name__ == "__main__":
    main()
