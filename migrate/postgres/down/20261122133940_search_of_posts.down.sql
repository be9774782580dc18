-- Description: search of posts
-- Revision ID: 20261122133940
-- Reverts to: 20261122080000
-- Create Date: 2026-11-22 13:39:40 UTC

-- Drop index "posts_search" from table: "posts"
DROP INDEX "posts_search";
