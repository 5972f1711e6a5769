import json
import random
import pprint
import scipy.misc
import numpy as np
from time import gmtime, strftime

pp = pprint.PrettyPrinter()
get_stddev = lambda x, k_h, k_w: 1 / math.sqrt(k_w * k_h * x.get_shape()[-1])


def get_image(image_path):
    return transform(imread(image_path))


def imread(path, grayscale=False):
    if grayscale:
        return scipy.misc.imread(path, flatten=True).astype(np.float)
    else:
        return scipy.misc.imread(path).astype(np.float)


def transform(image, size=8):
    cropped = scipy.misc.imresize(image, [size, size])
    return np.array(cropped) / 127.5 - 1.


def merge(images, size):
    h, w = images.shape[1], images.shape[2]
    img = np.zeros((h * size[0], w * size[1], 3))
    for idx, image in enumerate(images):
        i = idx % size[1]
        j = idx / size[1]
        img[j * h:j * h + h, i * w:i * w + w, :] = image
    return img


def imsave(images, size, path):
    return scipy.misc.imsave(path, merge(images, size))


def to_json(layers, output_path):
    with open(output_path, 'wb') as layer_f:
        lines = ''
        for w, b in layers:
            lines += json.dumps({'w': w, 'b': b})
        layer_f.write(lines)
