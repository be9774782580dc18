-- Description: Give each user a display name
-- Revision ID: 20240115000400
-- Revises: 20240115000301
-- Create Date: 2024-01-15 00:04:00 UTC

-- It is filled by the Go part of this migration, in batches.
ALTER TABLE users ADD COLUMN display_name varchar(255) NULL;
