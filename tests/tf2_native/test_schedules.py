"""The schedules, at their stairs and on either side."""

import keras
import pytest

from tf2_native.schedules import BatchNormMomentum, LearningRateStaircase

STAIR = 6250  # 200,000 clouds of 32 a step


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(
    ("step", "stairs"),
    [(0, 0), (STAIR - 1, 0), (STAIR, 1), (STAIR + 1, 1), (2 * STAIR - 1, 1), (2 * STAIR, 2)],
)
def test_values_around_stairs(step, stairs):
    assert float(LearningRateStaircase()(step)) == pytest.approx(0.001 * 0.7**stairs, rel=1e-15)
    assert float(BatchNormMomentum()(step)) == pytest.approx(1 - 0.5 * 0.5**stairs, rel=1e-15)


@pytest.mark.usefixtures("float64")
def test_stair_between_steps_comes_with_the_step_after():
    schedule = LearningRateStaircase(1.0, batch_size=24, decay_clouds=100, decay_rate=0.5, floor=0)
    values = [float(schedule(step)) for step in range(14)]
    assert values == [0.5 ** (step * 24 // 100) for step in range(14)]


@pytest.mark.usefixtures("float64")
def test_limits():
    assert float(LearningRateStaircase()(12 * STAIR)) == pytest.approx(0.001 * 0.7**12)
    assert float(LearningRateStaircase()(13 * STAIR)) == 1e-5
    assert float(BatchNormMomentum()(5 * STAIR)) == pytest.approx(1 - 0.5**6)
    assert float(BatchNormMomentum()(6 * STAIR)) == 0.99


@pytest.mark.parametrize("stair", [1, 7, 300_000])
def test_float32_stairs_are_exact_however_many_clouds(stair):
    schedule = BatchNormMomentum(decay_rate=0.99999, ceiling=1.0)
    before, at, after = (float(schedule(STAIR * stair + shift)) for shift in (-1, 0, 1))
    assert before < at == after


def test_dtype_follows_keras():
    for schedule in (LearningRateStaircase(), BatchNormMomentum()):
        assert keras.backend.standardize_dtype(schedule(3).dtype) == "float32"


@pytest.mark.parametrize(
    "schedule",
    [
        LearningRateStaircase(0.5, batch_size=3, decay_clouds=4, decay_rate=0.1, floor=0.2),
        BatchNormMomentum(batch_size=3, decay_clouds=4, initial=0.4, decay_rate=0.1, ceiling=0.8),
    ],
    ids=["learning rate", "batch norm"],
)
def test_config_round_trip(schedule):
    config = keras.saving.serialize_keras_object(schedule)
    copy = keras.saving.deserialize_keras_object(config)
    assert type(copy) is type(schedule)
    assert copy.get_config() == schedule.get_config()
