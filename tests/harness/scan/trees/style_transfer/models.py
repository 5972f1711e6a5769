import tensorflow as tf

from ops import conv, conv_bias, deconv, lrelu, batch_norm, residual, resize_conv, linear


def transform_net(image):
    """Feed-forward stylisation network."""
    c1 = conv(image, 8, ksize=9, stride=1, name='c1')
    c2 = conv(c1, 12, stride=2, name='c2')
    c3 = conv(c2, 16, stride=2, name='c3')
    r = c3
    for i in range(2):
        r = residual(r, name='r%d' % i)
    d1 = deconv(r, 12, name='d1')
    d2 = resize_conv(d1, 8, name='d2')
    out = conv(d2, 3, ksize=9, relu=False, name='out')
    return tf.nn.tanh(out) * 150 + 255. / 2


class Pix2Pix(object):
    """Small conditional GAN for refining stylised pictures."""

    def __init__(self, config):
        self.batch_size = config['batch_size']
        self.size = config['image_size']
        self.lambda_l1 = config.get('lambda_l1', 100.0)
        self.use_bn = config.get('use_bn', False)
        self.dim = config.get('dim', 8)
        self._build()

    def generator(self, image, reuse=False):
        with tf.compat.v1.variable_scope('generator', reuse=reuse):
            e1 = conv_bias(image, self.dim, name='e1')
            e2 = conv_bias(lrelu(e1, name='l1'), self.dim * 2, name='e2')
            d1 = deconv(lrelu(e2, name='l2'), self.dim, name='d1')
            d1 = tf.nn.dropout(d1, rate=1 - (0.5))
            d1 = tf.concat([d1, e1], 3)
            d2 = deconv(d1, 3, name='d2')
            return tf.tanh(d2, name='fake_B')

    def discriminator(self, pair, reuse=False):
        with tf.compat.v1.variable_scope('discriminator') as scope:
            if reuse:
                scope.reuse_variables()
            h0 = lrelu(conv_bias(pair, self.dim, name='h0'))
            h1 = conv_bias(h0, self.dim * 2, name='h1')
            if self.use_bn:
                h1 = batch_norm(h1, name='bn1')
            h2 = linear(lrelu(h1, name='lr1'), 1, name='h2')
            return tf.nn.sigmoid(h2), h2

    def _build(self):
        shape = [self.batch_size, self.size, self.size, 3]
        self.real_A = tf.compat.v1.placeholder(tf.float32, shape, name='real_A')
        self.real_B = tf.compat.v1.placeholder(tf.float32, shape, name='real_B')
        self.fake_B = self.generator(self.real_A)
        self.D, real_logits = self.discriminator(tf.concat([self.real_A, self.real_B], 3))
        self.D_, fake_logits = self.discriminator(tf.concat([self.real_A, self.fake_B], 3),
                                                  reuse=True)

        def bce(logits, target):
            return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
                logits=logits, labels=target * tf.ones_like(logits)))

        self.d_loss = bce(real_logits, 0.9)
        self.d_loss += bce(fake_logits, 0.)
        self.g_loss = bce(fake_logits, 1.) \
            + self.lambda_l1 * tf.reduce_mean(tf.abs(self.real_B - self.fake_B))

        t_vars = tf.compat.v1.trainable_variables()
        self.d_vars = filter(lambda v: v.name.startswith('discriminator'), t_vars)
        self.g_vars = [v for v in t_vars if v.name.startswith('generator')]
        print('%d generator, %d discriminator variables' % (len(self.g_vars), len(self.d_vars)))
        self.g_sum = tf.summary.scalar('g_loss', self.g_loss)
        self.d_sum = tf.compat.v1.summary.merge([tf.summary.scalar('d_loss', self.d_loss),
                                       tf.summary.histogram('d', self.D)])
        self.img_sum = tf.summary.image('fake', self.fake_B, max_outputs=1)

    def optimizers(self, lr=2e-4, beta1=0.5):
        d_optim = tf.compat.v1.train.AdamOptimizer(lr, beta1=beta1).minimize(
            self.d_loss, var_list=self.d_vars)
        g_optim = tf.compat.v1.train.AdamOptimizer(lr, beta1=beta1).minimize(
            self.g_loss, var_list=self.g_vars)
        return d_optim, g_optim
