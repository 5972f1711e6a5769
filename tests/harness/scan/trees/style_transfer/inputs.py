"""Input pipelines: the queue based one and the newer tf.data one."""
import tensorflow as tf


def _decode(contents, size):
    img = tf.image.decode_png(contents, channels=3)
    img = tf.image.resize(img, [size, size])
    img.set_shape([size, size, 3])
    return tf.cast(img, tf.float32)


def queue_batch(paths, batch_size, size, epochs=None):
    queue = tf.compat.v1.train.string_input_producer(paths, num_epochs=epochs, shuffle=True)
    reader = tf.compat.v1.WholeFileReader()
    _, contents = reader.read(queue)
    img = _decode(contents, size)
    img = tf.image.random_flip_left_right(img)
    return tf.compat.v1.train.batch([img], batch_size=batch_size, num_threads=1,
                          capacity=4 * batch_size, allow_smaller_final_batch=False)


def shuffled_pairs(paths, batch_size, size):
    queue = tf.compat.v1.train.slice_input_producer([tf.convert_to_tensor(paths)], shuffle=False)
    both = tf.cast(tf.image.decode_png(tf.io.read_file(queue[0]), channels=3), dtype=tf.float32)
    width = tf.shape(both)[1]
    a = tf.image.resize(tf.expand_dims(both[:, :width / 2], 0), [size, size], method=tf.image.ResizeMethod.BILINEAR)
    b = tf.image.resize(tf.expand_dims(both[:, width // 2:], 0), [size, size], method=tf.image.ResizeMethod.BILINEAR)
    return tf.compat.v1.train.shuffle_batch([a[0], b[0]], batch_size, capacity=8, min_after_dequeue=1)


def dataset_batch(paths, batch_size, size):
    ds = tf.data.Dataset.from_tensor_slices(paths)
    ds = ds.shuffle(buffer_size=len(paths)).repeat()
    ds = ds.map(lambda p: _decode(tf.io.read_file(p), size), num_parallel_calls=1)
    ds = ds.apply(tf.contrib.data.batch_and_drop_remainder(batch_size))
    ds = ds.prefetch(1)
    iterator = tf.compat.v1.data.make_one_shot_iterator(ds)
    images = iterator.get_next()
    print('input', images.shape, ds.output_shapes)
    return images
