"""An import can be taken back while nothing hangs on what it brought."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from gis.errors import ImportInUse, NoSuchImport
from gis.models import ConnectionPoint, ConnectionPointAlias, ImportRecord, Link, Node, Zone, ZoneMembership
from gis.services import undo_import
from tests.factories.vector import area, point, write_layer
from tests.integration.gis.test_import_vector import NODES, PIPES, brought, geopackage

pytestmark = pytest.mark.django_db


def everything() -> list[int]:
    return [
        model.objects.count()
        for model in (Node, Link, ConnectionPoint, ConnectionPointAlias, Zone, ZoneMembership)
    ]


def state_of(model: Any) -> list[tuple[Any, ...]]:
    """All that a row says, but for its versions, which only rise."""
    left_out = {"version", "imported_version"}
    names = [field.name for field in model._meta.concrete_fields if field.name not in left_out]
    return list(model.objects.order_by("pk").values_list(*names))


def changed_again(tmp_path: Path) -> ImportRecord:
    (tmp_path / "reseau.gpkg").unlink()
    wider = [(shape, {**fields, "DIAM": 300.0, "ETAT": "O"}) for shape, fields in PIPES]
    moved = [(point(120, 0, 5), NODES[1][1]), *NODES[2:], (point(9, 9, 1), {"ID": "N7", "TYPE": "J"})]
    sectors = [(area(0, -50, 150), {"CODE": "s-1", "NOM": "Secteur neuf", "PARENT": None})]
    report = brought(geopackage(tmp_path, conduites=wider, noeuds=moved, secteurs=sectors))
    return ImportRecord.objects.get(pk=report.record_id)


def test_what_a_first_import_brought_goes_whole(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path))
    assert report.record_id is not None
    undone = undo_import(record_id=report.record_id)
    assert undone.removed == {"gis.Node": 3, "gis.Link": 2, "gis.ConnectionPoint": 2, "gis.Zone": 2}
    assert everything() == [0, 0, 0, 0, 0, 0]
    record = ImportRecord.objects.get()
    assert record.undone_at is not None
    assert brought(tmp_path / "reseau.gpkg").counts["links"].created == 2


def test_rows_that_were_changed_are_as_they_were(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    before = [state_of(model) for model in (Node, Link, ConnectionPoint)]
    outlines = {zone.code: zone.geom.wkt for zone in Zone.objects.all()}
    record = changed_again(tmp_path)
    assert Link.objects.get(code="P1").diameter_mm == 300
    undone = undo_import(record_id=record.pk)
    assert undone.restored == {"gis.Node": 1, "gis.Link": 2, "gis.Zone": 1}
    assert undone.removed == {"gis.Node": 1}
    assert [state_of(model) for model in (Node, Link, ConnectionPoint)] == before
    assert {zone.code: zone.geom.wkt for zone in Zone.objects.all()} == outlines


def test_what_was_restored_takes_the_same_file_again(tmp_path: Path) -> None:
    brought(geopackage(tmp_path))
    undo_import(record_id=changed_again(tmp_path).pk)
    again = brought(tmp_path / "reseau.gpkg")
    assert (again.counts["links"].updated, again.counts["links"].kept) == (2, 0)


def test_an_import_that_others_build_on_stays(tmp_path: Path) -> None:
    first = brought(geopackage(tmp_path))
    more = write_layer(tmp_path / "c.gpkg", [(point(100, 2), {"ID": "later"})])
    second = brought(more, "{layers: [{model: connection_point, code: ID, node: {value: N1}}]}")
    assert first.record_id is not None
    assert second.record_id is not None
    with pytest.raises(ImportInUse) as refused:
        undo_import(record_id=first.record_id)
    assert refused.value.extra["errors"] == {"gis.ConnectionPoint": ["1"]}
    assert everything()[:3] == [3, 2, 3]
    undo_import(record_id=second.record_id)
    undo_import(record_id=first.record_id)
    assert everything()[:3] == [0, 0, 0]


def test_an_import_stays_once_somebody_edited_what_it_brought(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path))
    assert report.record_id is not None
    Link.objects.filter(code="P1").update(version=2, diameter_mm=90)
    with pytest.raises(ImportInUse) as refused:
        undo_import(record_id=report.record_id)
    assert refused.value.extra["errors"] == {"gis.Link.version": ["1"]}


def test_a_meter_keeps_its_connection_point(tmp_path: Path) -> None:
    from telemetry.models import Device

    report = brought(geopackage(tmp_path))
    assert report.record_id is not None
    Device.objects.create(code="logger-1", connection_point=ConnectionPoint.objects.get(code="00012"))
    with pytest.raises(ImportInUse) as refused:
        undo_import(record_id=report.record_id)
    assert refused.value.extra["errors"] == {"telemetry.Device": ["1"]}


def test_an_import_is_undone_once(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path))
    assert report.record_id is not None
    undo_import(record_id=report.record_id)
    with pytest.raises(NoSuchImport):
        undo_import(record_id=report.record_id)


def test_the_terminal_lists_imports_and_undoes_one(tmp_path: Path) -> None:
    report = brought(geopackage(tmp_path))
    out = StringIO()
    call_command("undo_import", stdout=out)
    assert f"{report.record_id}  " in out.getvalue()
    call_command("undo_import", str(report.record_id), stdout=out)
    assert "removed: 3 gis.Node" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("undo_import", str(report.record_id))
