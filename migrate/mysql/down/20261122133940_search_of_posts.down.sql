-- Description: search of posts
-- Revision ID: 20261122133940
-- Reverts to: 20261122080000
-- Create Date: 2026-11-22 13:39:40 UTC

-- Modify "posts" table
ALTER TABLE `posts` DROP COLUMN `posts_search`;
