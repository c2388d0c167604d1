"""The YAML that says what a vector file means."""

from __future__ import annotations

import pytest

from gis.domain.mapping import MappingError, read_mapping

PIPES = """
layers:
  - layer: conduites
    model: link
    code: ID
    kind: {value: pipe}
    state: {field: ETAT, values: {NO: open, NF: closed, 01: active}}
    attributes: [MATERIAU]
  - {layer: noeuds, model: node, code: ID, elevation_m: {coordinate: z}}
"""


def test_layers_are_read_in_the_order_in_which_they_hang_on_each_other() -> None:
    assert [layer.layer for _, layer in read_mapping(PIPES).in_order()] == ["noeuds", "conduites"]


def test_words_stay_as_written_even_where_yaml_means_no() -> None:
    link = read_mapping(PIPES).layers[0]
    assert link.sources()["state"].values == {"NO": "open", "NF": "closed", "01": "active"}


def test_the_fields_a_layer_needs_are_known_by_where_they_are_declared() -> None:
    assert read_mapping(PIPES).layers[0].fields() == {
        "code": "ID",
        "state": "ETAT",
        "attributes.MATERIAU": "MATERIAU",
    }


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "mapping"),
        ("a: [", "mapping"),
        ("[1]", "mapping"),
        ("layers: []", "layers"),
        ("layers: [{model: pipe, code: ID}]", "layers.0"),
        ("layers: [{model: node}]", "layers.0.node.code"),
        ("layers: [{model: node, code: {field: A, value: B}}]", "layers.0.node.code"),
        ("layers: [{model: node, code: A, colour: B}]", "layers.0.node.colour"),
        ("layers: [{model: node, code: A, attributes: [[B]]}]", "layers.0.node.attributes"),
        ("layers: [{model: link, code: A, start: B}]", "layers.0.link"),
        ("layers: [{model: link, code: A, tolerance_m: -1}]", "layers.0.link.tolerance_m"),
        ("layers: [{model: link, code: A, tolerance_m: .inf}]", "layers.0.link.tolerance_m"),
        ("layers: [{model: link, code: A, on: {}}]", "layers.0.link"),
        ("layers: [{model: link, code: A, kind: B, length_m: C, on: {}}]", "layers.0.link"),
        ("layers: [{model: link, code: A, kind: B, on: {within: 1}}]", "layers.0.link.on.within"),
        ("{unit: yard, layers: [{model: node, code: A}]}", "unit"),
        ("layers: [{model: node, code: A, coordinates: {x: X}}]", "layers.0.node.coordinates"),
        ("x: " + "y" * 300_000, "mapping"),
        ("[" * 5000, "mapping"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_where(text: str, path: str) -> None:
    with pytest.raises(MappingError) as refused:
        read_mapping(text)
    assert any(said.startswith(path) for said in refused.value.errors)


def test_what_lies_on_links_comes_after_them_and_names_the_fields_it_needs() -> None:
    mapping = read_mapping(
        "layers: [{model: link, code: A, kind: K, on: {link: C, reversed: R}},"
        " {model: link, code: P}, {model: node, code: N}]"
    )
    assert [place for place, _ in mapping.in_order()] == [2, 1, 0]
    assert mapping.layers[0].fields() == {"code": "A", "kind": "K", "on.link": "C", "on.reversed": "R"}


def test_what_is_wrong_is_said_in_sentences_of_our_own_and_with_the_names_expected() -> None:
    node, link = "{model: node, kind: {}, colour: B}", "{model: link, code: A, start: B}"
    text = f"{{unit: yard, layers: [{node}, {{model: pipe}}, {link}]}}"
    with pytest.raises(MappingError) as refused:
        read_mapping(text)
    said = {path: str(sentences[0]) for path, sentences in refused.value.errors.items()}
    assert said == {
        "unit": "one of these is expected: m, mm, ft, us-ft, deg",
        "layers.0.node.code": "this is missing",
        "layers.0.node.kind": "name one of field, value, coordinate",
        "layers.0.node.colour": "there is no such attribute here",
        "layers.1": "one of these is expected: node, link, connection_point, zone",
        "layers.2.link": "name both start and end, or neither",
    }
    with pytest.raises(MappingError, match="this is no YAML: line 2, column 2"):
        read_mapping("a: [\n]]")
