"""Every shape comment of the reservoirs' files, executed; all sizes differ."""

from models.recurrence import delayed_inputs, echo_state
from models.seeding import generator, normal
from tests.shape_comments import shapes_checked

N, T, B, R, K = 7, 30, 3, 4, 2


def test_echo_state() -> None:
    with shapes_checked(echo_state, N=N) as watch:
        network = echo_state.EchoStateNetwork(N, 3, 0.9, 1.0, 0.5, 0.3, seed=0)
        u = normal(T, 3, seed=0)
        states = network(u)[1]
        network.fit(u[:-1], u[1:], states[:-1], 1e-3)
    w, w_in = echo_state.random_reservoir(N, 0.5, generator(0)).expand(R, N, N), normal(R, N, seed=1)
    with shapes_checked(echo_state, N=N, R=R, K=K) as carried:
        echo_state.reservoir_distances(normal(2, R, N, seed=2), normal(K, T, seed=3), w_in, w, 0.5)
    assert not set(watch.unreached()) & set(carried.unreached())


def test_delayed_inputs() -> None:
    u = normal(T, 3, seed=0)
    with shapes_checked(delayed_inputs, D=3, B=B) as watch:
        fit = delayed_inputs.DelayedInputs(5, True, u[:-1], u[1:], 1e-3)
        fit.continued(normal(B, 5, 3, seed=1), 4)
    assert not watch.unreached()
