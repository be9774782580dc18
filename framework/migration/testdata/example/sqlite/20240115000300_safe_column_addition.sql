-- Description: Safely add new column with default value
-- Revision ID: 20240115000300
-- Revises: 20240115000200
-- Create Date: 2024-01-15 00:03:00 UTC

ALTER TABLE posts ADD COLUMN status varchar(20) NOT NULL DEFAULT 'draft';
UPDATE posts SET status = 'published' WHERE published_at IS NOT NULL;
-- After the rows are filled, so that the index is built once.
CREATE INDEX ix_posts_status ON posts (status);
