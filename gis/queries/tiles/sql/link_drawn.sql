-- How one link, `link`, is drawn in the tile of `bounds`: pipes and lines as lines, simplified to half a unit of the
-- tile's grid; devices as points at their middle. A line too short for the grid is a point too: nothing is left out.
-- Most have two vertices and lie within: they are put on the grid by plain arithmetic, in two thirds of the time.
CROSS JOIN LATERAL (
    SELECT
        ST_NPoints(link.geom_3857) = 2 AND link.geom_3857 @ bounds.wide AS plain,
        ST_StartPoint(link.geom_3857) AS one, ST_EndPoint(link.geom_3857) AS other
    OFFSET 0
) AS ends
CROSS JOIN LATERAL (
    SELECT
        round((ST_X(one) - west) * scale) AS one_x, round((north - ST_Y(one)) * scale) AS one_y,
        round((ST_X(other) - west) * scale) AS other_x, round((north - ST_Y(other)) * scale) AS other_y
    OFFSET 0
) AS placed
CROSS JOIN LATERAL (
    SELECT CASE
        WHEN plain AND link.kind IN ('pipe', 'line') AND (one_x <> other_x OR one_y <> other_y)
            THEN ST_MakeLine(ST_MakePoint(one_x, one_y), ST_MakePoint(other_x, other_y))
        WHEN plain THEN ST_MakePoint(round((one_x + other_x) / 2), round((one_y + other_y) / 2))
        ELSE coalesce(
            CASE WHEN link.kind IN ('pipe', 'line') THEN
                ST_AsMVTGeom(
                    CASE
                        WHEN ST_NPoints(link.geom_3857) = 2 THEN link.geom_3857
                        ELSE ST_Simplify(link.geom_3857, bounds.tolerance, true)
                    END,
                    bounds.tile, 4096, 256
                )
            END,
            ST_AsMVTGeom(ST_LineInterpolatePoint(link.geom_3857, 0.5), bounds.tile, 4096, 256)
        )
    END AS geom
    OFFSET 0
) AS drawn
