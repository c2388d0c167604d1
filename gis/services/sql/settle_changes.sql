-- Add each layer's changes to the last of them, which keeps its id: no version changes.
WITH last AS (
    SELECT layer, max(id) AS id FROM gis_layerchange GROUP BY layer
), before AS (
    DELETE FROM gis_layerchange AS change USING last
    WHERE change.layer = last.layer AND change.id < last.id
    RETURNING change.layer, change.changes
)
UPDATE gis_layerchange AS change
SET changes = change.changes + summed.changes
FROM last JOIN (SELECT layer, sum(changes) AS changes FROM before GROUP BY layer) AS summed USING (layer)
WHERE change.id = last.id
