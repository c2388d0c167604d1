"""A generated district: a million connection points on a water network of 1.2 million nodes in 2,000 sectors.

Nothing in it is a real place or a real customer. The same seed gives the same district, to the last digit.

A sector (district metered area) is a grid of 7 x 7 street corners, joined by a random tree and a few loops. A
street leaves its corner by an isolation valve (seven streets in ten) and has eight taps. Each sector hangs on
the trunk main by a valve and a pressure-reducing valve; closed valves stand between neighbours. Most
connection points stand alone beside a tap, a fifth of them in buildings of 10 to 40 at one place. Sectors are
small in the middle and large at the edge, as towns are.
"""

from __future__ import annotations

from bench.gis.district.plan import District, generate

__all__ = ["District", "generate"]
