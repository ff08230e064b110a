"""Writes about a community's map: boundaries of grids, points of buildings, and which grid a building belongs to."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from grid.access import Role, Scope, scope_of
from grid.models import GridUnit, Staff
from residents.actions.schedule import follow_grids
from residents.geo import EAST, NORTH, SOUTH, WEST, Feature, Geometry, overlaps, read_features, read_json, sound
from residents.models import Building, Community, CommunityEvent, Household
from residents.querysets import communities_visible_to

MAPPERS = frozenset({Role.COMMUNITY_WORKER, Role.COMMUNITY_HEAD})


def may_map(scope: Scope, community_id: int) -> bool:
    """Whether a person draws a community's map: its workers and its head do."""
    return bool(MAPPERS & scope.roles_over(community=community_id))


@transaction.atomic
def grids_import(community_id: int, text: str, *, by: Staff, at: datetime) -> list[GridUnit]:
    """Take the boundaries of a GeoJSON FeatureCollection whose features name a grid of the community; all or none.

    Raises Community.DoesNotExist outside `by`'s scope, PermissionDenied for those who do not draw maps, and
    ValidationError with one message for each feature that is wrong.
    """
    community = _locked(community_id, by, at)
    grids = _grids(community)
    drawn = _matched(read_features(text), grids)
    _check_overlaps(grids, drawn)
    for pk, boundary in drawn.items():
        grids[pk].boundary = boundary
    changed = [grids[pk] for pk in drawn]
    GridUnit.objects.bulk_update(changed, ["boundary"])
    _log(community, _("导入边界：%s") % "、".join(grid.name for grid in changed), by, at)
    return changed


@transaction.atomic
def grid_draw(community_id: int, grid_id: int, text: str, *, by: Staff, at: datetime) -> GridUnit:
    """Give one grid a boundary: a GeoJSON Polygon, MultiPolygon or Feature; an empty text takes it away.

    Raises what `grids_import` raises, and GridUnit.DoesNotExist for a grid of another community.
    """
    community = _locked(community_id, by, at)
    grids = _grids(community)
    if grid_id not in grids:
        raise GridUnit.DoesNotExist
    grid = grids[grid_id]
    grid.boundary = None
    if text.strip():
        content = read_json(text)
        grid.boundary = sound(content.get("geometry") if content.get("type") == "Feature" else content)
        _check_overlaps(grids, {grid_id: grid.boundary})
    grid.save(update_fields=["boundary"])
    _log(community, (_("画边界：%s") if grid.boundary else _("去掉边界：%s")) % grid.name, by, at)
    return grid


@transaction.atomic
def building_place(
    community_id: int, building_id: int, lon: float | None, lat: float | None, *, by: Staff, at: datetime
) -> Building:
    """Put a building at a point, or (both None) nowhere. Raises as `grid_draw` does, for buildings."""
    community = _locked(community_id, by, at)
    building = Building.objects.select_for_update().get(pk=building_id, community=community)
    if (lon is None) != (lat is None):
        raise ValidationError(_("经度和纬度要么都填，要么都空着"))
    if lon is not None and lat is not None and not (WEST <= lon <= EAST and SOUTH <= lat <= NORTH):
        raise ValidationError(_("位置不在中国境内；经度如 116.49，纬度如 39.87"))
    building.lon, building.lat = lon, lat
    building.save(update_fields=["lon", "lat"])
    _log(community, (_("去掉位置：%s") if lon is None else _("标位置：%s")) % building.name, by, at)
    return building


@transaction.atomic
def building_regrid(community_id: int, building_id: int, grid_id: int, *, by: Staff, at: datetime) -> Building:
    """Register a building and its households in the grid that it stands in, with what is to be visited there.

    Open petitions stay with their workers.

    Raises as `grid_draw` does, for buildings and grids.
    """
    community = _locked(community_id, by, at)
    building = Building.objects.select_for_update().select_related(None).get(pk=building_id, community=community)
    grid = GridUnit.objects.get(pk=grid_id, division_id=community.pk)
    building.grid = grid
    building.save(update_fields=["grid"])
    homes = Household.objects.filter(building=building)
    homes.update(grid=grid)
    follow_grids(list(homes.values_list("pk", flat=True)))
    _log(community, _("%(building)s改属%(grid)s") % {"building": building.name, "grid": grid.name}, by, at)
    return building


def _matched(features: list[Feature], grids: Mapping[int, GridUnit]) -> dict[int, Geometry]:
    """Boundaries by grid id. Raises ValidationError by feature: no such grid, or the same one twice."""
    known = {grid.code: pk for pk, grid in grids.items()} | {grid.name: pk for pk, grid in grids.items()}
    found: dict[int, Geometry] = {}
    problems = []
    for feature in features:
        pk = known.get(feature.code) or known.get(feature.name)
        if pk is None:
            names = "、".join(grid.name for grid in grids.values())
            problems.append(
                _("%(feature)s：本社区没有这个网格，有 %(names)s") % {"feature": feature.words, "names": names}
            )
        elif pk in found:
            problems.append(_("%s：这个网格前面已经有了") % feature.words)
        else:
            found[pk] = feature.geometry
    if problems:
        raise ValidationError(problems)
    return found


def _check_overlaps(grids: Mapping[int, GridUnit], drawn: Mapping[int, Geometry]) -> None:
    """Raises ValidationError for new boundaries that lie over others of the community."""
    boundaries = {pk: grid.boundary for pk, grid in grids.items() if grid.boundary} | dict(drawn)
    pairs = [pair for pair in overlaps(boundaries) if drawn.keys() & set(pair)]
    if pairs:
        words = [(grids[one].name, grids[other].name) for one, other in pairs]
        raise ValidationError([_("%(one)s和%(other)s重叠") % {"one": one, "other": other} for one, other in words])


def _grids(community: Community) -> dict[int, GridUnit]:
    rows = GridUnit.objects.select_for_update().filter(division_id=community.pk).order_by("code")
    return {grid.pk: grid for grid in rows}


def _locked(community_id: int, by: Staff, at: datetime) -> Community:
    scope = scope_of(by, localtime(at).date())
    if not communities_visible_to(scope).filter(pk=community_id).exists():
        raise Community.DoesNotExist
    if not may_map(scope, community_id):
        raise PermissionDenied
    return Community.objects.select_for_update().get(pk=community_id)


def _log(community: Community, text: str, by: Staff, at: datetime) -> None:
    subject = CommunityEvent.Subject.MAP
    CommunityEvent.objects.create(community=community, subject=subject, at=at, by=by, text=text[:400])
