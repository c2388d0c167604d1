-- Forget the devices that were taken out, and the pipes on which nothing new is left.
DELETE FROM placed_device
WHERE row_number NOT IN (SELECT row_number FROM staged_device)
    OR host_id NOT IN (
        SELECT host_id
        FROM placed_device
        WHERE row_number IN (SELECT row_number FROM staged_device)
    )
