import os
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.callbacks import ModelCheckpoint, EarlyStopping, TensorBoard, ReduceLROnPlateau, LearningRateScheduler, Callback
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import load_model, model_from_json

import nets

config = tf.compat.v1.ConfigProto()
config.gpu_options.allow_growth = True
K.set_session(tf.compat.v1.Session(config=config))
K.set_learning_phase(1)


class Decay(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs=None):
        lr = K.get_value(self.model.optimizer.lr)
        K.set_value(self.model.optimizer.lr, lr * 0.9)
        score = logs['acc']


def generator(n):
    while True:
        yield np.random.rand(n, 8, 8, 1), np.eye(3)[np.zeros(n, int)]


def schedule(epoch):
    return 0.01 * (0.1 ** (epoch // 10))


def images():
    model = nets.convnet()
    model.summary()
    steps = 8 / 4
    x, y = next(generator(8))
    callbacks = [
        ModelCheckpoint('w.{epoch:02d}.hdf5', monitor='val_loss', save_best_only=True, save_weights_only=True),
        ModelCheckpoint('m.h5', monitor='val_acc', period=1),
        EarlyStopping(monitor='val_loss', patience=2, mode='auto'),
        ReduceLROnPlateau(monitor='val_loss', factor=0.1, epsilon=1e-4),
        LearningRateScheduler(schedule),
        TensorBoard(log_dir='tb', write_grads=True, batch_size=4),
        Decay(),
    ]
    history = model.fit(x, y, batch_size=4, epochs=1, callbacks=callbacks, validation_data=(x, y), verbose=0)
    curve = history.history['acc']
    again = model.fit(x, y, batch_size=4, nb_epoch=1)
    model.fit_generator(generator(4), steps_per_epoch=2, epochs=1, max_queue_size=2, workers=1)
    model.fit(generator(4), steps_per_epoch=2, epochs=1, workers=1, use_multiprocessing=False)
    loss, acc = model.evaluate_generator(generator(4), 2)
    pred = model.predict_generator(generator(4), steps=2)
    gen = ImageDataGenerator(rotation_range=10, rescale=1. / 255)
    flow = gen.flow(x, y, batch_size=4)
    batch = flow.next()
    batch = flow[0]
    model.save_weights('weights.h5')
    model.save('model.h5')
    model.save('saved_model')
    text = model.to_json()
    yaml = model.to_yaml()
    model._make_predict_function()
    with K.get_session().as_default():
        model.predict(x, verbose=0)
    nets.fine_tune(model)
    keras_est = tf.keras.estimator.model_to_estimator(keras_model=model)
    K.clear_session()
    return curve, pred


def texts():
    tok = Tokenizer(num_words=20)
    tok.fit_on_texts(['a b c', 'b c'])
    seq = pad_sequences(tok.texts_to_sequences(['a b']), maxlen=5)
    model = nets.text_model()
    model.fit(seq, np.array([1]), epochs=1, verbose=0)
    classes = model.predict_classes(seq)
    proba = model.predict_proba(seq)
    count = len(model.layers)
    return classes, proba, model.input_shape, count


def low_level():
    x = K.placeholder(shape=(None, 3))
    w = K.variable(np.ones((3, 2)))
    y = K.dot(x, w)
    total = K.sum(w)
    K.set_image_data_format('channels_last')
    K.set_image_dim_ordering('tf')
    grads = K.gradients(total, [w])[0]
    one = nets.to_categorical([0, 1], num_classes=2)
    opt = tf.keras.optimizers.legacy.RMSprop(lr=1e-3)
    updates = opt.get_updates(loss=total, params=[w])
    init = tf.compat.v1.keras.initializers.lecun_normal()
    fn = tf.keras.layers.Conv2DTranspose(2, 3)
    met = tf.keras.metrics.mean_squared_error([1.0], [0.5])
    os.makedirs('out', exist_ok=True)
    losses = tf.keras.losses.mean_absolute_error(np.ones((2, 2)), np.zeros((2, 2)))
    return total, one, met, losses


if __name__ == '__main__':
    images()
    texts()
    low_level()
    nets.siamese()
