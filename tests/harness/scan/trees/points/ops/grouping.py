""" Sampling and grouping of point sets, in plain TensorFlow. """
import os
import sys
import numpy as np
import tensorflow as tf
from enum import Enum

BASE_DIR = os.path.dirname(os.path.abspath(__file__))


class Pooling(Enum):
    MAX = 'max'
    AVG = 'avg'


def pairwise_distance(a, b):
    """ a: B x N x C, b: B x M x C -> B x N x M """
    inner = tf.matmul(a, b, transpose_b=True)
    a2 = tf.reduce_sum(tf.square(a), axis=-1, keepdims=True)
    b2 = tf.expand_dims(tf.reduce_sum(tf.square(b), axis=-1), 1)
    return a2 - 2 * inner + b2


def knn(distance, k):
    neg = -distance
    values, idx = tf.nn.top_k(neg, k=k)
    return values, idx


def sample_random(xyz, npoint):
    shape = xyz.get_shape()
    n = shape[1].value
    batch = xyz.shape[0].value or 1
    if n is None:
        n = tf.shape(xyz)[1]
    idx = tf.random.uniform([batch, npoint], 0, n, dtype=tf.int32)
    rows = tf.tile(tf.reshape(tf.range(batch), [-1, 1]), [1, npoint])
    return tf.gather_nd(xyz, tf.stack([rows, idx], axis=-1))


def group_point(points, idx):
    dims = [d.value for d in points.shape.dims]
    channels = points.shape[-1]
    batch, n, k = idx.get_shape().as_list()
    flat = tf.reshape(points, [-1, int(channels)])
    base = tf.reshape(tf.range(batch) * dims[1], [batch, 1, 1])
    grouped = tf.gather(flat, idx + base)
    return tf.reshape(grouped, [batch, n, k, dims[2]])


def pool(features, how=Pooling.MAX):
    tag = how.value
    if tag == 'max':
        return tf.reduce_max(features, axis=2, keepdims=True)
    return tf.reduce_mean(features, axis=[2], keepdims=True)
