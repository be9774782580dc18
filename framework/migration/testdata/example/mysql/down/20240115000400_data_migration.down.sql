-- Description: Give each user a display name
-- Revision ID: 20240115000400
-- Reverts to: 20240115000300
-- Create Date: 2024-01-15 00:04:00 UTC
-- Risk: destructive: drops column users.display_name

ALTER TABLE users DROP COLUMN display_name;
