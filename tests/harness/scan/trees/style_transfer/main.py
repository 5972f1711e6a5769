from __future__ import print_function

import argparse
import os
import pickle
import time

import numpy as np
import tensorflow as tf

import image_utils
import inputs
import models
import ops
import vgg

STYLE_LAYERS = {'relu1_1': 1.0, 'relu2_1': 0.5}
CONTENT_LAYER = 'relu2_2'


def build_parser():
    parser = argparse.ArgumentParser()
    parser.add_argument('--mode', default='train', choices=['train', 'pix2pix', 'export'])
    parser.add_argument('--style', default='style.png')
    parser.add_argument('--data', default='data')
    parser.add_argument('--vgg', default='imagenet-vgg-verydeep-19.mat')
    parser.add_argument('--work', default='work')
    parser.add_argument('--batch-size', type=int, default=2)
    parser.add_argument('--size', type=int, default=16)
    parser.add_argument('--steps', type=int, default=2)
    return parser


def style_targets(weights, style_path, cache=None):
    if cache and os.path.exists(cache):
        return pickle.load(open(cache))
    style = image_utils.read_style(style_path, 1.0)
    feats = {}
    with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
        ph = tf.compat.v1.placeholder(tf.float32, (1,) + style.shape, name='style')
        net = vgg.net(weights, vgg.preprocess(ph))
        for name in STYLE_LAYERS.keys():
            feats[name] = vgg.gram_np(net[name].eval(feed_dict={ph: [style]}))
    if cache:
        pickle.dump(feats, open(cache, 'w'))
    return feats


def perceptual_loss(weights, images, stylised, targets):
    content = vgg.net(weights, vgg.preprocess(images))[CONTENT_LAYER]
    net = vgg.net(weights, vgg.preprocess(stylised))
    content_loss = tf.nn.l2_loss(net[CONTENT_LAYER] - content)
    content_loss /= tf.cast(tf.size(content), dtype=tf.float32)
    style_losses = []
    for name, weight in STYLE_LAYERS.items():
        diff = vgg.gram(net[name]) - targets[name]
        style_losses.append(weight * 2 * tf.nn.l2_loss(diff) / targets[name].size)
    style_loss = reduce(lambda a, b: a + b, style_losses)
    return content_loss, style_loss, ops.tv_loss(stylised)


def train(args, use_queue=False):
    weights = vgg.load(args.vgg)
    targets = style_targets(weights, args.style, os.path.join(args.work, 'style.pkl'))
    paths = image_utils.list_images(args.data)
    with tf.Graph().as_default():
        tf.compat.v1.set_random_seed(1)
        global_step = tf.contrib.framework.get_or_create_global_step()
        if use_queue:
            images = inputs.queue_batch(paths, args.batch_size, args.size)
        else:
            images = inputs.dataset_batch(paths, args.batch_size, args.size)
        with tf.compat.v1.variable_scope('transform'):
            out = models.transform_net(images / 255.)
        c, s, tv = perceptual_loss(weights, images, out, targets)
        loss = c + s + 1e-4 * tv
        tf.summary.scalar('loss', loss)
        train_op = tf.compat.v1.train.AdamOptimizer(1e-3).minimize(loss, global_step=global_step)
        merged = tf.compat.v1.summary.merge_all()
        saver = tf.compat.v1.train.Saver(max_to_keep=2)
        config = tf.compat.v1.ConfigProto(allow_soft_placement=True)
        config.gpu_options.allow_growth = True
        with tf.compat.v1.Session(config=config) as sess:
            writer = tf.compat.v1.summary.FileWriter(args.work, sess.graph)
            sess.run(tf.compat.v1.global_variables_initializer())
            sess.run(tf.compat.v1.local_variables_initializer())
            coord = tf.train.Coordinator()
            threads = tf.compat.v1.train.start_queue_runners(sess=sess, coord=coord)
            for i in range(args.steps):
                start = time.time()
                _, value, summ, step = sess.run([train_op, loss, merged, global_step])
                writer.add_summary(summ, step)
                print('step %d loss %.3f (%.2fs)' % (step, value, time.time() - start))
            path = saver.save(sess, os.path.join(args.work, 'model.ckpt'), global_step=global_step)
            coord.request_stop()
            coord.join(threads)
    return path


def pix2pix(args, use_bn=False):
    paths = image_utils.list_images(args.data)
    pool = image_utils.ImagePool(2)
    size = image_utils.Size((args.size, args.size))
    with tf.Graph().as_default(), tf.compat.v1.Session() as sess:
        model = models.Pix2Pix({'batch_size': args.batch_size, 'image_size': size.value[0],
                                'use_bn': use_bn})
        d_optim, g_optim = model.optimizers()
        tf.compat.v1.initialize_all_variables().run()
        writer = tf.compat.v1.summary.FileWriter(args.work, graph_def=sess.graph_def)
        for step, batch in enumerate(image_utils.batches(paths, args.batch_size, size)):
            batch = batch / 127.5 - 1.
            feed = {model.real_A: batch, model.real_B: batch[:, ::-1]}
            fake, _, d_sum = sess.run([model.fake_B, d_optim, model.d_sum], feed_dict=feed)
            _, g_sum = sess.run([g_optim, model.g_sum], feed_dict=feed)
            pool.query(fake)
            writer.add_summary(d_sum, step)
            writer.add_summary(g_sum, step)
        sheet = image_utils.merge((fake + 1) * 127.5, [args.batch_size, 1])
        image_utils.write_image(os.path.join(args.work, 'sheet.png'), sheet)
    return sheet


def export(args):
    ckpt = tf.train.latest_checkpoint(args.work)
    with tf.Graph().as_default() as graph, tf.compat.v1.Session() as sess:
        image = tf.compat.v1.placeholder(tf.float32, [1, args.size, args.size, 3], name='image')
        with tf.compat.v1.variable_scope('transform'):
            out = tf.identity(models.transform_net(image / 255.), name='output')
        tf.compat.v1.train.Saver().restore(sess, ckpt)

        frozen = tf.compat.v1.graph_util.convert_variables_to_constants(
            sess, graph.as_graph_def(), [out.op.name])
        with tf.compat.v1.gfile.FastGFile(os.path.join(args.work, 'frozen.pb'), 'wb') as f:
            f.write(frozen.SerializeToString())
        tf.io.write_graph(graph, args.work, 'graph.pbtxt')

        builder = tf.compat.v1.saved_model.builder.SavedModelBuilder(os.path.join(args.work, 'saved'))
        signature = tf.compat.v1.saved_model.signature_def_utils.build_signature_def(
            inputs={'image': tf.compat.v1.saved_model.utils.build_tensor_info(image)},
            outputs={'styled': tf.compat.v1.saved_model.utils.build_tensor_info(out)},
            method_name=tf.saved_model.PREDICT_METHOD_NAME)
        builder.add_meta_graph_and_variables(
            sess, [tf.saved_model.SERVING],
            signature_def_map={'stylise': signature}, legacy_init_op=tf.compat.v1.tables_initializer())
        builder.save()


def run_frozen(args, img):
    graph_def = tf.compat.v1.GraphDef()
    with tf.io.gfile.GFile(os.path.join(args.work, 'frozen.pb'), 'r') as f:
        graph_def.ParseFromString(f.read())
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(graph_def, name='')
        with tf.compat.v1.Session(graph=graph) as sess:
            return sess.run('transform/output:0', feed_dict={'image:0': img[np.newaxis]})[0]


if __name__ == '__main__':
    opts = build_parser().parse_args()
    if opts.mode == 'train':
        train(opts)
    elif opts.mode == 'pix2pix':
        pix2pix(opts)
    else:
        export(opts)
