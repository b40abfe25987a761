"""No package of ours imports in a circle, not even for types: whoever reads a module reads downwards."""

from tests.import_graph import circles, imported, modules


def test_no_module_imports_in_a_circle() -> None:
    assert circles({name: imported(name) for name in modules()}) == []


def test_the_graph_is_the_real_one() -> None:
    assert len(modules()) > 300
    assert "models.attention.masks" in imported("models.transformer.decoder")
    assert "app.runner" in imported("app.engine")  # for types, and inside a function


def test_a_circle_is_found() -> None:
    around = {"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}
    assert circles({name: frozenset(others) for name, others in around.items()}) == [["a", "b", "c"]]
    assert circles({"a": frozenset({"a"})}) == [["a"]]
    assert circles({"a": frozenset({"b", "c"}), "b": frozenset({"c"}), "c": frozenset()}) == []
