-- atlas:txmode none
-- Description: Index posts by status while they are written to
-- Revision ID: 20240115000301
-- Revises: 20240115000300
-- Create Date: 2024-01-15 00:03:01 UTC

CREATE INDEX CONCURRENTLY ix_posts_status ON posts (status);
