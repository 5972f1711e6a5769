import glob
import os
import cPickle
import urllib
import StringIO
import tensorflow as tf
from tensorflow.python.platform import gfile
from tensorflow.python.ops import control_flow_ops
from tensorflow.python.framework import dtypes
from scipy.misc import imread, imresize


def write_records(path, count):
    writer = tf.io.TFRecordWriter(path)
    for i in range(count):
        feature = {
            'label': tf.train.Feature(int64_list=tf.train.Int64List(value=[i % 3])),
            'image': tf.train.Feature(bytes_list=tf.train.BytesList(value=[b'\x00' * (8 * 8 * 3)])),
        }
        example = tf.train.Example(features=tf.train.Features(feature=feature))
        writer.write(example.SerializeToString())
    writer.close()


def first_label(path):
    for record in tf.compat.v1.python_io.tf_record_iterator(path):
        example = tf.train.Example.FromString(record)
        return example.features.feature['label'].int64_list.value[0]


def read_and_decode(filename_queue):
    reader = tf.compat.v1.TFRecordReader()
    _, serialized = reader.read(filename_queue)
    features = tf.io.parse_single_example(serialized, features={
        'label': tf.io.FixedLenFeature([], tf.int64),
        'image': tf.io.FixedLenFeature([], tf.string)})
    image = tf.io.decode_raw(features['image'], tf.uint8)
    image.set_shape([8 * 8 * 3])
    image = tf.reshape(image, [8, 8, 3])
    image = tf.cast(image, tf.float32) * (1. / 255) - 0.5
    image = tf.image.resize(image, [16, 16])
    return image, tf.cast(features['label'], dtype=tf.int32)


def inputs(paths, batch_size, num_epochs=None):
    with tf.compat.v1.name_scope('input'):
        queue = tf.compat.v1.train.string_input_producer(paths, num_epochs=num_epochs)
        image, label = read_and_decode(queue)
        images, labels = tf.compat.v1.train.shuffle_batch([image, label], batch_size=batch_size, num_threads=2, capacity=100, min_after_dequeue=10)
        tf.summary.image('images', images)
        return images, labels


def load_batch(path):
    with gfile.FastGFile(path, 'rb') as handle:
        data = cPickle.load(handle)
    if not gfile.Exists(path):
        raise IOError(path)
    picture = imresize(imread('x.png'), (8, 8))
    return data, picture


def download(url, path):
    path, _ = urllib.urlretrieve(url, path)
    statinfo = os.stat(path)
    return statinfo.st_size
