"""What hangs together in a network of a million nodes, and what closes on itself: plain arrays in and out.

A network is given as `ends`, an array of shape (links, 2) of node ids.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import rustworkx as rx
from numpy.typing import NDArray

from gis.domain.sparse import connected_parts

Ids: TypeAlias = NDArray[np.int64]


def islands(nodes: Ids, ends: Ids, sources: Ids) -> tuple[Ids, Ids]:
    """Return the nodes that no chain of links joins to a source, and for each the number of its island.

    `nodes` are sorted; every end is one of them.
    """
    count, part_of = _parts(len(nodes), np.searchsorted(nodes, ends))
    fed = np.zeros(count, dtype=bool)
    fed[part_of[np.searchsorted(nodes, sources)]] = True
    alone = ~fed[part_of]
    return nodes[alone], part_of[alone]


def meshes(nodes: Ids, ends: Ids, sources: Ids) -> tuple[Ids, Ids, Ids]:
    """Find where a network that should be radial is meshed: links that lie on a loop.

    Two sources that feed each other count as a loop: the links between them are on it.

    Returns:
        The positions in `ends` of the links on a loop; for each the number of its mesh; and by mesh how
        many independent loops it holds.
    """
    root = len(nodes)
    feeders = np.column_stack([np.full(len(sources), root), np.searchsorted(nodes, sources)])
    joined = np.concatenate([np.searchsorted(nodes, ends).reshape(-1, 2), feeders]).astype(np.int64)
    looped = np.flatnonzero(~_is_bridge(root + 1, joined))
    if not len(looped):
        return looped, looped, looped
    _, part_of = _parts(root + 1, joined[looped])
    meshed, mesh_of = np.unique(part_of[joined[looped, 0]], return_inverse=True)
    inside = np.unique(joined[looped])
    loops = np.bincount(mesh_of) - np.bincount(part_of[inside], minlength=meshed.max() + 1)[meshed] + 1
    real = looped < len(ends)
    return looped[real], mesh_of[real].astype(np.int64), loops.astype(np.int64)


def _parts(size: int, ends: Ids) -> tuple[int, Ids]:
    """Count the connected parts of `size` positions, and say which part each is in."""
    pairs = ends.reshape(-1, 2)
    count, part_of = connected_parts(size, pairs[:, 0], pairs[:, 1])
    return count, part_of.astype(np.int64)


def _is_bridge(size: int, ends: Ids) -> NDArray[np.bool_]:
    """Say of each link whether cutting it parts what it joins. Of two parallel links neither is one."""
    ordered = np.sort(ends, axis=1)
    names = ordered[:, 0] * size + ordered[:, 1]
    _, place, times = np.unique(names, return_inverse=True, return_counts=True)
    graph: rx.PyGraph = rx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(size))
    graph.add_edges_from_no_data(list(map(tuple, ordered)))
    bridges = np.array([sorted(pair) for pair in rx.bridges(graph)], dtype=np.int64).reshape(-1, 2)
    return np.isin(names, bridges[:, 0] * size + bridges[:, 1]) & (times[place] == 1)
