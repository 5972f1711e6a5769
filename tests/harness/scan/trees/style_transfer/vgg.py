"""VGG-19 feature extractor with fixed weights."""
import numpy as np
import scipy.io
import tensorflow as tf

LAYERS = (
    'conv1_1', 'relu1_1', 'conv1_2', 'relu1_2', 'pool1',
    'conv2_1', 'relu2_1', 'conv2_2', 'relu2_2', 'pool2',
)

MEAN_PIXEL = np.array([123.68, 116.779, 103.939])


def load_mat(path):
    """MatConvNet file -> dict of name -> (kernel, bias)."""
    data = scipy.io.loadmat(path)
    raw = data['layers'][0]
    weights = {}
    for i, name in enumerate(LAYERS):
        if name.startswith('conv'):
            kernel, bias = raw[i][0][0][0][0]
            # matconvnet is [width, height, in, out]
            weights[name] = (np.transpose(kernel, (1, 0, 2, 3)), bias.reshape(-1))
    return weights


def load_npz(path):
    """npz with keys like conv1_1_W, conv1_1_b."""
    data = np.load(path)
    keys = data.keys()
    keys.sort()
    weights = {}
    for k in keys:
        name, kind = k.rsplit('_', 1)
        if kind == 'W':
            weights[name] = (data[k], data[name + '_b'])
    return weights


def load_npy(path):
    """the .npy dict that caffe-tensorflow writes."""
    data_dict = np.load(path, encoding='latin1').item()
    weights = {}
    for name, blobs in data_dict.iteritems():
        weights[name] = (blobs[0], blobs[1])
    return weights


def load(path):
    if path.endswith('.mat'):
        return load_mat(path)
    if path.endswith('.npz'):
        return load_npz(path)
    return load_npy(path)


def net(weights, image):
    layers = {}
    current = image
    for name in LAYERS:
        kind = name[:4]
        if kind == 'conv':
            kernel, bias = weights[name]
            current = tf.nn.conv2d(current, filters=tf.constant(kernel), strides=[1, 1, 1, 1],
                                   padding='SAME')
            current = tf.nn.bias_add(current, tf.constant(bias))
        elif kind == 'relu':
            current = tf.nn.relu(current)
        elif kind == 'pool':
            current = tf.nn.max_pool2d(input=current, ksize=[1, 2, 2, 1],
                                     strides=[1, 2, 2, 1], padding='SAME')
        layers[name] = current
    assert len(layers) == len(LAYERS)
    return layers


def preprocess(image):
    return image - MEAN_PIXEL


def unprocess(image):
    return image + MEAN_PIXEL


def gram(features):
    """Gram matrix of a batch of feature maps."""
    b, h, w, c = [d.value for d in features.get_shape()]
    flat = tf.reshape(features, [b, h * w, c])
    return tf.matmul(flat, flat, transpose_a=True) / (h * w * c)


def gram_np(features):
    features = np.reshape(features, (-1, features.shape[3]))
    return np.matmul(features.T, features) / features.size
