-- Description: Safely add new column with default value
-- Revision ID: 20240115000300
-- Reverts to: 20240115000200
-- Create Date: 2024-01-15 00:03:00 UTC
-- Risk: destructive: drops column posts.status

DROP INDEX ix_posts_status ON posts;
ALTER TABLE posts DROP COLUMN status;
